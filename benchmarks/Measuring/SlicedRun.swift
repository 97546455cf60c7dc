import Glibc

/// A program that is halted and goes on again, so that two can share a machine by turns of a second.
///
/// A machine that others use too can be a sixth faster or slower from one minute to the next: a run after
/// the other measures that as well, while slices of both meet the same machine.
struct SlicedRun {
  private static let sliceSeconds = 1.0
  /// Between two looks at whether it has ended.
  private static let lookMicroseconds: UInt32 = 2000

  private let command: [String]
  private var program: RunningProgram?
  /// What its slices took so far.
  private var wallSeconds = 0.0
  /// Nil until it has ended; its wall seconds are those of its slices.
  private var end: ChildRun?

  /// Runs both to their ends, their output discarded; each is halted while the other one works, until one
  /// has ended.
  static func race(_ first: [String], _ second: [String]) -> (first: ChildRun, second: ChildRun) {
    var (first, second) = (SlicedRun(command: first), SlicedRun(command: second))
    while true {
      if let end = first.end { return (end, second.finish()) }
      first.work(for: sliceSeconds)
      if let end = second.end { return (first.finish(), end) }
      second.work(for: sliceSeconds)
    }
  }

  private init(command: [String]) {
    // It has a group of its own, which interrupting the benchmark would not reach.
    self.command = ["setpriv", "--pdeathsig", "KILL"] + Self.userRights + command
  }

  /// Root's libsvtav1 makes its threads real-time ones, for which everything else on the machine waits. Both
  /// sides go without that right, as what ordinary users start does.
  private static let userRights =
    geteuid() == 0 ? ["--bounding-set", "-sys_nice", "--inh-caps", "-sys_nice"] : []

  private mutating func work(for limit: Double) {
    let begin = Stopwatch.wallSeconds()
    let program = self.program ?? RunningProgram(command, hasOwnGroup: true)
    self.program = program
    program.sendToGroup(SIGCONT)
    var seconds = 0.0
    repeat {
      usleep(Self.lookMicroseconds)
      end = program.ifEnded()
      seconds = Stopwatch.wallSeconds() - begin
    } while end == nil && seconds < limit
    if end == nil { program.sendToGroup(SIGSTOP) }
    wallSeconds += seconds
    end?.wallSeconds = wallSeconds
  }

  private mutating func finish() -> ChildRun {
    while true {
      if let end { return end }
      work(for: .infinity)
    }
  }
}
