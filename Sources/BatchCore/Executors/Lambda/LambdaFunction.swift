internal import FoundationEssentials

/// A function as the service knows it, and the requests that are made about it.
struct LambdaFunction: Sendable {
  /// What the service says of the function and the account.
  struct Description: Sendable, Equatable {
    /// The longest invocation, in seconds.
    var timeLimitSeconds: Double
    var memoryBytes: Int
    var isARM: Bool
    /// How many invocations the account allows at once.
    var concurrency: Int?
  }

  let name: String
  private let client: AWSClient
  private let signer: AWSSigner
  private let origin: String

  /// - Throws: `AWSFailure` when the environment names no region.
  init(name: String, environment: AWSEnvironment = AWSEnvironment()) throws(AWSFailure) {
    self.name = name
    client = AWSClient(environment: environment)
    let endpoint = try environment.endpoint("LAMBDA")
    guard let region = try environment.region() ?? (endpoint == nil ? nil : "us-east-1") else {
      throw AWSFailure(
        .region, "no region is set; set AWS_REGION, such as us-east-1, or region in ~/.aws/config")
    }
    signer = AWSSigner(service: "lambda", region: region)
    origin = endpoint ?? "https://lambda.\(region).amazonaws.com"
  }

  // MARK: - Looking

  /// Asks what the function is.
  func describe() throws(AWSFailure) -> Description {
    let answer = try client.send(signer) { _ in
      AWSRequest(.get, origin: origin, path: path("configuration"))
    }
    guard let known = Self.read(Configuration.self, answer) else {
      throw AWSFailure(.refused, "\(origin) says nothing of the function \(name)")
    }
    guard known.state ?? "Active" == "Active" else {
      throw AWSFailure(
        .refused, "the function \(name) is not ready (\(known.state ?? "")); try again in a minute")
    }
    return Description(
      timeLimitSeconds: Double(known.timeout ?? 3), memoryBytes: (known.memorySize ?? 128) << 20,
      isARM: known.architectures?.contains("arm64") == true, concurrency: accountConcurrency())
  }

  /// Nil where the user may not ask.
  private func accountConcurrency() -> Int? {
    let answer = try? client.send(signer) { _ in
      AWSRequest(.get, origin: origin, path: "/2016-08-19/account-settings/")
    }
    return answer.flatMap { Self.read(Account.self, $0) }?.limit?.concurrency
  }

  private struct Configuration: Decodable {
    var timeout: Int?
    var memorySize: Int?
    var state: String?
    var architectures: [String]?

    enum CodingKeys: String, CodingKey {
      case timeout = "Timeout"
      case memorySize = "MemorySize"
      case state = "State"
      case architectures = "Architectures"
    }
  }

  private struct Account: Decodable {
    struct Limit: Decodable {
      var concurrency: Int?
      enum CodingKeys: String, CodingKey { case concurrency = "UnreservedConcurrentExecutions" }
    }

    var limit: Limit?
    enum CodingKeys: String, CodingKey { case limit = "AccountLimit" }
  }

  private static func read<Value: Decodable>(_ type: Value.Type, _ answer: AWSAnswer) -> Value? {
    let data = unsafe answer.body.withBytes { unsafe Data($0) }
    return try? JSONDecoder().decode(type, from: data)
  }

  // MARK: - Invoking

  private func path(_ rest: String) -> String {
    "/2015-03-31/functions/\(PercentCoding.encode(path: name))/\(rest)"
  }

  /// The request that invokes the function and waits for its answer.
  func invocation(_ payload: ByteBuffer, timeLimitSeconds: Double) -> AWSRequest {
    var request = AWSRequest(
      .post, origin: origin, path: path("invocations"),
      headers: [
        AWSRequest.Field("Content-Type", "application/json"),
        AWSRequest.Field("X-Amz-Invocation-Type", "RequestResponse"),
        AWSRequest.Field("X-Amz-Log-Type", "Tail"),
      ], body: payload)
    request.limits.totalSeconds = timeLimitSeconds + 60
    return request
  }

  func signed(_ request: AWSRequest) throws(AWSFailure) -> HTTPRequest {
    try client.signed(request, signer)
  }

  func failure(_ answer: AWSAnswer, of request: AWSRequest) throws(AWSFailure) -> AWSFailure {
    try client.failure(answer, of: request)
  }
}
