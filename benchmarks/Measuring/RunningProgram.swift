import Glibc

/// A program that was started and has not been waited for.
struct RunningProgram {
  let process: pid_t
  private let begin = Stopwatch.wallSeconds()

  /// - Parameter isSilent: Whether its output and messages go nowhere.
  init(_ command: [String], isSilent: Bool = true) {
    fflush(nil)
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    for output in isSilent ? [Int32(1), 2] : [] {
      unsafe posix_spawn_file_actions_addopen(&actions, output, "/dev/null", O_WRONLY, 0)
    }
    var arguments = unsafe command.map { unsafe strdup($0) } + [nil]
    defer { unsafe arguments.forEach { argument in unsafe free(argument) } }
    var process: pid_t = -1
    let code = unsafe posix_spawnp(&process, command[0], &actions, nil, &arguments, environ)
    self.process = code == 0 ? process : -1
  }

  func send(_ signal: Int32) {
    if process > 0 { kill(process, signal) }
  }

  /// Waits for its end.
  func wait() -> ChildRun {
    var status: Int32 = 0
    var usage = rusage()
    while unsafe wait4(process, &status, 0, &usage) < 0, errno == EINTR {}
    let signal = status & 0x7f
    return ChildRun(
      code: process > 0 ? (signal == 0 ? (status >> 8) & 0xff : 128 + signal) : 127,
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
