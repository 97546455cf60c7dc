import BatchCore
import Glibc
import SampleTask
import Testing

@Suite("A splice")
struct SpliceTests {
  @Test("gives what a naive rebuild gives, however often it is repeated", arguments: 0..<150)
  func naiveRebuild(seed: UInt64) throws {
    var run = try FinishedRun(seed: seed)
    for round in 0..<3 where !run.failed.isEmpty {
      try run.retry()
      let place = "seed \(seed), round \(round)"
      #expect(run.scratch.text("out") == run.expected, "\(place)")
      #expect(try run.recordedFailures() == run.expectedFailures(), "\(place)")
      let check = try Verification(directory: run.scratch("out.run"))
      #expect(check.problems == [], "\(place)")
      #expect(check.itemsFound == run.records.count, "\(place)")
      #expect(check.failedItems == run.failed.count, "\(place)")
    }
  }

  @Test("refuses a retried item of which the output has no failed record")
  func lostPlace() throws {
    var run = try FinishedRun(seed: 1)
    run.failed = Set(run.records.indices)
    #expect(throws: TaskError.self) { try run.retry() }
  }
}

/// A drawn output with its ledger, and what the records of it should be.
///
/// Records may be empty; failed items may be the first, the last, and neighbours across the borders
/// of parts.
struct FinishedRun {
  let scratch = Scratch()
  private(set) var records: [String] = []
  var failed: Set<Int> = []
  private let prologue: String
  private var random: SeededRandom

  init(seed: UInt64) throws {
    random = SeededRandom(seed: seed)
    prologue = seed % 3 == 0 ? "" : "head\n"
    let share = random.unit()
    for item in 0..<1 + Int(random.unit() * 40) {
      records.append(record("\(item % 10)"))
      if random.unit() < share { failed.insert(item) }
    }
    if random.unit() < 0.3 { failed.formUnion([0, records.count - 1]) }
    scratch.write("out", expected)
    try writeLedger()
  }

  var expected: String { prologue + records.joined() }

  private mutating func record(_ mark: String) -> String {
    random.unit() < 0.3 ? "" : String(repeating: mark, count: 1 + Int(random.unit() * 6))
  }

  private func start(of item: Int) -> Int {
    records[..<item].reduce(prologue.utf8.count) { $0 + $1.utf8.count }
  }

  private func range(of item: Int) -> Range<Int> {
    start(of: item)..<start(of: item) + records[item].utf8.count
  }

  /// Where the records of the failed items should stand, by item.
  func expectedFailures() -> [Int: Range<Int>] {
    Dictionary(uniqueKeysWithValues: failed.map { ($0, range(of: $0)) })
  }

  func recordedFailures() throws -> [Int: Range<Int>] {
    let ledger = try RunLedger(path: scratch("out.run/ledger.sqlite"))
    var places: [Int: Range<Int>] = [:]
    try ledger.forEachFailure { places[$0.failure.item.index] = $0.record }
    return places
  }

  // MARK: - The finished run

  private mutating func writeLedger() throws {
    let directory = try RunDirectory(path: scratch("out.run"))
    let ledger = try RunLedger(path: scratch("out.run/ledger.sqlite"))
    try ledger.set("prologue_bytes", "\(prologue.utf8.count)")
    try ledger.set("prologue_digest", digest(prologue))
    try ledger.set("total", "\(records.count)")
    try ledger.set("published_as", scratch("out"))
    try ledger.set("state", "finished")
    for items in cut(0..<records.count) {
      let text = records[items].joined()
      try ledger.add(
        part: .init(
          items: items, offset: start(of: items.lowerBound), length: text.utf8.count,
          digest: digest(text)))
    }
    for item in failed { try ledger.add(failure: failure(item, range(of: item), isEarly: false)) }
    withExtendedLifetime(directory) {}
  }

  private func digest(_ text: String) -> String {
    unsafe Array(text.utf8).withUnsafeBytes { unsafe Checksum.hexadecimal(of: $0) }
  }

  private func failure(
    _ item: Int, _ record: Range<Int>, isEarly: Bool
  ) -> RunLedger.FailureRow {
    RunLedger.FailureRow(
      failure: ItemFailure(item: ItemID(item), code: .badInput, message: "no"), attempts: 1,
      host: "here", isEarly: isEarly, record: record)
  }

  /// The range in pieces of one to eight items.
  private mutating func cut(_ range: Range<Int>) -> [Range<Int>] {
    var pieces: [Range<Int>] = []
    var next = range.lowerBound
    while next < range.upperBound {
      let end = min(range.upperBound, next + 1 + Int(random.unit() * 8))
      pieces.append(next..<end)
      next = end
    }
    return pieces
  }

  // MARK: - Trying the failed items again

  /// Draws new records for the failed items, splices them in, and publishes.
  mutating func retry() throws {
    let directory = try RunDirectory(path: scratch("out.run"))
    let ledger = try RunLedger(path: scratch("out.run/ledger.sqlite"))
    try ledger.set("state", "retrying")
    var early = ""
    for items in ItemSet(failed.map { $0..<$0 + 1 }).ranges.flatMap({ cut($0) }).shuffled(
      using: &random)
    {
      early += try retry(items, at: early.utf8.count, ledger)
    }
    scratch.write("out.run/early", early)
    let length = try Splice(ledger: ledger, directory: directory).write(from: scratch("out"))
    #expect(length == expected.utf8.count)
    #expect(try ledger.state() == .republishing)
    let code = unsafe rename(scratch("out.run/spliced"), scratch("out"))
    #expect(code == 0)
    try ledger.set("state", "finished")
  }

  private mutating func retry(
    _ items: Range<Int>, at offset: Int, _ ledger: RunLedger
  ) throws -> String {
    var text = ""
    for item in items {
      records[item] = record("abcdefghij"[item % 10])
      let length = records[item].utf8.count
      if random.unit() < 0.5 {
        let place = text.utf8.count..<text.utf8.count + length
        try ledger.add(failure: failure(item, place, isEarly: true))
      } else {
        failed.remove(item)
      }
      text += records[item]
    }
    try ledger.add(
      early: .init(items: items, offset: offset, length: text.utf8.count, digest: digest(text)))
    return text
  }
}

extension String {
  fileprivate subscript(place: Int) -> String { String(self[index(startIndex, offsetBy: place)]) }
}
