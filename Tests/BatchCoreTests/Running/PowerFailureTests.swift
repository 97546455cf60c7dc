import BatchCore
import SampleTask
import Testing

/// Runs that a power failure cut off: what the ledger knows, the disk may have lost.
@Suite("A run after a power failure")
struct PowerFailureTests {
  private let scratch = Scratch()

  private func command(_ word: String = "run") -> [String] {
    [Program.sample, word, scratch("in"), scratch("out"), "2", "2"]
  }

  /// Lets the next process believe that the machine was started anew.
  private func restartMachine() throws {
    try RunLedger(path: scratch("out.run/ledger.sqlite")).set("boot", "an earlier one")
  }

  private func damage(_ file: String, from place: Int) {
    let bytes = Array((scratch.text(file) ?? "").utf8)
    let kept = min(place, bytes.count)
    let zeros = [UInt8](repeating: 0, count: bytes.count - kept)
    scratch.write(file, String(decoding: bytes[..<kept] + zeros, as: UTF8.self))
  }

  @Test(
    "does again what was lost, and gives the same bytes",
    arguments: [0, 8, 60, 100_000], ["run", "scatter-run"])
  func resumes(place: Int, word: String) throws {
    let lines = (0..<40).map { $0 == 0 ? "sleep 0.9" : $0 % 7 == 3 ? "fail" : "sleep 0.03" }
    scratch.write("in", lines.joined(separator: "\n") + "\n")
    let killed = Program.run(
      command(word), environment: ["BATCHRUN_FAULT": "ledger.commit.after:2:kill"])
    #expect(killed.code == -9)
    try restartMachine()
    damage("out.run/output", from: place)
    damage("out.run/early", from: place)
    let resumed = Program.run(command(word))
    #expect(resumed.code == 1, "\(resumed.output)")
    let expected = lines.enumerated().map { "\($0):\($1 == "fail" ? "bad_input" : $1)\n" }
    #expect(scratch.text("out") == "sample\n" + expected.joined())
    let check = try Verification(directory: scratch("out.run"))
    #expect(check.problems == [])
    #expect(check.failedItems == lines.filter { $0 == "fail" }.count)
  }

  @Test("that was retrying does again the retries that were lost", arguments: [0, 5, 100_000])
  func resumesRetry(place: Int) throws {
    let lines = (0..<20).map { $0 % 4 == 1 ? "flaky 1" : $0 == 8 ? "fail" : "ok" }
    scratch.write("in", lines.joined(separator: "\n") + "\n")
    #expect(Program.run(command()).code == 1)
    let killed = Program.run(
      command("retry"), environment: ["BATCHRUN_FAULT": "ledger.commit.after:1:kill"])
    #expect(killed.code == -9)
    try restartMachine()
    damage("out.run/early", from: place)
    let resumed = Program.run(command("retry"))
    #expect(resumed.code == 1, "\(resumed.output)")
    let expected = lines.enumerated().map { "\($0):\($1 == "fail" ? "bad_input" : $1)\n" }
    #expect(scratch.text("out") == "sample\n" + expected.joined())
    #expect(try Verification(directory: scratch("out.run")).problems == [])
  }
}
