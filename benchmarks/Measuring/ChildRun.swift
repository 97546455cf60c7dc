/// What a program that has ended took.
struct ChildRun {
  /// Its exit code, or 128 and the number of the signal that ended it.
  let code: Int32
  /// User and system time, all threads together.
  let cpuSeconds: Double
  /// The part of it that the kernel took.
  let systemSeconds: Double
  let wallSeconds: Double
  let peakBytes: Int

  var isSuccess: Bool { code == 0 }

  /// Runs a program to its end, its output discarded.
  static func of(_ command: [String]) -> ChildRun { RunningProgram(command).wait() }
}
