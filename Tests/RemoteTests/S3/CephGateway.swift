import BatchCore
import Glibc
import SampleTask
import Testing

/// Ceph's S3 server, started for a suite and stopped after it by `tools/cluster/s3.sh`.
///
/// The script stops the server also when this process dies: its standard input ends then.
struct CephGateway: SuiteTrait, TestScoping {
  /// What the script says, by name.
  @TaskLocal static var variables: [String: String] = [:]

  let isRecursive = false

  /// Where the tests can run: with root a missing engine is a failure, and elsewhere they are skipped.
  static var isPossible: Bool { geteuid() == 0 }

  @concurrent
  func provideScope(
    for test: Test, testCase: Test.Case?,
    performing function: @concurrent @Sendable () async throws -> Void
  ) async throws {
    guard Self.isPossible else { return try await function() }
    let server = try Server()
    defer { server.stop() }
    try await Self.$variables.withValue(server.variables) { try await function() }
  }

  /// Has the gateway refuse every further object of a bucket, or take them again.
  static func setFull(_ isFull: Bool, _ bucket: String) throws {
    let ended = Program.run([
      Server.script, isFull ? "fill" : "empty", Server.folder, bucket,
    ])
    guard ended.code == 0 else { throw Server.DidNotStart(description: ended.errors) }
  }

  /// A store in the bucket `jobs` of the running server.
  static func store(
    _ prefix: String, bucket: String = "jobs", changing changes: [String: String] = [:],
    sizes: S3Store.Sizes = S3Store.Sizes(), clockOffset: Int = 0
  ) throws -> S3Store {
    let environment = AWSEnvironment(variables.merging(changes) { $1 })
    let client = AWSClient(
      http: HTTPClient(settings: environment.httpSettings),
      credentials: AWSCredentialProvider(environment: environment),
      backoff: AWSBackoff(attempts: 5), clock: { AWSClock.now + clockOffset })
    return S3Store(
      BlobLocator.S3(bucket: bucket, prefix: prefix), client: client,
      region: try environment.region() ?? "us-east-1", endpoint: try environment.endpoint("S3"),
      sizes: sizes)
  }

  /// Keys with a session token, from the gateway itself, as variables.
  static func lentCredentials() throws -> [String: String] {
    let environment = AWSEnvironment(variables)
    let origin = variables["S3_TOKEN_ENDPOINT"] ?? ""
    let body = "Action=GetSessionToken&DurationSeconds=900&Version=2011-06-15"
    let answer = try AWSClient(environment: environment).send(
      AWSSigner(service: "sts", region: "us-east-1")
    ) { _ in
      AWSRequest(
        .post, origin: origin, path: "/",
        headers: [.init("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")],
        body: ByteBuffer(Array(body.utf8)))
    }
    var tree = XMLTree(answer.body)
    for name in ["GetSessionTokenResult", "Credentials"] { tree = tree?.children(name).first }
    guard let tree, let key = tree["AccessKeyId"], let secret = tree["SecretAccessKey"],
      let token = tree["SessionToken"]
    else { throw Server.DidNotStart(description: "no session token") }
    return [
      "AWS_ENDPOINT_URL_S3": origin, "AWS_ACCESS_KEY_ID": key, "AWS_SECRET_ACCESS_KEY": secret,
      "AWS_SESSION_TOKEN": token,
    ]
  }

  private final class Server {
    private var process: ChildProcess
    let variables: [String: String]

    struct DidNotStart: Error, CustomStringConvertible {
      let description: String
    }

    static let script =
      "/" + #filePath.split(separator: "/").dropLast(4).joined(separator: "/")
      + "/tools/cluster/s3.sh"
    static let folder = "/tmp/batchrun-s3-\(getpid())"

    init() throws {
      process = try ChildProcess(command: [Self.script, "serve", Self.folder])
      let output = ByteBuffer()
      while !Self.text(output).contains("S3_BUCKETS="),
        process.receive(into: output, waiting: 120) ?? 0 > 0
      {}
      guard Self.text(output).contains("S3_BUCKETS=") else {
        process.terminate()
        throw DidNotStart(description: "no S3 server: \(process.wait().errors)")
      }
      let pairs = Self.text(output).split(separator: "\n").compactMap { line in
        let sides = line.split(separator: "=", maxSplits: 1).map(String.init)
        return sides.count == 2 ? (sides[0], sides[1]) : nil
      }
      variables = Dictionary(uniqueKeysWithValues: pairs)
    }

    private static func text(_ output: ByteBuffer) -> String {
      unsafe output.withBytes { unsafe String(decoding: $0, as: UTF8.self) }
    }

    func stop() {
      // The end of its input is the order to stop.
      process.send(ByteBuffer())
      _ = process.wait()
    }
  }
}

/// What needs an S3 server: one serves all of it.
@Suite(
  "With S3", .enabled(if: CephGateway.isPossible, "Ceph's programs need root"), CephGateway(),
  FunctionPackages.Scope())
enum WithS3 {}
