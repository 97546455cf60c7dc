import BatchCore
import Foundation
import Glibc
import SampleTask
import Testing

extension OnSlurm {
  /// Runs of the sample task in array tasks of a real cluster, with everything that goes wrong there.
  @Suite("A run on Slurm")
  struct SlurmRunTests {
    private let scratch = Scratch()

    private func command(
      _ output: String, _ verb: String = "run", tasks: Int = 4, batch: String = "5",
      limit: String = "60", without nodes: String = "n4,n5"
    ) -> [String] {
      [
        Program.sample, verb, scratch("in"), scratch(output), "\(tasks)", batch,
        scratch("journal"),
        scratch("share"), limit, "--exclude=\(nodes)", "--comment=\(scratch.path)",
      ]
    }

    /// The tasks of this test that run now.
    private var running: [(task: String, node: String)] {
      get throws { try SlurmCluster.shared.running(scratch.path) }
    }

    private func write(_ lines: [String]) {
      scratch.write("in", lines.joined(separator: "\n") + "\n")
    }

    /// The output that the lines must give.
    private func expected(_ lines: [String], failed: [Int: String] = [:]) -> String {
      "sample\n"
        + lines.enumerated().map { "\($0.offset):\(failed[$0.offset] ?? $0.element)\n" }.joined()
    }

    private func journal() -> [Int] {
      (scratch.text("journal") ?? "").split(separator: "\n").compactMap { Int($0) }
    }

    private func verify(_ output: String) throws {
      let check = try Verification(directory: scratch("\(output).run"))
      #expect(check.isGood, "\(check.problems)")
    }

    /// Waits until so many array tasks run.
    private func waitForTasks(_ count: Int) throws -> [(task: String, node: String)] {
      for _ in 0..<600 {
        let running = try running
        if running.count >= count { return running }
        usleep(100_000)
      }
      throw TaskError(.cannotRun, "no array task came to run")
    }

    /// Waits until so many items were begun on a node.
    private func waitForItems(_ count: Int, on node: String) {
      for _ in 0..<600 {
        let nodes = (scratch.text("journal.nodes") ?? "").split(separator: "\n")
        if nodes.count(where: { $0 == node }) >= count { return }
        usleep(100_000)
      }
      Issue.record("no item was begun on \(node)")
    }

    /// Starts the program without waiting for it.
    private func start(_ command: [String]) throws -> StartedProgram {
      try StartedProgram(command, environment: SlurmCluster.shared.environment)
    }

    @Test("of many batches gives the output of a local run, and leaves nothing but the program")
    func manyBatches() throws {
      let lines = (0..<500).map { $0 % 97 == 5 ? "fail" : "ok \($0)" }
      write(lines)
      let ended = Program.run(
        command("out", tasks: 8, batch: "1"), environment: try SlurmCluster.shared.environment)
      #expect(ended.code == 1, "\(ended.output) \(ended.errors)")
      let failed = Dictionary(
        uniqueKeysWithValues: lines.indices.filter { lines[$0] == "fail" }.map { ($0, "bad_input") }
      )
      #expect(scratch.text("out") == expected(lines, failed: failed))
      #expect(journal().sorted() == Array(0..<500))
      try verify("out")
      #expect(try FileManager.default.contentsOfDirectory(atPath: scratch("share")) == ["programs"])
      #expect(try running.isEmpty)
    }

