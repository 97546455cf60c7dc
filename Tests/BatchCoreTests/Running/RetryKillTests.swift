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
    let runs = await inThreads(points) { repeated(scatter, $0) }
    for (point, (codes, output, check)) in zip(points, runs) {
      #expect(codes == [1, -9, 1], "\(point)")
      #expect(output == Self.expected, "\(point)")
      #expect(check?.problems == [], "\(point)")
      #expect(check?.failedItems == 2, "\(point)")
    }
  }

  /// Exit codes of a run, of a retry that is killed and of another, and what they leave.
  private func repeated(
    _ scatter: String, _ point: String
  ) -> (codes: [Int], output: String?, check: Verification?) {
    let output = "out-\(point)"
    let codes = [
      Program.run(command(scatter + "run", output)),
      Program.run(
        command(scatter + "retry", output), environment: ["BATCHRUN_FAULT": "\(point):1:kill"]),
      Program.run(command(scatter + "retry", output)),
    ].map(\.code)
    return (codes, scratch.text(output), try? Verification(directory: scratch("\(output).run")))
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
