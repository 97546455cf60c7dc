import Glibc

/// A program that was started and has not been waited for.
struct RunningProgram {
  let process: pid_t
  private let begin = Stopwatch.wallSeconds()

  /// - Parameters:
  ///   - isSilent: Whether its output and messages go nowhere.
  ///   - hasOwnGroup: Whether it and its children can be sent signals together; interrupting the benchmark
  ///     does not reach them then.
  init(_ command: [String], isSilent: Bool = true, hasOwnGroup: Bool = false) {
    fflush(nil)
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    for output in isSilent ? [Int32(1), 2] : [] {
      unsafe posix_spawn_file_actions_addopen(&actions, output, "/dev/null", O_WRONLY, 0)
    }
    var attributes = posix_spawnattr_t()
    unsafe posix_spawnattr_init(&attributes)
    defer { unsafe posix_spawnattr_destroy(&attributes) }
    if hasOwnGroup { unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP)) }
    var arguments = unsafe command.map { unsafe strdup($0) } + [nil]
    defer { unsafe arguments.forEach { argument in unsafe free(argument) } }
    var process: pid_t = -1
    let code = unsafe posix_spawnp(
      &process, command[0], &actions, &attributes, &arguments, environ)
    self.process = code == 0 ? process : -1
  }

  func send(_ signal: Int32) {
    if process > 0 { kill(process, signal) }
  }

  /// Sends a signal to it and to its children; it must have a group of its own.
  func sendToGroup(_ signal: Int32) {
    if process > 0 { kill(-process, signal) }
  }

  /// Waits for its end.
  func wait() -> ChildRun { ended(options: 0) ?? .notStarted }

  /// What it took when it has ended; nil while it works.
  func ifEnded() -> ChildRun? { process > 0 ? ended(options: WNOHANG) : .notStarted }

  private func ended(options: Int32) -> ChildRun? {
    guard process > 0 else { return nil }
    var status: Int32 = 0
    var usage = rusage()
    var result: pid_t
    repeat {
      result = unsafe wait4(process, &status, options, &usage)
    } while result < 0 && errno == EINTR
    guard result == process else { return nil }
    let signal = status & 0x7f
    return ChildRun(
      code: signal == 0 ? (status >> 8) & 0xff : 128 + signal,
      cpuSeconds: usage.ru_utime.seconds + usage.ru_stime.seconds,
      systemSeconds: usage.ru_stime.seconds,
      wallSeconds: Stopwatch.wallSeconds() - begin, peakBytes: usage.ru_maxrss * 1024)
  }

  /// The processor time that it and the children it has waited for have taken so far, in seconds.
  var cpuSeconds: Double {
    // After the name, which may hold anything: fields 3 and on of proc(5).
    let fields =
      TextFile.read("/proc/\(process)/stat").split(separator: ")").last?
      .split(separator: " ").compactMap { Double($0) } ?? []
    // Numbers only: the letter of the state is gone, utime to cstime are 14 to 17.
    guard fields.count > 14 else { return 0 }
    return fields[10..<14].reduce(0, +) / Double(sysconf(Int32(_SC_CLK_TCK)))
  }

  /// The most memory it has held, in bytes.
  var peakBytes: Int {
    let line = TextFile.read("/proc/\(process)/status").split(separator: "\n").first {
      $0.hasPrefix("VmHWM")
    }
    return (line?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) * 1024
  }
}

extension timeval {
  fileprivate var seconds: Double { Double(tv_sec) + Double(tv_usec) * 1e-6 }
}