    @Test("is submitted in arrays that are no larger than the cluster takes")
    func slices() throws {
      let lines = (0..<20).map { _ in "sleep 0.2" }
      write(lines)
      unsafe mkdir(scratch("bin"), 0o755)
      // The cluster takes thousands; what asks for that is told of three, numbered from 0 to 2.
      scratch.write(
        "bin/scontrol",
        """
        #!/bin/sh
        PATH=${PATH#*:}
        [ "$*" = "show config" ] || exec scontrol "$@"
        scontrol show config | sed 's/^\\(MaxArraySize *= \\).*/\\13/'
        """)
      unsafe chmod(scratch("bin/scontrol"), 0o755)
      let cluster = try SlurmCluster.shared
      let path = scratch("bin") + ":" + (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin")
      let ended = Program.run(
        command("out", tasks: 5, batch: "2"),
        environment: cluster.environment.merging(["PATH": path]) { $1 })
      #expect(ended.code == 0, "\(ended.output) \(ended.errors)")
      #expect(scratch.text("out") == expected(lines))
      let tasks = cluster.run("squeue", "-h", "-r", "-t", "all", "-o", "%F %K %k")
        .split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
        .filter { $0.last == scratch.path }
      #expect(Set(tasks.map { $0[0] }).count >= 3, "\(tasks)")
      #expect(tasks.allSatisfy { ["0", "1"].contains($0[1]) }, "\(tasks)")
    }

    @Test("goes on elsewhere when a node dies in the middle, and repeats only what was lost")
    func nodeFailure() throws {
      let cluster = try SlurmCluster.shared
      let lines = (0..<240).map { _ in "sleep 0.5" }
      write(lines)
      // The node that fails is no other test's.
      let command = command("out", tasks: 12, batch: "6", without: "n1,n2,n5")
      let program = try start(command)
      // Now it has items in work, and finished ones.
      waitForItems(6, on: "n4")
      cluster.fail("n4")
      let code = program.wait().code
      cluster.mend("n4")
      #expect(code == 0)
      #expect(scratch.text("out") == expected(lines))
      try verify("out")
      // A finished item is handed over within a second or so; of what was lost, each once more.
      #expect(journal().count > 240, "the node had nothing to do")
      #expect(journal().count <= 240 + 8 * 4, "\(journal().count) items were executed")
    }

    @Test("finds the item that kills its worker, and gives all others their results")
    func crash() throws {
      let lines = (0..<12).map { $0 == 7 ? "crash" : "ok \($0)" }
      write(lines)
      let ended = Program.run(
        command("out", tasks: 2, batch: "4"), environment: try SlurmCluster.shared.environment)
      #expect(ended.code == 1, "\(ended.output)")
      #expect(scratch.text("out") == expected(lines, failed: [7: "crashed"]))
      try verify("out")
      let failures = scratch.text("out.run/failures.jsonl") ?? ""
      #expect(failures.contains("signal 11"), "\(failures)")
    }

    @Test("gives up an item that is longer than the time limit, and no other")
    func timeLimit() throws {
      let lines = (0..<6).map { $0 == 2 ? "sleep 300" : "sleep 0.1" }
      write(lines)
      let ended = Program.run(
        command("out", tasks: 2, batch: "3", limit: "6"),
        environment: try SlurmCluster.shared.environment)
      #expect(ended.code == 1, "\(ended.output)")
      #expect(scratch.text("out") == expected(lines, failed: [2: "exceeds_limit"]))
      #expect(journal().filter { $0 == 2 }.count == 2)
      try verify("out")
    }

    @Test("tries a batch that takes too long a second time, and commits nothing twice")
    func slowBatch() throws {
      // The eighth of ten batches hangs the first time.
      let lines = (0..<40).map { $0 == 30 ? "stall 300" : "sleep 0.2" }
      write(lines)
      let ended = Program.run(
        command("out", batch: "4", limit: "120"),
        environment: try SlurmCluster.shared.environment)
      #expect(ended.code == 0, "\(ended.output) \(ended.errors)")
      #expect(scratch.text("out") == expected(lines))
      #expect(journal().filter { $0 == 30 }.count == 2)
      try verify("out")
      let events = scratch.text("out.run/events.jsonl") ?? ""
      #expect(events.contains(#""event":"copied""#) && events.contains(#""copies_won":1"#))
      #expect(!events.contains("suspect"))
      #expect(try running.isEmpty)
      #expect(try FileManager.default.contentsOfDirectory(atPath: scratch("share")) == ["programs"])
    }

    @Test("goes on with new tasks when some are cancelled from outside")
    func cancelled() throws {
      let cluster = try SlurmCluster.shared
      let lines = (0..<40).map { _ in "sleep 0.4" }
      write(lines)
      let command = command("out", batch: "5")
      let program = try start(command)
      let running = try waitForTasks(2)
      usleep(500_000)
      cluster.run("scancel", running[0].task)
      #expect(program.wait().code == 0)
      #expect(scratch.text("out") == expected(lines))
      try verify("out")
    }

    @Test(
      "that is killed takes over what its workers finished meanwhile, and computes none of it again"
    )
    func killedCoordinator() throws {
      let cluster = try SlurmCluster.shared
      let lines = (0..<40).map { _ in "sleep 0.3" }
      write(lines)
      let program = try start(command("out", batch: "10"))
      _ = try waitForTasks(2)
      usleep(1_200_000)
      program.send(signal: SIGKILL)
      #expect(program.wait().code == Int(-SIGKILL))
      // The workers go on with the batches they have.
      sleep(2)
      let before = Set(journal())
      #expect(!before.isEmpty)
      let resumed = Program.run(command("out", batch: "10"), environment: cluster.environment)
      #expect(resumed.code == 0, "\(resumed.output)")
      #expect(scratch.text("out") == expected(lines))
      try verify("out")
      // Of each worker, the items of about its last second were not handed over when it was cancelled.
      #expect(journal().count <= 40 + 4 * 5, "\(journal().count) items were executed")
      #expect(try running.isEmpty)
    }

    @Test("that is interrupted lets its workers finish their items, and cancels the array")
    func interrupted() throws {
      let cluster = try SlurmCluster.shared
      let lines = (0..<200).map { _ in "sleep 0.3" }
      write(lines)
      let command = command("out", batch: "20")
      let program = try start(command)
      _ = try waitForTasks(2)
      usleep(1_500_000)
      program.send(signal: SIGINT)
      #expect(program.wait().code == 130)
      let executed = journal().count
      #expect(executed > 0 && executed < 200)
      #expect(try running.isEmpty)
      let resumed = Program.run(command, environment: cluster.environment)
      #expect(resumed.code == 0, "\(resumed.output)")
      #expect(scratch.text("out") == expected(lines))
      // Nothing that was executed before the interrupt is executed again.
      #expect(journal().count == 200)
    }

    @Test("stops with a sentence when the share gets full, and goes on when there is room again")
    func fullShare() throws {
      let cluster = try SlurmCluster.shared
      let share = try SmallShare(scratch("share"), megabytes: 160)
      defer { share.remove() }
      let lines = (0..<60).map { _ in "sleep 0.3" }
      write(lines)
      let command = command("out", batch: "5")
      let program = try start(command)
      _ = try waitForTasks(2)
      usleep(1_500_000)
      share.fill()
      let (code, said) = { ($0.code, $0.output) }(program.wait())
      #expect(code == 2)
      #expect(said.contains("free some space there and run the same command again"), "\(said)")
      #expect(said.contains(scratch("share")), "\(said)")
      let before = journal().count
      #expect(before > 0 && before < 60, "\(before)")
      share.makeRoom()
      let resumed = Program.run(command, environment: cluster.environment)
      // No item is blamed for it.
      #expect(resumed.code == 0, "\(resumed.output)")
      #expect(scratch.text("out") == expected(lines))
      try verify("out")
      // What could not be handed over, once more: the batches that the tasks had.
      #expect(journal().count <= 60 + 4 * 5 * 2, "\(journal().count) items were executed")
    }

    // MARK: - Here as well

    /// How many batches ended at a place.
    private func batches(_ output: String, on place: String) -> Int {
      (scratch.text("\(output).run/events.jsonl") ?? "").split(separator: "\n").count {
        $0.contains(#""event":"batch""#) && $0.contains(#""place":"\#(place)""#)
      }
    }

    @Test("and here at once uses both, and tries here what kills a worker there")
    func mixed() throws {
      let lines = (0..<120).map { $0 == 77 ? "crash" : "sleep 0.2" }
      write(lines)
      let ended = Program.run(
        command("out", "mixed-run", batch: "3"), environment: try SlurmCluster.shared.environment)
      #expect(ended.code == 1 || ended.code < 0, "\(ended.output) \(ended.errors)")
      // A crash of a thread ends this process, and the same command goes on.
      let last =
        ended.code < 0
        ? Program.run(
          command("out", "mixed-run", batch: "3"),
          environment: try SlurmCluster.shared.environment) : ended
      #expect(last.code == 1, "\(last.output) \(last.errors)")
      #expect(scratch.text("out") == expected(lines, failed: [77: "crashed"]))
      try verify("out")
      #expect(batches("out", on: "local") > 3)
      #expect(batches("out", on: "slurm") > 3)
      #expect(try running.isEmpty)
    }

    @Test("and here at once, killed and interrupted, goes on at either place")
    func mixedStops() throws {
      let cluster = try SlurmCluster.shared
      let lines = (0..<150).map { _ in "sleep 0.3" }
      write(lines)
      let killed = try start(command("out", "mixed-run", batch: "10"))
      _ = try waitForTasks(2)
      usleep(1_500_000)
      killed.send(signal: SIGKILL)
      #expect(killed.wait().code == Int(-SIGKILL))
      let interrupted = try start(command("out", "mixed-run", batch: "10"))
      _ = try waitForTasks(2)
      usleep(1_500_000)
      interrupted.send(signal: SIGINT)
      #expect(interrupted.wait().code == 130)
      #expect(try running.isEmpty)
      #expect(journal().count < 150)
      // What is left is done on this machine alone.
      let here = Program.run(
        [Program.sample, "run", scratch("in"), scratch("out"), "2", "10", scratch("journal")],
        environment: cluster.environment)
      #expect(here.code == 0, "\(here.output) \(here.errors)")
      #expect(scratch.text("out") == expected(lines))
      try verify("out")
    }

    @Test("says what is wrong with the cluster or the share, and stops")
    func refusals() throws {
      write(["ok"])
      let nowhere = Program.run(
        [
          Program.sample, "run", scratch("in"), scratch("out"), "2", "1", "", "/nowhere/share",
          "60",
        ], environment: try SlurmCluster.shared.environment)
      #expect(nowhere.code == 2)
      #expect(nowhere.output.contains("/nowhere/share"), "\(nowhere.output)")
      let away = Program.run(
        command("out"), environment: ["SLURM_CONF": "/nowhere/slurm.conf"])
      #expect(away.code == 2)
      #expect(away.output.contains("--on slurm: sinfo failed"), "\(away.output)")
    }
  }
}
