import Glibc

/// What workers in other places cost: a real Slurm cluster and AWS's emulator on this machine.
///
/// Arguments choose parts: `slots`, `flights`, `planning`, `packages`.
enum RemoteBenchmark {
  private static let parts: [(name: String, run: @Sendable () -> Bool)] = [
    ("slots", { SlurmSlots.run() }), ("flights", { BatchesInFlight.run() }),
    ("planning", { FunctionPlanning.run() }), ("packages", { FunctionPackages.run() }),
  ]

  static func run(_ arguments: [String]) -> Bool {
    guard geteuid() == 0, Program.isBuilt(), Program.isBuilt(Program.sample) else {
      print("remote: the engines need root, and the programs must have been built")
      return false
    }
    let names = parts.map(\.name)
    guard arguments.allSatisfy({ names.contains($0) }) else {
      print("remote takes \(names.joined(separator: ", "))")
      return false
    }
    let chosen = parts.filter { arguments.isEmpty || arguments.contains($0.name) }
    return chosen.allSatisfy { $0.run() }
  }
}

/// A Slurm cluster of four nodes with two processors each.
struct SlurmSite {
  static let slots = 8
  let scratch = ScratchDirectory()
  private let engine: Engine

  init?() {
    let folder = scratch("slurm")
    guard
      let engine = Engine(
        ["bash", "tools/cluster/slurm.sh", "serve", folder, "27817", "4", "2"],
        in: scratch, log: "slurm.log")
    else { return nil }
    self.engine = engine
    unsafe setenv("SLURM_CONF", "\(folder)/slurm.conf", 1)
  }

  /// The command that runs lines of the sample task here.
  func command(tasks: Int, batchSize: Int, timeLimitSeconds: Int) -> [String] {
    [
      Program.sample, "run", scratch("in"), scratch("out"), "\(tasks)", "\(batchSize)", "",
      scratch("share"), "\(timeLimitSeconds)",
    ]
  }
}

/// Two hundred batches of two seconds on eight slots.
enum SlurmSlots {
  static func run() -> Bool {
    print("remote: 200 batches of one item that sleeps 2 s, on 8 slots of a Slurm cluster")
    guard let site = SlurmSite(),
      TextFile.write(String(repeating: "sleep 2\n", count: 200), to: site.scratch("in"))
    else { return false }
    let ideal = 200.0 * 2 / Double(SlurmSite.slots)
    var table = TextTable(["run", "wall s", "of the ideal \(Digits.text(ideal)) s", "CPU s"])
    for turn in 1...3 {
      _ = Shell.output(["rm", "-rf", site.scratch("out"), site.scratch("out.run")])
      let run = ChildRun.of(
        site.command(tasks: SlurmSite.slots, batchSize: 1, timeLimitSeconds: 600))
      let expected = "sample\n" + (0..<200).map { "\($0):sleep 2\n" }.joined()
      guard run.isSuccess, TextFile.read(site.scratch("out")) == expected else {
        print("WRONG: the output is not that of the items")
        return false
      }
      let share = run.wallSeconds / ideal
      table.add([
        "\(turn)", Digits.text(run.wallSeconds), Digits.fixed(share, 3) + Bar.atMost(1.15, share),
        Digits.text(run.cpuSeconds),
      ])
    }
    table.show()
    return true
  }
}

/// Ten thousand batches that have been handed over and are not done: what the coordinator costs.
enum BatchesInFlight {
  private static let batches = 10_000
  private static let seconds: UInt32 = 30

  static func run() -> Bool {
    print("remote: 10,000 batches in flight on 8 slots of a Slurm cluster")
    guard let site = SlurmSite(),
      TextFile.write(String(repeating: "sleep 900\n", count: batches), to: site.scratch("in"))
    else { return false }
    let program = RunningProgram(
      site.command(tasks: batches, batchSize: 1, timeLimitSeconds: 3600))
    guard waitUntilSubmitted(program) else {
      program.send(SIGKILL)
      _ = program.wait()
      return false
    }
    let before = program.cpuSeconds
    sleep(seconds)
    let share = (program.cpuSeconds - before) / Double(seconds)
    let memory = Double(program.peakBytes) / 1e6
    program.send(SIGINT)
    let ended = program.wait()
    let left = Shell.output(["squeue", "-h", "-r", "-t", "pending"]).text
    guard ended.code == 130, left.isEmpty else {
      print("WRONG: it ended with \(ended.code), \(left.split(separator: "\n").count) tasks wait")
      return false
    }
    var table = TextTable(["in flight", "peak MB", "% of a core in 30 s", "CPU s in all"])
    table.add([
      "\(batches)", Digits.text(memory) + Bar.atMost(300, memory),
      Digits.fixed(share * 100, 1) + Bar.atMost(10, share * 100), Digits.text(ended.cpuSeconds),
    ])
    table.show()
    return true
  }

  private static func waitUntilSubmitted(_ program: RunningProgram) -> Bool {
    for _ in 0..<240 {
      sleep(1)
      let queued = Shell.output(["squeue", "-h", "-r", "-o", "%i"]).text
      if queued.split(separator: "\n").count >= batches {
        // What follows a submission is not idling.
        sleep(10)
        return true
      }
    }
    print("WRONG: not all batches were handed over within four minutes")
    return false
  }
}
