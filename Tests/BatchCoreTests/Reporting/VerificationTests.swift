import BatchCore
import SampleTask
import Testing

@Suite("A verification")
struct VerificationTests {
  private let run = SampleRun((0..<50).map { $0 % 10 == 3 ? "fail" : "ok" })

  private func finish() throws { #expect(try run().exitCode == 1) }

  private func verify() throws -> Verification {
    try Verification(directory: run.scratch("out.run"))
  }

  private func withLedger(_ body: (RunLedger) throws -> Void) throws {
    try body(RunLedger(path: run.scratch("out.run/ledger.sqlite")))
  }

  private func change(_ body: (inout [UInt8]) -> Void) {
    var bytes = Array((run.scratch.text("out") ?? "").utf8)
    body(&bytes)
    run.scratch.write("out", String(decoding: bytes, as: UTF8.self))
  }

  @Test("counts what is there and finds nothing wrong")
  func good() throws {
    try finish()
    let check = try verify()
    #expect(check.problems == [])
    #expect(check.isFinished)
    #expect(check.itemsFound == 50)
    #expect(check.totalItems == 50)
    #expect(check.failedItems == 5)
    #expect(check.bytes == run.scratch.text("out")?.utf8.count)
    #expect(check.parts > 0)
  }

  @Test("finds any one byte that changed after the first line", arguments: [7, 100, 250])
  func changed(place: Int) throws {
    try finish()
    change { $0[place] ^= 1 }
    let problems = try verify().problems
    #expect(problems.count == 1)
    #expect(problems.first?.hasSuffix("differ from what was committed") == true)
  }

  @Test("finds a changed first line")
  func prologue() throws {
    try finish()
    change { $0[0] = 88 }
    #expect(
      try verify().problems
        == ["the first 7 bytes, before item 0, differ from what was committed"])
  }

  @Test("finds bytes after the last item")
  func extra() throws {
    try finish()
    change { $0 += [65, 66, 67] }
    #expect(try verify().problems == ["there are 3 bytes after the last item"])
  }

  @Test("finds an output that is too short, or gone")
  func short() throws {
    try finish()
    change { $0.removeLast() }
    #expect(try !verify().isGood)
    Program.run(["/bin/rm", run.scratch("out")])
    let problems = try verify().problems
    #expect(problems.contains { $0.contains("No such file or directory") })
  }

  @Test("finds a part that the ledger lost, and items that nobody did")
  func missingPart() throws {
    try finish()
    try withLedger { ledger in
      var parts: [RunLedger.PartRow] = []
      try ledger.forEachPart { parts.append($0) }
      let last = try #require(parts.last)
      try ledger.removeParts(from: last.items.lowerBound)
      try ledger.add(
        part: .init(
          items: 45..<50, offset: last.end - 5, length: 5, digest: last.digest))
    }
    let problems = try verify().problems
    #expect(problems.contains { $0.hasPrefix("items ") && $0.hasSuffix("to 44 are missing") })
    #expect(problems.contains { $0.hasPrefix("there is a gap at byte") })
    #expect(problems.contains { $0.contains("the output holds") && $0.contains("of 50 items") })
  }

  @Test("of an unfinished run checks what is there, early results too")
  func unfinished() throws {
    let lines = (0..<60).map { $0 == 0 ? "sleep 1.5" : "sleep 0.02" }
    run.scratch.write("in", lines.joined(separator: "\n") + "\n")
    let killed = Program.run(
      [Program.sample, "run", run.scratch("in"), run.scratch("out"), "2", "5"],
      environment: ["BATCHRUN_FAULT": "ledger.commit.after:2:kill"])
    #expect(killed.code == -9)
    let check = try verify()
    #expect(check.problems == [])
    #expect(!check.isFinished)
    #expect(check.itemsFound > 0)
    #expect(check.itemsFound < 60)
    let early = try #require(run.scratch.text("out.run/early"))
    run.scratch.write("out.run/early", "x" + early.dropFirst())
    let problems = try verify().problems
    #expect(problems.count == 1)
    #expect(problems.first?.contains("which wait for earlier ones") == true)
  }

  @Test("needs a run that nobody works on")
  func unusable() throws {
    let error = #expect(throws: TaskError.self) {
      try Verification(directory: run.scratch("none.run"))
    }
    #expect(error?.message.contains("holds no run") == true)
    try finish()
    let directory = try RunDirectory(path: run.scratch("out.run"))
    #expect(throws: TaskError.self) { try verify() }
    withExtendedLifetime(directory) {}
  }
}
