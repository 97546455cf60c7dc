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

  /// Runs a program to its end.
  @discardableResult
  package static func run(
    _ command: [String], environment: [String: String] = [:], input: String = ""
  ) -> Result {
    guard var child = try? ChildProcess(command: command, environment: environment) else {
      return Result(code: 127, output: "", errors: "cannot start \(command)")
    }
    // A program that ends before it has read its input must not end the tests.
    signal(SIGPIPE, SIG_IGN)
    child.send(ByteBuffer(Array(input.utf8)))
    let output = ByteBuffer()
    while child.receive(into: output, waiting: 120) ?? 0 > 0 {}
    return end(&child, output)
  }

  /// Starts a program and kills it with SIGKILL after `seconds`.
  package static func kill(
    _ command: [String], after seconds: Double, environment: [String: String] = [:]
  ) -> Result {
    guard var child = try? ChildProcess(command: command, environment: environment) else {
      return Result(code: 127, output: "", errors: "")
    }
    child.send(ByteBuffer())
    usleep(UInt32(seconds * 1e6))
    child.terminate()
    return end(&child, ByteBuffer())
  }

  private static func end(_ child: inout ChildProcess, _ output: ByteBuffer) -> Result {
    let (ending, errors) = child.wait()
    let text = unsafe output.withBytes { unsafe String(decoding: $0, as: UTF8.self) }
    return switch ending {
    case .exited(let code): Result(code: code, output: text, errors: errors)
    case .signalled(let number): Result(code: -number, output: text, errors: errors)
    }
  }
}
