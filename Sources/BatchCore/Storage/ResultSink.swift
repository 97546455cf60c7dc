internal import Glibc
internal import Synchronization

/// Where the committed output goes.
protocol ResultSink: Sendable {
  /// The committed output now ends at `end`.
  func advance(to end: Int)

  /// All records are committed: gives the output its name, or waits until the stream has it all.
  func publish(from spool: String, length: Int) throws

  /// Lets `publish` return, now or when it is called, if all that it still does is wait.
  func interrupt(_ signal: Int32)

  /// The run has ended: what was begun and not published is not needed.
  func abandon()
}

extension ResultSink {
  func interrupt(_ signal: Int32) {}
  func abandon() {}
}

/// Nothing: the results of a retry become visible only when all are spliced in.
struct NoSink: ResultSink {
  func advance(to end: Int) {}
  func publish(from spool: String, length: Int) {}
}

/// A regular file that appears complete.
struct FileSink: ResultSink {
  let path: String

  func advance(to end: Int) {}

  func publish(from spool: String, length: Int) throws {
    keepPermissions(spool)
    do throws(SystemError) {
      try DirectoryEntry.rename(spool, to: path, role: "publish")
    } catch {
      guard error.code == EXDEV else { throw error }
      try copyAcrossDevices(spool, length: length)
    }
    try DirectoryEntry.sync(OutputTarget.directory(of: path), role: "publish")
  }

  /// An output that replaces a file has that file's permissions.
  private func keepPermissions(_ file: String) {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else { return }
    _ = unsafe chmod(file, status.st_mode & 0o7777)
  }

  /// A symlink's target may be on another file system: the copy takes the name there.
  private func copyAcrossDevices(_ spool: String, length: Int) throws {
    let draft = path + ".batchrun-new"
    let source = try DurableFile(path: spool, role: "publish.source", flags: O_RDONLY)
    let copy = try DurableFile(path: draft, role: "publish.copy", isForUser: true)
    let buffer = ByteBuffer(capacity: 1 << 20)
    for offset in stride(from: 0, to: length, by: 1 << 20) {
      buffer.removeAll()
      try source.read(at: offset, count: min(1 << 20, length - offset), into: buffer)
      unsafe try buffer.withBytes { unsafe try copy.write($0, at: offset) }
    }
    try copy.truncate(to: length)
    try copy.sync()
    keepPermissions(draft)
    try DirectoryEntry.rename(draft, to: path, role: "publish")
    DirectoryEntry.remove(spool)
  }
}

/// A pipe, device or terminal: a thread copies what is committed, in order.
///
/// The copy runs beside the commits, so that a slow reader does not keep finished items in memory.
final class StreamSink: ResultSink {
  private enum Step: Sendable {
    case advance(Int)
    case end(Int)
  }

  private enum End: Sendable {
    /// All is sent, or a sentence says why not.
    case sent(problem: String?)
    case interrupted(Int32)
  }

  private let steps = Mailbox<Step>()
  private let done = Mailbox<End>()

  /// - Parameter onFailure: Called once, with a sentence, when the reader is gone or the device full.
  init(
    descriptor: Int32, name: String, spool: String, onFailure: @escaping @Sendable (String) -> Void
  ) {
    let steps = steps
    let done = done
    WorkThread.start("batchrun-stream") {
      let problem = Self.follow(steps, spool, descriptor, name, onFailure)
      done.post(.sent(problem: problem))
    }
  }

  func advance(to end: Int) { steps.post(.advance(end)) }

  /// - Throws: `Interruption` when `interrupt` is called before the stream has it all, which a reader
  ///   that stands still can delay for ever.
  func publish(from spool: String, length: Int) throws {
    steps.post(.end(length))
    switch done.takeFirst() {
    case .sent(nil): return
    case .sent(let problem?): throw TaskError(.cannotRun, problem)
    case .interrupted(let signal): throw Interruption(signal: signal)
    }
  }

  /// The thread may be in the middle of a write, and is left there.
  func interrupt(_ signal: Int32) { done.post(.interrupted(signal)) }

  private static func follow(
    _ steps: Mailbox<Step>, _ spool: String, _ descriptor: Int32, _ name: String,
    _ onFailure: (String) -> Void
  ) -> String? {
    var sent = 0
    var problem: String?
    let buffer = ByteBuffer(capacity: 1 << 20)
    while true {
      let step = steps.takeFirst()
      let end =
        switch step {
        case .advance(let end), .end(let end): end
        }
      if problem == nil {
        do {
          try copy(sent..<max(sent, end), of: spool, to: descriptor, name, buffer)
          sent = max(sent, end)
        } catch {
          problem = "\(error)"
          onFailure("\(error)")
        }
      }
      if case .end = step { return problem }
    }
  }

  private static func copy(
    _ range: Range<Int>, of spool: String, to descriptor: Int32, _ name: String,
    _ buffer: ByteBuffer
  ) throws(SystemError) {
    guard !range.isEmpty else { return }
    let file = try DurableFile(path: spool, role: "spool", flags: O_RDONLY)
    for offset in stride(from: range.lowerBound, to: range.upperBound, by: 1 << 20) {
      buffer.removeAll()
      try file.read(at: offset, count: min(1 << 20, range.upperBound - offset), into: buffer)
      try send(buffer, to: descriptor, name)
    }
  }

  private static func send(
    _ buffer: ByteBuffer, to descriptor: Int32, _ name: String
  ) throws(SystemError) {
    var offset = 0
    while offset < buffer.count {
      let count = unsafe buffer.withBytes { bytes in
        unsafe write(descriptor, bytes.baseAddress.map { unsafe $0 + offset }, bytes.count - offset)
      }
      if count < 0 {
        guard errno == EINTR else { throw .last("write to", name) }
        continue
      }
      offset += count
    }
  }
}
