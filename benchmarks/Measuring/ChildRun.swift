import Glibc

/// What a program that has ended took.
struct ChildRun {
  let isSuccess: Bool
  /// User and system time, all threads together.
  let cpuSeconds: Double
  /// The part of it that the kernel took.
  let systemSeconds: Double
  let wallSeconds: Double
  let peakBytes: Int

  /// Runs a program to its end, its output discarded.
  static func of(_ command: [String]) -> ChildRun {
    fflush(nil)
    let begin = Stopwatch.wallSeconds()
    let process = start(command)
    var status: Int32 = 0
    var usage = rusage()
    while unsafe wait4(process, &status, 0, &usage) < 0, errno == EINTR {}
    return ChildRun(
      isSuccess: process > 0 && status == 0,
      cpuSeconds: usage.ru_utime.seconds + usage.ru_stime.seconds,
      systemSeconds: usage.ru_stime.seconds,
      wallSeconds: Stopwatch.wallSeconds() - begin, peakBytes: usage.ru_maxrss * 1024)
  }

  /// Starts a program whose messages go nowhere.
  private static func start(_ command: [String]) -> pid_t {
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    unsafe posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
    unsafe posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
    var arguments = unsafe command.map { unsafe strdup($0) } + [nil]
    defer { unsafe arguments.forEach { argument in unsafe free(argument) } }
    var process: pid_t = -1
    let code = unsafe posix_spawnp(&process, command[0], &actions, nil, &arguments, environ)
    return code == 0 ? process : -1
  }
}

extension timeval {
  fileprivate var seconds: Double { Double(tv_sec) + Double(tv_usec) * 1e-6 }
}
