internal import Glibc

/// A named instant at which a test can make the process die or a system call fail.
///
/// `BATCHRUN_FAULT=NAME:N:kill` kills the process the Nth time it passes NAME;
/// `NAME:N:ERRNO` makes the operation that follows fail with that error number.
/// `BATCHRUN_FAULT_TRACE=FILE` appends the name of each point passed. Without these variables a
/// point costs one comparison.
enum FaultPoint {
  private struct Injection: Sendable {
    var name: String
    var pass: Int
    /// Zero kills.
    var errorNumber: Int32
  }

  private static let injection = parse(environment("BATCHRUN_FAULT"))
  private static let trace = environment("BATCHRUN_FAULT_TRACE")
  private static let isActive = injection != nil || trace != nil
  private static let passes = Shared(0)

  /// Passes the point; an error number when the operation that follows must fail with it.
  @inline(__always)
  static func pass(_ name: @autoclosure () -> String) -> Int32? {
    isActive ? passSlowly(name()) : nil
  }

  private static func passSlowly(_ name: String) -> Int32? {
    if let trace { append(name + "\n", to: trace) }
    guard let injection, injection.name == name else { return nil }
    let count = passes.withLock { value -> Int in
      value += 1
      return value
    }
    guard count == injection.pass else { return nil }
    if injection.errorNumber == 0 { kill(getpid(), SIGKILL) }
    return injection.errorNumber
  }

  private static func parse(_ text: String?) -> Injection? {
    guard let fields = text?.split(separator: ":"), fields.count == 3, let pass = Int(fields[1])
    else { return nil }
    return Injection(name: String(fields[0]), pass: pass, errorNumber: Int32(fields[2]) ?? 0)
  }

  private static func append(_ line: String, to path: String) {
    let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { return }
    _ = unsafe write(descriptor, line, line.utf8.count)
    close(descriptor)
  }
}

/// The value of an environment variable, nil when it is not set.
func environment(_ name: String) -> String? {
  unsafe getenv(name).map { unsafe String(cString: $0) }
}
