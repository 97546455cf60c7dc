/// What a program that has ended took.
struct ChildRun {
  /// Its exit code, or 128 and the number of the signal that ended it.
  let code: Int32
  /// User and system time, all threads together.
  let cpuSeconds: Double
  /// The part of it that the kernel took.
  let systemSeconds: Double
  var wallSeconds: Double
  let peakBytes: Int

  var isSuccess: Bool { code == 0 }

  /// Of a program that could not be started.
  static let notStarted = ChildRun(
    code: 127, cpuSeconds: 0, systemSeconds: 0, wallSeconds: 0, peakBytes: 0)

  /// Runs a program to its end, its output discarded.
  static func of(_ command: [String]) -> ChildRun { RunningProgram(command).wait() }
}
