import BatchCore
import Glibc

/// Programs that tests start, and may kill.
package enum Program {
  /// The directory of the test's own executable, where the other products are.
  package static let directory: String = {
    var bytes = [CChar](repeating: 0, count: 4096)
    let count = unsafe readlink("/proc/self/exe", &bytes, bytes.count)
    let path = String(
      decoding: bytes.prefix(max(0, count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
  }()

  package static var sample: String { directory + "/sample-program" }
  package static var batchrun: String { directory + "/batchrun" }

  package struct Result: Sendable {
    /// The exit code, or minus the number of the signal.
    package var code: Int
    package var output: String
    package var errors: String
  }

  /// Runs a program to its end; the parameters are those of a program that is only started.
  @discardableResult
  package static func run(
    _ command: [String], environment: [String: String] = [:], input: String = "",
    joinsErrors: Bool = false
  ) -> Result {
    let program = try? StartedProgram(
      command, environment: environment, input: input, joinsErrors: joinsErrors)
    return program?.wait() ?? Result(code: 127, output: "", errors: "cannot start \(command)")
  }

  /// Starts a program and kills it with SIGKILL after `seconds`.
  package static func kill(
    _ command: [String], after seconds: Double, environment: [String: String] = [:]
  ) -> Result {
    guard let program = try? StartedProgram(command, environment: environment) else {
      return Result(code: 127, output: "", errors: "cannot start \(command)")
    }
    usleep(UInt32(seconds * 1e6))
    program.send(signal: SIGKILL)
    return program.end(ByteBuffer())
  }
}

/// A program that runs while the test does something else.
///
/// Foundation's `Process` would notice an end only when all those have ended that were started by other
/// threads at the same instant: they inherit a socket of it (Swift 6.3).
package final class StartedProgram {
  private var child: ChildProcess
  private var isOver = false
  private static let silenceSeconds = 600.0

  /// - Parameter joinsErrors: Whether what it writes to standard error is part of its output; of that
  ///   stream alone, the last lines are kept.
  package init(
    _ command: [String], environment: [String: String] = [:], input: String = "",
    joinsErrors: Bool = false
  ) throws {
    let joined = ["/bin/sh", "-c", "exec \"$@\" 2>&1", "sh"]
    // A crash is reported for a second or more, in which other threads go on and may take the item for
    // one that hangs.
    let usual = ["SWIFT_BACKTRACE": "enable=no"]
    child = try ChildProcess(
      command: (joinsErrors ? joined : []) + command,
      environment: usual.merging(environment) { $1 })
    // A program that ends before it has read its input must not end the tests.
    signal(SIGPIPE, SIG_IGN)
    child.send(ByteBuffer(Array(input.utf8)))
  }

  deinit {
    guard !isOver else { return }
    child.terminate()
    _ = child.wait()
  }

  package var process: Int32 { child.process }

  package func send(signal number: Int32) { child.send(signal: number) }

  /// Waits for the end; a program that writes nothing for ten minutes is killed.
  package func wait() -> Program.Result {
    let output = ByteBuffer()
    var count: Int?
    repeat {
      count = child.receive(into: output, waiting: Self.silenceSeconds)
    } while count ?? 0 > 0
    guard count == nil else { return end(output) }
    child.terminate()
    var result = end(output)
    result.errors += " (killed: silent for \(Self.silenceSeconds) s)"
    return result
  }

  fileprivate func end(_ output: ByteBuffer) -> Program.Result {
    isOver = true
    let (ending, errors) = child.wait()
    let text = unsafe output.withBytes { unsafe String(decoding: $0, as: UTF8.self) }
    return switch ending {
    case .exited(let code): Program.Result(code: code, output: text, errors: errors)
    case .signalled(let number): Program.Result(code: -number, output: text, errors: errors)
    }
  }
}
