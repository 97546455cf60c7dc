import BatchCore
import Testing

@Suite("A message between processes")
struct MessageCodingTests {
  private func write(_ body: (MessageWriter) -> Void) -> [UInt8] {
    let writer = MessageWriter()
    body(writer)
    return writer.buffer.content
  }

  @Test("is read as it was written")
  func roundTrip() throws {
    let integers = [0, 1, -1, .max, .min, 0x0102_0304_0506_0708]
    let doubles = [0, -0.0, 1.5, .infinity, -.infinity, .leastNonzeroMagnitude, 1e300]
    let texts = ["", "a", "zürich\u{0}\n", String(repeating: "x", count: 70_000)]
    let bytes = write { writer in
      integers.forEach { writer.add($0) }
      doubles.forEach { writer.add($0) }
      texts.forEach { writer.add($0) }
      writer.add(true)
      writer.add(false)
      writer.add(nil as String?)
      writer.add("" as String?)
      writer.add([0, 255] as [UInt8])
      writer.add(ByteBuffer([7, 8]))
      writer.add(-3..<9)
      writer.add(Double.nan)
    }
    var reader = MessageReader(bytes)
    let readIntegers = try integers.map { _ in try reader.integer() }
    #expect(readIntegers == integers)
    let readDoubles = try doubles.map { _ in try reader.double().bitPattern }
    #expect(readDoubles == doubles.map(\.bitPattern))
    let readTexts = try texts.map { _ in try reader.text() }
    #expect(readTexts == texts)
    let flags = try [reader.flag(), reader.flag()]
    #expect(flags == [true, false])
    let optional = try [reader.optionalText(), reader.optionalText()]
    #expect(optional == [nil, ""])
    let blobs = try [reader.blob(), reader.blob()]
    #expect(blobs == [[0, 255], [7, 8]])
    let range = try reader.range()
    #expect(range == -3..<9)
    #expect(!reader.isAtEnd)
    let last = try reader.double()
    #expect(last.isNaN)
    #expect(reader.isAtEnd)
  }

  @Test("has its least significant byte first, whatever the machine")
  func byteOrder() {
    #expect(write { $0.add(0x0102_0304_0506_0708) } == [8, 7, 6, 5, 4, 3, 2, 1])
  }

