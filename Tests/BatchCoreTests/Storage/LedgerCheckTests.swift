import BatchCore
import SampleTask
import Testing

@Suite("The check after a power failure")
struct LedgerCheckTests {
  private let scratch = Scratch()

  /// Ten parts of ten bytes after a prologue of five, and three early parts of four bytes.
  private func makeRun(boot: String) throws {
    try prepare()
    let ledger = try RunLedger(path: scratch("out.run/ledger.sqlite"))
    try ledger.transaction("test") {
      try ledger.set("boot", boot)
      try ledger.set("prologue_bytes", "5")
      for part in 0..<10 {
        try ledger.add(part: row(part * 2..<part * 2 + 2, at: 5 + part * 10, String(part), 10))
        try ledger.add(failure: failure(part * 2, isEarly: false))
      }
      for part in 0..<3 {
        let items = 30 + part * 2..<32 + part * 2
        try ledger.add(early: row(items, at: part * 4, String(part), 4))
        try ledger.add(failure: failure(items.lowerBound, isEarly: true))
      }
    }
  }

  private func prepare() throws {
    _ = try RunDirectory(path: scratch("out.run"))
    scratch.write("out.run/output", "head\n" + (0..<10).map { text(String($0), 10) }.joined())
    scratch.write("out.run/early", (0..<3).map { text(String($0), 4) }.joined())
  }

  private func text(_ mark: String, _ count: Int) -> String {
    String(repeating: mark, count: count)
  }

  private func row(
    _ items: Range<Int>, at offset: Int, _ mark: String, _ count: Int
  ) -> RunLedger.PartRow {
    let digest = unsafe Array(text(mark, count).utf8).withUnsafeBytes {
      unsafe Checksum.hexadecimal(of: $0)
    }
    return RunLedger.PartRow(items: items, offset: offset, length: count, digest: digest)
  }

  private func failure(_ item: Int, isEarly: Bool) -> RunLedger.FailureRow {
    RunLedger.FailureRow(
      failure: ItemFailure(item: ItemID(item), code: .badInput, message: ""), attempts: 1,
      host: "", isEarly: isEarly, record: 0..<1)
  }

  /// The end of the known output, the early parts, and the items known to have failed.
  private func repaired() throws -> (end: Int, early: [Range<Int>], failed: [Int]) {
    let directory = try RunDirectory(path: scratch("out.run"))
    let ledger = try RunLedger(path: scratch("out.run/ledger.sqlite"))
    try LedgerCheck.repair(ledger, directory: directory, prologue: Array("head\n".utf8))
    var failed: [Int] = []
    try ledger.forEachFailure { failed.append($0.failure.item.index) }
    #expect(scratch.text("out.run/output")?.hasPrefix("head\n") == true)
    #expect(try ledger.value("boot") == LedgerCheck.bootID())
    return (
      try ledger.lastPart()?.items.upperBound ?? 0, try ledger.earlyParts().map(\.items), failed
    )
  }

  private func zero(_ file: String, _ place: Int) {
    var bytes = Array((scratch.text(file) ?? "").utf8)
    bytes[place] = 0
    scratch.write(file, String(decoding: bytes, as: UTF8.self))
  }

  @Test("forgets the parts from the first damaged one on, with their failures", arguments: 0..<10)
  func damagedOutput(part: Int) throws {
    try makeRun(boot: "an earlier one")
    zero("out.run/output", 5 + part * 10 + part)
    let result = try repaired()
    #expect(result.end == part * 2)
    #expect(result.early == [30..<32, 32..<34, 34..<36])
    #expect(result.failed == (0..<part).map { $0 * 2 } + [30, 32, 34])
  }

  @Test("forgets the early parts from the first damaged one on", arguments: 0..<3)
  func damagedEarly(part: Int) throws {
    try makeRun(boot: "an earlier one")
    zero("out.run/early", part * 4 + 3)
    let result = try repaired()
    #expect(result.end == 20)
    #expect(result.early == Array([30..<32, 32..<34, 34..<36][..<part]))
    #expect(result.failed == (0..<10).map { $0 * 2 } + [30, 32, 34][..<part])
  }

  @Test("keeps everything that is there after a boot")
  func intact() throws {
    try makeRun(boot: "an earlier one")
    let result = try repaired()
    #expect(result.end == 20)
    #expect(result.early.count == 3)
    #expect(result.failed.count == 13)
  }

  @Test("notices files that are too short within the same boot", arguments: [0, 4, 5, 50, 104])
  func truncated(length: Int) throws {
    try makeRun(boot: LedgerCheck.bootID())
    scratch.write("out.run/output", String((scratch.text("out.run/output") ?? "").prefix(length)))
    scratch.write("out.run/early", "0000")
    let result = try repaired()
    #expect(result.end == max(0, (length - 5) / 10 * 2))
    #expect(result.early == [30..<32])
  }

  @Test("redoes everything when the files are gone")
  func missing() throws {
    try makeRun(boot: "an earlier one")
    Program.run(["/bin/rm", scratch("out.run/output"), scratch("out.run/early")])
    let result = try repaired()
    #expect(result.end == 0)
    #expect(result.early.isEmpty)
    #expect(result.failed.isEmpty)
  }
}
