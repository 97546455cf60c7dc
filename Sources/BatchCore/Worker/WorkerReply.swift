/// What a worker says of its batch: its parts, and how it ended.
package enum WorkerReply: Sendable {
  case part(Part)
  /// The times of the result count from the moment at which the worker began with the batch.
  ///
  /// - parts: How many parts came before.
  case end(BatchResult, parts: Int)
  /// What the task has counted since the batch began, counter by counter.
  case counts([Int])
  /// The request cannot be carried out: a sentence.
  case refused(String)

  /// The reply as bytes, for whoever asked.
  package var message: ByteBuffer {
    let writer = MessageWriter()
    switch self {
    case .part(let part): Self.add(part, to: writer)
    case .end(let result, let parts): Self.add(result, parts, to: writer)
    case .counts(let counts):
      writer.add("counts")
      writer.add(counts.count)
      for count in counts { writer.add(count) }
    case .refused(let sentence):
      writer.add("refused")
      writer.add(sentence)
    }
    return writer.buffer
  }

  private static func add(_ part: Part, to writer: MessageWriter) {
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
      add(failed.failure, to: writer)
    }
  }

  private static func add(_ result: BatchResult, _ parts: Int, to writer: MessageWriter) {
    writer.add("end")
    writer.add(parts)
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
    case .lost(let sentence):
      writer.add("lost")
      writer.add(sentence)
    case .hung(let items):
      writer.add("hung")
      writer.add(items)
    case .exceeded(let items):
      writer.add("exceeded")
      writer.add(items)
    }
    writer.add(result.timings.setUp - result.timings.started)
    writer.add(result.timings.done - result.timings.started)
    writer.add(result.timings.isCold)
    writer.add(result.timings.host)
    result.times.write(to: writer)
    writer.add(result.laneState != nil)
    writer.add(result.laneState ?? [])
    writer.add(result.laneWaitSeconds)
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

  package init(_ bytes: [UInt8]) throws(MessageReader.Malformed) {
    var reader = MessageReader(bytes)
    switch try reader.text() {
    case "part": self = .part(try Self.part(&reader))
    case "end":
      let parts = try reader.integer()
      self = .end(try Self.result(&reader), parts: parts)
    case "counts": self = .counts(try Self.counts(&reader))
    case "refused": self = .refused(try reader.text())
    default: throw MessageReader.Malformed()
    }
    guard reader.isAtEnd else { throw MessageReader.Malformed() }
  }

  private static func counts(
    _ reader: inout MessageReader
  ) throws(MessageReader.Malformed) -> [Int] {
    let length = try reader.integer()
    guard length >= 0 else { throw MessageReader.Malformed() }
    var counts: [Int] = []
    for _ in 0..<length { counts.append(try reader.integer()) }
    return counts
  }

  private static func part(_ reader: inout MessageReader) throws(MessageReader.Malformed) -> Part {
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
    return Part(items: items, bytes: buffer, failures: failures, records: records)
  }

  private static func result(
    _ reader: inout MessageReader
  ) throws(MessageReader.Malformed) -> BatchResult {
    let batch = BatchIndex(try reader.integer())
    let items = try reader.range()
    let unfinished = try unfinished(&reader)
    let ending = try ending(&reader)
    var timings = WorkerTimings(
      setUp: try reader.double(), done: try reader.double(), isCold: try reader.flag())
    timings.host = try reader.text()
    let times = try ItemTimes(&reader)
    let hasState = try reader.flag()
    let state = try reader.blob()
    let wait = try reader.double()
    guard wait >= 0, wait.isFinite else { throw MessageReader.Malformed() }
    return BatchResult(
      batch: batch, items: items, unfinished: unfinished, ending: ending, timings: timings,
      times: times, laneState: hasState ? state : nil, laneWaitSeconds: wait)
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
    case "lost": .lost(try reader.text())
    case "hung": .hung(try reader.range())
    case "exceeded": .exceeded(try reader.range())
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