  @Test("that says something impossible is malformed")
  func impossible() {
    for bytes in [write { $0.add(9) } + [1, 2], write { $0.add(-1) }, write { $0.add(Int.max) }] {
      #expect(throws: MessageReader.Malformed.self) {
        var reader = MessageReader(bytes)
        return try reader.blob()
      }
    }
    let reversed = write { writer in
      writer.add(5)
      writer.add(4)
    }
    #expect(throws: MessageReader.Malformed.self) {
      var reader = MessageReader(reversed)
      return try reader.range()
    }
  }

  // MARK: - Replies

  private func reply(failures: Int) -> [UInt8] {
    write { writer in
      writer.add("part")
      writer.add(3..<5)
      writer.add(Array("3:ok\n4:no\n".utf8))
      writer.add(2)
      for item in 3...4 {
        writer.add(item)
        writer.add(5)
        writer.add(item == 3 ? 1 : 0)
      }
      writer.add(failures)
      writer.add(5..<10)
      writer.add(4)
      writer.add("busy")
      writer.add(true)
      writer.add("try later")
      writer.add(12)
      writer.add("rate" as String?)
      writer.add(nil as String?)
    }
  }

  @Test("from a worker gives its part with the failed items")
  func part() throws {
    guard case .part(let part) = try WorkerReply(reply(failures: 1)) else {
      Issue.record("not a part")
      return
    }
    #expect(part.items == 3..<5)
    #expect(part.bytes.text == "3:ok\n4:no\n")
    #expect(part.records == [.init(item: 3, length: 5, marks: 1), .init(item: 4, length: 5)])
    let failure = ItemFailure(
      item: ItemID(4), code: .init(rawValue: "busy"), isTransient: true, message: "try later",
      location: .init(line: 12, column: "rate", value: nil))
    #expect(part.failures == [Part.FailedItem(failure: failure, record: 5..<10)])
  }

  @Test(
    "from a worker tells how its batch ended, and how long it took",
    arguments: [
      .done, .stopped("no"), .died("signal 11"), .lost("node"), .hung(15..<16), .exceeded(15..<20),
    ] as [BatchResult.Ending])
  func end(ending: BatchResult.Ending) throws {
    var times = ItemTimes()
    for seconds in [0.25, 0.5, 0.001] { times.add(seconds) }
    let sent = BatchResult(
      batch: BatchIndex(7), items: 10..<20, unfinished: ItemSet([11..<12, 15..<20]), ending: ending,
      timings: WorkerTimings(started: 100, setUp: 100.5, done: 103, host: "n1", isCold: true),
      times: times, laneState: [1, 2], laneWaitSeconds: 12.5)
    let bytes = unsafe WorkerReply.end(sent, parts: 3).message.withBytes { unsafe Array($0) }
    guard case .end(let result, parts: 3) = try WorkerReply(bytes) else {
      Issue.record("not an end")
      return
    }
    #expect(result.batch == BatchIndex(7))
    #expect(result.items == 10..<20)
    #expect(result.unfinished == ItemSet([11..<12, 15..<20]))
    #expect(result.ending == ending)
    #expect(result.timings == WorkerTimings(setUp: 0.5, done: 3, host: "n1", isCold: true))
    #expect(result.times == times)
    #expect(result.laneState == [1, 2])
    #expect(result.laneWaitSeconds == 12.5)
  }

  @Test("from a worker that counts gives the counts, and is malformed where they are cut off")
  func counts() throws {
    let bytes = unsafe WorkerReply.counts([3, -1, .max]).message.withBytes { unsafe Array($0) }
    guard case .counts([3, -1, .max]) = try WorkerReply(bytes) else {
      Issue.record("not the counts")
      return
    }
    for length in bytes.indices {
      #expect(throws: MessageReader.Malformed.self, "\(length) bytes") {
        try WorkerReply(Array(bytes[..<length]))
      }
    }
  }

  @Test(
    "from a worker that wants to be left alone for ever is malformed",
    arguments: [-1, .nan, .infinity])
  func laneWait(seconds: Double) {
    let sent = BatchResult(
      batch: BatchIndex(7), items: 10..<20, unfinished: ItemSet(), ending: .done,
      timings: WorkerTimings(), laneWaitSeconds: seconds)
    let bytes = unsafe WorkerReply.end(sent, parts: 3).message.withBytes { unsafe Array($0) }
    #expect(throws: MessageReader.Malformed.self) { try WorkerReply(bytes) }
  }

  @Test("from a worker that is cut off anywhere is malformed, and never a crash")
  func truncatedReply() {
    let whole = reply(failures: 1)
    for length in whole.indices {
      #expect(throws: MessageReader.Malformed.self, "\(length) bytes") {
        try WorkerReply(Array(whole[..<length]))
      }
    }
  }

  @Test("from a worker with a count that cannot be is malformed", arguments: [-1, .min, 2, .max])
  func failureCount(count: Int) {
    #expect(throws: MessageReader.Malformed.self) {
      try WorkerReply(reply(failures: count))
    }
  }

  @Test("from a worker with any bytes changed is a reply or malformed", arguments: 0..<200)
  func noise(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    var bytes = reply(failures: 1)
    for _ in 0..<1 + Int(random.unit() * 4) {
      bytes[Int(random.unit() * Double(bytes.count))] = UInt8(truncatingIfNeeded: random.next())
    }
    do throws(MessageReader.Malformed) {
      guard case .part(let part) = try WorkerReply(bytes) else { return }
      let isSound = part.failures.allSatisfy { $0.record.upperBound <= part.bytes.count }
      #expect(isSound, "seed \(seed)")
    } catch {}
  }
}
