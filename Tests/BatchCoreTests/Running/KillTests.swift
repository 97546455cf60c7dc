import BatchCore
import SampleTask
import Testing

/// Sudden deaths: `kill -9` at any instant, a crash in an item, a full disk.
@Suite("A run that dies", .serialized)
struct KillTests {
  private let scratch = Scratch()

  private func command(
    _ output: String, _ word: String = "run", workers: Int = 2, batch: String = "10"
  ) -> [String] {
    [Program.sample, word, scratch("in"), scratch(output), "\(workers)", batch]
  }

  /// Slow first items, so that later results come early; one failure.
  private func writeInput() {
    let lines = (0..<120).map { item in
      item == 0 ? "sleep 1.2" : item == 60 ? "fail" : item % 20 == 7 ? "sleep 0.05" : "ok \(item)"
    }
    scratch.write("in", lines.joined(separator: "\n") + "\n")
  }

  private func expectedOutput() -> String {
    writeInput()
    #expect(Program.run(command("expected")).code == 1)
    return scratch.text("expected") ?? ""
  }

  /// The names of all fault points that an undisturbed run passes, with how often.
  private func points(_ word: String) -> [(name: String, passes: Int)] {
    let trace = scratch("trace")
    Program.run(command("traced", word), environment: ["BATCHRUN_FAULT_TRACE": trace])
    var counts: [(name: String, passes: Int)] = []
    for name in (scratch.text("trace") ?? "").split(separator: "\n").map(String.init) {
      if let place = counts.firstIndex(where: { $0.name == name }) {
        counts[place].passes += 1
      } else {
        counts.append((name, 1))
      }
    }
    return counts
  }

  @Test(
    "by kill -9 at any write, sync, rename or commit gives the same bytes when it is resumed",
    arguments: ["run", "scatter-run", "assembled-run"])
  func everyFaultPoint(word: String) async {
    let expected = expectedOutput()
    let points = points(word)
    #expect(points.count > 20)
    #expect(points.contains { $0.name == "early.write.before" })
    let deaths = points.flatMap { point in
      Set([1, point.passes]).sorted().map { Death(point: point.name, pass: $0) }
    }
    let survivors = await inThreads(deaths) { resumed(word, $0) }
    for (death, survivor) in zip(deaths, survivors) {
      #expect(survivor.result.code == 1, "\(death): \(survivor.result.output)")
      #expect(survivor.output == expected, "\(death)")
      #expect(survivor.problems == [], "\(death)")
    }
  }

  /// Where a run is killed: at which pass of a fault point.
  private struct Death: Sendable {
    var point: String
    var pass: Int
    var output: String { "out-\(point)-\(pass)" }
  }

  /// What became of a run that was killed and resumed.
  private struct Survivor: Sendable {
    var result: Program.Result
    var output: String?
    var problems: [String]?
  }

  private func resumed(_ word: String, _ death: Death) -> Survivor {
    let command = command(death.output, word)
    Program.run(command, environment: ["BATCHRUN_FAULT": "\(death.point):\(death.pass):kill"])
    let result = Program.run(command)
    let check = try? Verification(directory: scratch("\(death.output).run"))
    return Survivor(result: result, output: scratch.text(death.output), problems: check?.problems)
  }

  @Test(
    "right after a commit has a status that knows what was committed",
    arguments: ["run", "scatter-run"], [1, 2])
  func statusAfterDeath(word: String, commit: Int) throws {
    writeInput()
    let fault = ["BATCHRUN_FAULT": "ledger.commit.after:\(commit):kill"]
    Program.run(command("out", word), environment: fault)
    let status = try RunStatus(directory: scratch("out.run"))
    let check = try Verification(directory: scratch("out.run"))
    #expect(status.phase == .interrupted)
    #expect(status.finishedItems > 0)
    #expect(status.finishedItems == check.itemsFound)
    #expect(status.failuresByCode.values.reduce(0, +) == check.failedItems)
    #expect(status.totalItems == 120)
  }

