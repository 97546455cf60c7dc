import BatchCore
import Foundation
import Glibc
import SampleTask
import Testing

/// moto's imitation of AWS, started for a suite and stopped after it by `tools/cluster/moto.sh`.
///
/// The script stops the server also when this process dies: its standard input ends then.
struct MotoServer: SuiteTrait, TestScoping {
  /// What the script says, by name.
  @TaskLocal static var variables: [String: String] = [:]

  let isRecursive = false

  /// Where the tests can run: with root a server that does not start is a failure, and elsewhere they
  /// are skipped.
  static var isPossible: Bool { geteuid() == 0 }

  private static let project = URL(filePath: #filePath).pathComponents.dropLast(4)
    .joined(separator: "/").replacing("//", with: "/")

  @concurrent
  func provideScope(
    for test: Test, testCase: Test.Case?,
    performing function: @concurrent @Sendable () async throws -> Void
  ) async throws {
    guard Self.isPossible else { return try await function() }
    var server = try ChildProcess(
      command: [
        "/bin/bash", "\(Self.project)/tools/cluster/moto.sh", "serve",
        "\(Self.project)/.build/moto",
      ])
    let output = ByteBuffer()
    // The first start on a machine installs it.
    while !Self.text(output).contains("AWS_ENDPOINT_URL="),
      server.receive(into: output, waiting: 400) ?? 0 > 0
    {}
    let pairs = Self.text(output).split(separator: "\n").compactMap { line in
      let sides = line.split(separator: "=", maxSplits: 1).map(String.init)
      return sides.count == 2 ? (sides[0], sides[1]) : nil
    }
    defer {
      // The end of its input is the order to stop.
      server.send(ByteBuffer())
      let errors = server.wait().errors
      if pairs.isEmpty { Issue.record("moto does not start: \(errors)") }
    }
    guard !pairs.isEmpty else { return }
    let variables = Dictionary(uniqueKeysWithValues: pairs)
    try await Self.$variables.withValue(variables) { try await function() }
  }

  private static func text(_ output: ByteBuffer) -> String {
    unsafe output.withBytes { unsafe String(decoding: $0, as: UTF8.self) }
  }

  /// Sends a request that needs no signature; the body of the answer.
  @discardableResult
  static func ask(
    _ method: HTTPRequest.Method, _ path: String, _ body: String = ""
  ) throws -> String {
    var settings = HTTPSettings()
    settings.proxy = .none
    let url = try WebURL(try #require(variables["AWS_ENDPOINT_URL"]) + path)
    let answer = try HTTPClient(settings: settings).send(
      HTTPRequest(
        url, method: method, headers: ["Content-Type: text/plain", "Expect:"],
        body: ByteBuffer(Array(body.utf8))))
    return text(answer.body)
  }
}
