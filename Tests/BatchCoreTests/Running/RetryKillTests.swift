import BatchCore
import SampleTask
import Testing

/// `kill -9` while the failed items of a finished run are tried again.
@Suite("A retry that dies")
struct RetryKillTests {
  private let scratch = Scratch()
  private static let lines = (0..<60).map { item in
    [3, 4, 5, 20, 59].contains(item) ? "flaky 1" : [0, 21].contains(item) ? "fail" : "ok \(item)"
  }
  private static let expected =
    "sample\n"
    + lines.enumerated().map { "\($0):\($1 == "fail" ? "bad_input" : $1)\n" }.joined()

  init() { scratch.write("in", Self.lines.joined(separator: "\n") + "\n") }

  private func command(_ word: String, _ output: String) -> [String] {
    [Program.sample, word, scratch("in"), scratch(output), "2", "10"]
  }

  /// The names of all fault points that an undisturbed retry passes.
  private func points(_ scatter: String) -> [String] {
    Program.run(command(scatter + "run", "traced"))
    Program.run(
      command(scatter + "retry", "traced"), environment: ["BATCHRUN_FAULT_TRACE": scratch("trace")])
    return Set((scratch.text("trace") ?? "").split(separator: "\n").map(String.init)).sorted()
  }

  @Test(
    "at any write, sync, rename or commit gives the same bytes when it is repeated",
    arguments: ["", "scatter-"])
  func everyFaultPoint(scatter: String) async {
    let points = points(scatter)
    #expect(scratch.text("traced") == Self.expected)
    #expect(points.count > 12)
    #expect(points.contains("spliced.write.before"))
    await withTaskGroup { group in
      for (index, point) in points.enumerated() {
        group.addTask { killAndRepeat(scatter, point, "out-\(index)") }
      }
    }
  }

  private func killAndRepeat(_ scatter: String, _ point: String, _ output: String) {
    #expect(Program.run(command(scatter + "run", output)).code == 1)
    let killed = Program.run(
      command(scatter + "retry", output), environment: ["BATCHRUN_FAULT": "\(point):1:kill"])
    #expect(killed.code == -9, "\(point)")
    let repeated = Program.run(command(scatter + "retry", output))
    #expect(repeated.code == 1, "\(point): \(repeated.output)")
    #expect(scratch.text(output) == Self.expected, "\(point)")
    let check = try? Verification(directory: scratch("\(output).run"))
    #expect(check?.problems == [], "\(point)")
    #expect(check?.failedItems == 2, "\(point)")
  }

  @Test("leaves the verdict of the finished run as it was")
  func verdictMeanwhile() throws {
    var run = SampleRun(Self.lines)
    run.configuration.retry.retries = 0
    #expect(try run().tally.failuresByCode == ["busy": 5, "bad_input": 2])
    let words = [Program.sample, "retry", run.scratch("in"), run.scratch("out"), "2", "10"]
    let killed = Program.run(
      words, environment: ["BATCHRUN_FAULT": "ledger.commit.after:1:kill"])
    #expect(killed.code == -9)
    let again = try run()
    #expect(again.wasFinished)
    #expect(again.tally.failuresByCode == ["busy": 5, "bad_input": 2])
    #expect(try Verification(directory: run.scratch("out.run")).failedItems == 7)
  }
}
