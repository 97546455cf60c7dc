import BatchCore
import HTTPServer

/// A server that answers like S3 as a test tells it, and a store that asks it.
final class ScriptedS3: Sendable {
  let server: TestServer
  static let accessKey = "AKIASCRIPTED"
  static let secretKey = "a-very-secret-key"
  static let token = "a-session-token"

  init(_ answer: @escaping TestServer.Answer) { server = TestServer(answer) }

  deinit { server.stop() }

  /// - Parameters:
  ///   - attempts: with almost no wait between them.
  ///   - now: the time of this machine.
  func store(
    prefix: String = "", attempts: Int = 4, sizes: S3Store.Sizes = S3Store.Sizes(),
    region: String = "us-east-1", now: (@Sendable () -> Int)? = nil,
    environment: AWSEnvironment? = nil
  ) -> S3Store {
    let environment =
      environment
      ?? AWSEnvironment([
        "AWS_ACCESS_KEY_ID": Self.accessKey, "AWS_SECRET_ACCESS_KEY": Self.secretKey,
        "AWS_SESSION_TOKEN": Self.token,
      ])
    var settings = HTTPSettings()
    settings.proxy = .none
    let client = AWSClient(
      http: HTTPClient(settings: settings),
      credentials: AWSCredentialProvider(environment: environment),
      backoff: AWSBackoff(attempts: attempts, baseSeconds: 0.001, longestSeconds: 0.01),
      clock: now ?? { AWSClock.now })
    return S3Store(
      BlobLocator.S3(bucket: "jobs", prefix: prefix), client: client, region: region,
      endpoint: server.origin, sizes: sizes)
  }

  /// The error documents of S3: docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
  static func error(
    _ status: Int, _ code: String, _ message: String = "A message.", more: String = "",
    headers: [String] = []
  ) -> TestAnswer {
    .page(
      """
      <?xml version="1.0" encoding="UTF-8"?>
      <Error><Code>\(code)</Code><Message>\(message)</Message>\(more)\
      <RequestId>4442587FB7D0A2F9</RequestId><HostId>x/y=</HostId></Error>
      """, status: status, headers: ["Content-Type: application/xml"] + headers)
  }
}

extension TestRequest {
  /// The path without the query.
  var place: String { String(path.prefix { $0 != "?" }) }
  var query: String { String(path.drop { $0 != "?" }.dropFirst()) }
}
