import BatchCore
import Foundation
import Glibc
import SampleTask
import Testing

/// Functions of AWS's own emulator behind a front with the shapes of its API, for one test.
///
/// The front ends, with everything it started, when its standard input does.
final class Functions {
  private var front: ChildProcess
  /// What the program under test needs to reach bucket and functions.
  let environment: [String: String]
  let endpoint: String

  private static let tool = "/" + #filePath.split(separator: "/").dropLast(4).joined(separator: "/")

  /// - Parameters:
  ///   - program: The executable that the package holds, with the libraries of this process' sisters.
  ///   - task: A task that the packed program is to have; nil for the program's own.
  init(
    _ program: String = Program.batchrun, task: String? = nil, options: [String: String] = [:]
  ) throws {
    let package = try FunctionPackages.shared.folder(program, task)
    let emulator = try Self.emulator()
    var words = [
      "/usr/bin/env", "python3", "\(Self.tool)/tools/cluster/lambda.py", emulator, package,
    ]
    for (name, value) in options { words += [name, value] }
    front = try ChildProcess(command: words, environment: CephGateway.variables)
    let output = ByteBuffer()
    while front.receive(into: output, waiting: 30) ?? 0 > 0 {
      if Self.text(output).contains("\n") { break }
    }
    let line = Self.text(output).split(separator: "\n").first.map(String.init) ?? ""
    let sides = line.split(separator: "=", maxSplits: 1).map(String.init)
    guard sides.count == 2 else {
      front.terminate()
      let errors = front.wait().errors
      throw TaskError(.cannotRun, "no functions: \(errors)")
    }
    endpoint = sides[1]
    // Nothing is learnt from earlier runs, which other tests made.
    environment = CephGateway.variables.merging(
      [sides[0]: sides[1], "XDG_CACHE_HOME": "/dev/null"]) { $1 }
  }

  deinit {
    front.send(ByteBuffer())
    _ = front.wait()
  }

  private static func text(_ output: ByteBuffer) -> String {
    unsafe output.withBytes { unsafe String(decoding: $0, as: UTF8.self) }
  }

  /// AWS's emulator, which `tools/cluster/emulator.sh` fetches once.
  private static func emulator() throws -> String {
    let found = Program.run(["/bin/bash", "\(tool)/tools/cluster/emulator.sh"])
    guard found.code == 0 else { throw TaskError(.cannotRun, "no emulator: \(found.errors)") }
    return found.output.trimmingCharacters(in: .whitespacesAndNewlines)
  }

  // MARK: - Faults

  func inject(_ faults: [String: Int]) throws {
    let body = faults.map { "\"\($0.key)\": \($0.value)" }.joined(separator: ", ")
    let answer = try HTTPClient().send(
      HTTPRequest(
        WebURL("\(endpoint)/faults"), method: .post, body: ByteBuffer(Array("{\(body)}".utf8))))
    #expect(answer.head.status == 200)
  }

  /// What the front has counted.
  func counts() throws -> [String: Int] {
    let answer = try HTTPClient().send(HTTPRequest(WebURL("\(endpoint)/faults")))
    let data = unsafe answer.body.withBytes { unsafe Data($0) }
    return try JSONDecoder().decode([String: Int].self, from: data)
  }
}
