internal import FoundationEssentials

/// The services that a deployment asks, and where they are.
struct DeploymentServices: Sendable {
  let region: String
  private let client: AWSClient
  private let origins: [DeploymentCall.Service: String]
  private let signers: [DeploymentCall.Service: AWSSigner]

  /// - Throws: `AWSFailure` when the environment names no region.
  init(
    environment: AWSEnvironment = AWSEnvironment(), client: AWSClient? = nil
  ) throws(AWSFailure) {
    self.client = client ?? AWSClient(environment: environment)
    let isElsewhere = try environment.endpoint("LAMBDA") != nil
    guard let region = try environment.region() ?? (isElsewhere ? "us-east-1" : nil) else {
      throw AWSFailure(
        .region, "no region is set; set AWS_REGION, such as us-east-1, or region in ~/.aws/config")
    }
    self.region = region
    var origins: [DeploymentCall.Service: String] = [:]
    var signers: [DeploymentCall.Service: AWSSigner] = [:]
    for service in DeploymentCall.Service.allCases {
      origins[service] =
        try environment.endpoint(service.variable) ?? Self.origin(service, region)
      signers[service] = AWSSigner(
        service: service.rawValue, region: service == .iam ? Self.home(of: region) : region)
    }
    self.origins = origins
    self.signers = signers
  }

  func origin(_ service: DeploymentCall.Service) -> String { origins[service] ?? "" }

  /// Roles are of all regions of a partition, and are served in one of them.
  ///
  /// https://docs.aws.amazon.com/general/latest/gr/iam-service.html
  private static func home(of region: String) -> String {
    if region.hasPrefix("cn-") { return "cn-north-1" }
    return region.hasPrefix("us-gov-") ? "us-gov-west-1" : "us-east-1"
  }

  private static func origin(_ service: DeploymentCall.Service, _ region: String) -> String {
    let domain = region.hasPrefix("cn-") ? "amazonaws.com.cn" : "amazonaws.com"
    guard service == .iam else { return "https://\(service.rawValue).\(region).\(domain)" }
    if region.hasPrefix("cn-") { return "https://iam.cn-north-1.\(domain)" }
    return region.hasPrefix("us-gov-") ? "https://iam.us-gov.\(domain)" : "https://iam.\(domain)"
  }

  /// Makes a call.
  func send(_ call: DeploymentCall) throws(AWSFailure) -> AWSAnswer {
    guard let signer = signers[call.service] else {
      preconditionFailure("a service without a signer: \(call.service)")
    }
    let request = call.request(origin: origin(call.service))
    return try client.send(signer) { _ in request }
  }

  // MARK: - A function

  /// What the service says of a function.
  struct FunctionState: Sendable {
    var description: String?
    /// Whether it can be invoked and changed.
    var isReady: Bool
    /// Why it never will be: a sentence.
    var failure: String?
  }

  private struct Configuration: Decodable {
    var description: String?
    var state: String?
    var stateReason: String?
    var lastUpdate: String?
    var lastUpdateReason: String?

    enum CodingKeys: String, CodingKey {
      case description = "Description"
      case state = "State"
      case stateReason = "StateReason"
      case lastUpdate = "LastUpdateStatus"
      case lastUpdateReason = "LastUpdateStatusReason"
    }
  }

  /// Nil when there is no such function.
  func state(_ calls: DeploymentCalls) throws(AWSFailure) -> FunctionState? {
    let answer: AWSAnswer
    do throws(AWSFailure) {
      answer = try send(calls.getFunction)
    } catch {
      guard error.kind == .notFound else { throw error }
      return nil
    }
    let data = unsafe answer.body.withBytes { unsafe Data($0) }
    guard let known = try? JSONDecoder().decode(Configuration.self, from: data) else {
      throw AWSFailure(
        .refused, "\(origin(.lambda)) does not answer as Lambda does; see its endpoint")
    }
    // Of functions that nobody called for weeks.
    let isAsleep = known.state == "Inactive"
    let reason = known.state == "Failed" ? known.stateReason : known.lastUpdateReason
    let hasFailed = [known.state, known.lastUpdate].contains("Failed")
    return FunctionState(
      description: known.description,
      isReady: (isAsleep || known.state ?? "Active" == "Active")
        && known.lastUpdate ?? "Successful" == "Successful",
      failure: hasFailed ? reason ?? "the service does not say why" : nil)
  }
}
