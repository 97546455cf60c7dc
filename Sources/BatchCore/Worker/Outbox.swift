internal import Synchronization

/// Finished records on their way out of a batch, gathered into parts.
///
/// The worker thread adds; a watching thread hands over what has waited long enough, because the
/// worker may be busy with a long item.
package final class Outbox: Sendable {
  /// What ends a part.
  package struct PartLimits: Sendable {
    /// Large enough to write well, small enough to keep memory flat.
    package var bytes = 256 << 10
    /// Its age, in seconds.
    package var seconds = 0.5

    package init(bytes: Int = 256 << 10, seconds: Double = 0.5) {
      self.bytes = bytes
      self.seconds = seconds
    }
  }

  private struct Contents {
    var items: Range<Int>?
    var bytes: ByteBuffer
    var failures: [Part.FailedItem] = []
    /// The records, where items finish in any order.
    var records: [Part.Record] = []
    var began = 0.0
    /// The items that were not handed over.
    var unfinished: ItemSet
    var isClosed = false
  }

  private let contents: Mutex<Contents>
  private let limits: PartLimits
  private let makeBuffer: @Sendable () -> ByteBuffer
  private let recycle: @Sendable (ByteBuffer) -> Void
  private let deliver: @Sendable (_ part: Part, _ isLast: Bool) -> Void

  /// - Parameter deliver: Receives the parts in order, and whether the batch ends with this one.
  package init(
    items: Range<Int>, limits: PartLimits = PartLimits(),
    makeBuffer: @escaping @Sendable () -> ByteBuffer,
    recycle: @escaping @Sendable (ByteBuffer) -> Void = { _ in },
    deliver: @escaping @Sendable (_ part: Part, _ isLast: Bool) -> Void
  ) {
    contents = Mutex(Contents(bytes: makeBuffer(), unfinished: ItemSet([items])))
    self.limits = limits
    self.makeBuffer = makeBuffer
    self.recycle = recycle
    self.deliver = deliver
  }

  package func takeBuffer() -> ByteBuffer { makeBuffer() }

  /// Takes in finished records; the buffer to go on with, which is empty.
  package func add(
    _ items: Range<Int>, bytes: ByteBuffer, failures: [Part.FailedItem], now: Double
  ) -> ByteBuffer {
    contents.withLock { contents in
      guard !contents.isClosed else {
        bytes.removeAll()
        return bytes
      }
      if contents.items == nil, bytes.count >= limits.bytes {
        // A large block goes out as it is, without a copy.
        contents.unfinished.remove(items)
        deliver(Part(items: items, bytes: bytes, failures: failures), false)
        return makeBuffer()
      }
      append(items, bytes, failures, now, to: &contents)
      bytes.removeAll()
      sendIfFull(&contents, now: now)
      return bytes
    }
  }

  /// Takes in the record of one item of a batch whose items finish in any order, and empties
  /// `bytes`.
  ///
  /// - Parameter failures: The item's failure, if it failed.
  package func add(
    _ record: Part.Record, bytes: ByteBuffer, failures: [Part.FailedItem], now: Double
  ) {
    contents.withLock { contents in
      defer { bytes.removeAll() }
      guard !contents.isClosed else { return }
      let items = record.item..<record.item + 1
      append(items, bytes, failures, now, to: &contents)
      contents.records.append(record)
      sendIfFull(&contents, now: now)
    }
  }

  private func sendIfFull(_ contents: inout Contents, now: Double) {
    if contents.bytes.count >= limits.bytes || now - contents.began >= limits.seconds {
      send(&contents)
    }
  }

  private func append(
    _ items: Range<Int>, _ bytes: ByteBuffer, _ failures: [Part.FailedItem], _ now: Double,
    to contents: inout Contents
  ) {
    if contents.items == nil { contents.began = now }
    let base = contents.bytes.count
    for failed in failures {
      let record = failed.record.lowerBound + base..<failed.record.upperBound + base
      contents.failures.append(Part.FailedItem(failure: failed.failure, record: record))
    }
    contents.bytes.append(contentsOf: bytes)
    let known = contents.items ?? items
    contents.items =
      min(known.lowerBound, items.lowerBound)..<max(known.upperBound, items.upperBound)
  }

  /// Hands over everything.
  package func handOver(now: Double) {
    contents.withLock { contents in send(&contents) }
  }

  /// Hands over what has waited long enough, unless the worker is adding to it just now.
  package func handOverIfDue(now: Double) {
    _ = contents.withLockIfAvailable { contents in
      if now - contents.began >= limits.seconds { send(&contents) }
    }
  }

  /// Hands over everything and refuses what comes later; the items that were not handed over.
  package func close() -> ItemSet {
    contents.withLock { contents in
      send(&contents, isLast: true)
      contents.isClosed = true
      return contents.unfinished
    }
  }

  /// Gives the memory back when the batch has ended: the outbox's own buffer and the worker's.
  package func retire(_ buffer: ByteBuffer) {
    recycle(buffer)
    contents.withLock { contents in
      guard contents.items == nil else { return }
      recycle(contents.bytes)
      contents.bytes = ByteBuffer(capacity: 0)
    }
  }

  private func send(_ contents: inout Contents, isLast: Bool = false) {
    guard let items = contents.items, !contents.isClosed else { return }
    let part =
      contents.records.isEmpty
      ? Part(items: items, bytes: contents.bytes, failures: contents.failures)
      : Part(records: contents.records, bytes: contents.bytes, failures: contents.failures)
    contents.items = nil
    contents.bytes = makeBuffer()
    contents.failures = []
    contents.records = []
    contents.unfinished.remove(part.itemSet)
    deliver(part, isLast)
  }
}
