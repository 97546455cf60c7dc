internal import Glibc

/// The frames that a worker process writes to its standard output: a length, then a message.
package final class ReplyStream: Sendable {
  /// What a frame says.
  package enum Reply: Sendable {
    case part(Part)
    case end(BatchResult)
    /// The request cannot be carried out: a sentence.
    case refused(String)
  }

  private let lock = Shared(())

  func part(_ part: Part) {
    let writer = MessageWriter()
    writer.add("part")
    writer.add(part.items)
    writer.add(part.bytes)
    writer.add(part.records.count)
    for record in part.records {
      writer.add(record.item)
      writer.add(record.length)
      writer.add(Int(record.marks))
    }
    writer.add(part.failures.count)
    for failed in part.failures {
      writer.add(failed.record)
      Self.add(failed.failure, to: writer)
    }
    send(writer)
  }

  func end(_ result: BatchResult) {
    let writer = MessageWriter()
    writer.add("end")
    writer.add(result.batch.rawValue)
    writer.add(result.items)
    writer.add(result.unfinished.ranges.count)
    for range in result.unfinished.ranges { writer.add(range) }
    switch result.ending {
    case .done: writer.add("done")
    case .stopped(let sentence):
      writer.add("stopped")
      writer.add(sentence)
    case .died(let sentence):
      writer.add("died")
      writer.add(sentence)
    case .hung(let items):
      writer.add("hung")
      writer.add(items)
    }
    send(writer)
  }

  func refuse(_ sentence: String) {
    let writer = MessageWriter()
    writer.add("refused")
    writer.add(sentence)
    send(writer)
  }

  private func send(_ writer: MessageWriter) {
    let frame = MessageWriter()
    frame.add(writer.buffer)
    lock.withLock { _ in
      unsafe frame.buffer.withBytes { bytes in
        var offset = 0
        while offset < bytes.count, let base = bytes.baseAddress {
          let count = unsafe write(1, base + offset, bytes.count - offset)
          if count < 0, errno == EINTR { continue }
          // The coordinator is gone: nobody wants the rest.
          if count <= 0 { _exit(2) }
          offset += count
        }
      }
    }
  }

  private static func add(_ failure: ItemFailure, to writer: MessageWriter) {
    writer.add(failure.item.index)
    writer.add(failure.code.rawValue)
    writer.add(failure.isTransient)
    writer.add(failure.message)
    writer.add(failure.location.line ?? 0)
    writer.add(failure.location.column)
    writer.add(failure.location.value)
  }

  // MARK: - Reading

  package static func read(_ bytes: [UInt8]) throws(MessageReader.Malformed) -> Reply {
    var reader = MessageReader(bytes)
    switch try reader.text() {
    case "part":
      let items = try reader.range()
      let buffer = ByteBuffer(try reader.blob())
      let records = try records(&reader, of: items, bytes: buffer.count)
      var failures: [Part.FailedItem] = []
      let count = try reader.integer()
      guard count >= 0 else { throw MessageReader.Malformed() }
      for _ in 0..<count {
        let record = try reader.range()
        guard record.lowerBound >= 0, record.upperBound <= buffer.count else {
          throw MessageReader.Malformed()
        }
        failures.append(Part.FailedItem(failure: try failure(&reader), record: record))
      }
      return .part(Part(items: items, bytes: buffer, failures: failures, records: records))
    case "end":
      let batch = BatchIndex(try reader.integer())
      let items = try reader.range()
      let unfinished = try unfinished(&reader)
      return .end(
        BatchResult(
          batch: batch, items: items, unfinished: unfinished, ending: try ending(&reader),
          timings: WorkerTimings()))
    case "refused": return .refused(try reader.text())
    default: throw MessageReader.Malformed()
    }
  }

  private static func records(
    _ reader: inout MessageReader, of items: Range<Int>, bytes: Int
  ) throws(MessageReader.Malformed) -> [Part.Record] {
    let count = try reader.integer()
    guard (0...items.count).contains(count) else { throw MessageReader.Malformed() }
    var records: [Part.Record] = []
    var total = 0
    for _ in 0..<count {
      let item = try reader.integer()
      let length = try reader.integer()
      let marks = UInt8(truncatingIfNeeded: try reader.integer())
      guard items.contains(item), (0...bytes).contains(length) else {
        throw MessageReader.Malformed()
      }
      total += length
      records.append(Part.Record(item: item, length: length, marks: marks))
    }
    guard records.isEmpty || total == bytes else { throw MessageReader.Malformed() }
    return records
  }

  private static func unfinished(
    _ reader: inout MessageReader
  ) throws(MessageReader.Malformed) -> ItemSet {
    let count = try reader.integer()
    guard count >= 0 else { throw MessageReader.Malformed() }
    var result = ItemSet()
    for _ in 0..<count { result.insert(try reader.range()) }
    return result
  }

  private static func ending(
    _ reader: inout MessageReader
  ) throws(MessageReader.Malformed) -> BatchResult.Ending {
    switch try reader.text() {
    case "done": .done
    case "stopped": .stopped(try reader.text())
    case "died": .died(try reader.text())
    case "hung": .hung(try reader.range())
    default: throw MessageReader.Malformed()
    }
  }

  private static func failure(
    _ reader: inout MessageReader
  ) throws(MessageReader.Malformed) -> ItemFailure {
    let item = ItemID(try reader.integer())
    let code = ItemFailure.Code(rawValue: try reader.text())
    let isTransient = try reader.flag()
    let message = try reader.text()
    let line = try reader.integer()
    return ItemFailure(
      item: item, code: code, isTransient: isTransient, message: message,
      location: .init(
        line: line > 0 ? line : nil, column: try reader.optionalText(),
        value: try reader.optionalText()))
  }
}