  @Test(
    "of a full disk at any write says so, loses nothing, and goes on when there is room",
    arguments: ["run", "scatter-run"])
  func everyFullDisk(word: String) async {
    let expected = expectedOutput()
    let writes = points(word).filter {
      $0.name.hasSuffix("write.before") || $0.name.hasSuffix(".commit")
        || $0.name.hasSuffix("sync.before") || $0.name.hasSuffix("rename.before")
    }
    #expect(writes.count > 6)
    let runs = await inThreads(writes.map(\.name)) { point in
      let command = command("full-\(point)", word)
      let failed = Program.run(command, environment: ["BATCHRUN_FAULT": "\(point):1:28"])
      return (failed, Program.run(command).code, scratch.text("full-\(point)"))
    }
    for (point, (failed, code, output)) in zip(writes.map(\.name), runs) {
      #expect(failed.code == 2, "\(point): \(failed.output)")
      #expect(failed.output.contains("No space left on device"), "\(point): \(failed.output)")
      #expect(code == 1, "\(point)")
      #expect(output == expected, "\(point)")
    }
  }

  @Test(
    "of a full disk has committed what was finished, in the space kept for that",
    arguments: [
      ("run", "output.write.before:2:28"), ("run", "ledger.commit.commit:1:28"),
      ("scatter-run", "early.write.before:1:28"), ("scatter-run", "output.write.before:2:28"),
      ("scatter-run", "ledger.commit.commit:1:28"),
    ])
  func fullDiskAtTheEnd(word: String, fault: String) {
    let lines = (0..<40).map { $0 == 7 ? "fail" : "ok \($0)" }
    scratch.write("in", lines.joined(separator: "\n") + "\n")
    let command = command("out", word, workers: 1) + [scratch("journal")]
    let failed = Program.run(command, environment: ["BATCHRUN_FAULT": fault])
    #expect(failed.code == 2)
    #expect(failed.output.contains("at most the last second is repeated"), "\(failed.output)")
    #expect(!scratch.exists("out.run/reserve"))
    #expect((try? RunStatus(directory: scratch("out.run")))?.finishedItems == 40)
    #expect(Program.run(command).code == 1)
    #expect(scratch.text("journal")?.split(separator: "\n").count == 40)
    let records = scratch.text("out")?.split(separator: "\n").dropFirst().map(String.init)
    #expect(records == (0..<40).map { "\($0):\($0 == 7 ? "bad_input" : "ok \($0)")" })
    #expect((try? Verification(directory: scratch("out.run")))?.isGood == true)
  }

  @Test(
    "any number of times marks no item as failed and repeats no committed item",
    arguments: ["run", "scatter-run"])
  func manyKills(word: String) {
    let lines = (0..<1200).map { _ in "sleep 0.01" }
    scratch.write("in", lines.joined(separator: "\n") + "\n")
    let journal = scratch("journal")
    let command = command("out", word, batch: "5") + [journal]
    for _ in 0..<4 { #expect(Program.kill(command, after: 0.9).code == -9) }
    #expect(Program.run(command).code == 0)
    let expected = "sample\n" + lines.enumerated().map { "\($0):\($1)\n" }.joined()
    #expect(scratch.text("out") == expected)
    // What was in hand or not yet committed at each kill: about a second of two workers' items.
    let executed = (scratch.text("journal") ?? "").split(separator: "\n").count
    #expect(executed >= 1200)
    #expect(executed < 1200 + 4 * (word == "run" ? 250 : 750))
  }

  @Test(
    "by a crash in one item finds the item, and keeps the results of all others",
    arguments: ["run", "scatter-run"])
  func crash(word: String) {
    let lines = (0..<50).map { $0 == 23 ? "crash" : "ok" }
    scratch.write("in", lines.joined(separator: "\n") + "\n")
    #expect(Program.run(command("out", word)).code == -11)
    #expect(Program.run(command("out", word)).code == 1)
    let records = scratch.text("out")?.split(separator: "\n").dropFirst().map(String.init)
    #expect(records == (0..<50).map { "\($0):\($0 == 23 ? "crashed" : "ok")" })
    let failures = scratch.text("out.run/failures.jsonl") ?? ""
    #expect(failures.contains(#""item":23,"line":24"#))
    #expect(failures.contains("Segmentation fault"))
  }
}
