import BatchCore
import SampleTask
import Testing

@Suite("A run whose ledger is not as it was left")
struct DamagedRunTests {
  @Test("says that its ledger is damaged, and begins anew when told to")
  func damagedLedger() throws {
    var run = SampleRun(["ok", "fail"])
    #expect(try run().exitCode == 1)
    run.scratch.write(
      "out.run/ledger.sqlite", String(repeating: "this is no database\n", count: 300))
    let error = #expect(throws: TaskError.self) { try run() }
    #expect(error?.message.contains("is damaged") == true)
    #expect(error?.message.hasSuffix("begin anew with --fresh") == true)
    run.configuration.isFresh = true
    #expect(try run().exitCode == 1)
    #expect(run.records == ["0:ok", "1:bad_input"])
  }

  @Test("in a state that this version does not know is left alone until told to begin anew")
  func unknownState() throws {
    var run = SampleRun(["ok"])
    #expect(try run().exitCode == 0)
    do { try RunLedger(path: run.scratch("out.run/ledger.sqlite")).set("state", "hibernating") }
    let error = #expect(throws: TaskError.self) { try run() }
    #expect(error?.message.contains("(hibernating)") == true)
    #expect(error?.message.hasSuffix("begin anew with --fresh") == true)
    run.configuration.isFresh = true
    #expect(try run().exitCode == 0)
    #expect(run.records == ["0:ok"])
    #expect(try Verification(directory: run.scratch("out.run")).problems == [])
  }
}
