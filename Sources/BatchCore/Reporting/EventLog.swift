internal import Glibc

/// The run's events as JSON Lines in its directory, appended as they happen.
///
/// The log explains a run; it decides nothing. An event that cannot be written is dropped, because
/// the run is worth more than its story.
package final class EventLog {
  private let descriptor: Int32
  private let buffer = ByteBuffer()
  private var lastTime = (milliseconds: 0, text: "")
  private let also: (@Sendable (String) -> Void)?

  /// - Parameter also: Called with each line too, for `--json`.
  package init(path: String, also: (@Sendable (String) -> Void)? = nil) {
    descriptor = unsafe open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    self.also = also
    dropTornLine()
  }

  deinit {
    flush()
    close(descriptor)
  }

  /// Removes a last line without an end, of a process that died while it wrote: the next event would
  /// be lost with it.
  private func dropTornLine() {
    let length = Int(lseek(descriptor, 0, SEEK_END))
    var end = length
    var chunk = [UInt8](repeating: 0, count: 4096)
    while end > 0 {
      let start = max(0, end - chunk.count)
      guard unsafe pread(descriptor, &chunk, end - start, start) == end - start else { return }
      if let newline = chunk[..<(end - start)].lastIndex(of: UInt8(ascii: "\n")) {
        end = start + newline + 1
        break
      }
      end = start
    }
    if end < length { _ = ftruncate(descriptor, end) }
  }

  package func add(_ event: RunEvent) {
    let now = RunEvent.now()
    // Thousands of short batches end in a second: their time is put into words once a millisecond.
    if now != lastTime.milliseconds { lastTime = (now, RunEvent.timestamp(now)) }
    let start = buffer.count
    event.write(to: buffer, time: lastTime.text)
    if let also {
      also(unsafe buffer.withBytes { unsafe String(decoding: $0[start...], as: UTF8.self) })
    }
    if buffer.count > 1 << 16 { flush() }
  }

  /// Writes what was added; called a few times a second and at the end.
  package func flush() {
    unsafe buffer.withBytes { bytes in
      guard bytes.count > 0 else { return }
      _ = unsafe write(descriptor, bytes.baseAddress, bytes.count)
    }
    buffer.removeAll()
  }
}
