internal import FoundationEssentials

/// The endpoints that give keys to containers and to instances of AWS.
struct AWSCredentialEndpoints: Sendable {
  private let environment: AWSEnvironment
  /// They are on the machine or next to it: no proxy, and a short patience.
  private let http: @Sendable () -> HTTPClient

  init(environment: AWSEnvironment) {
    self.environment = environment
    http = {
      var settings = HTTPSettings()
      settings.proxy = .none
      settings.certificatesPath = environment.certificatesPath
      return HTTPClient(name: "credentials", settings: settings)
    }
  }

  // MARK: - Containers

  /// The keys of the container's role; nil outside of containers that have one.
  ///
  /// https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html
  func container() throws(AWSFailure) -> AWSCredentials? {
    let source = "the container's endpoint"
    let text: String
    if let path = environment["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] {
      text = "http://169.254.170.2" + path
    } else if let full = environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"] {
      text = full
    } else {
      return nil
    }
    guard let url = try? WebURL(text), Self.isTrusted(url) else {
      throw AWSFailure(
        .credentials,
        "AWS_CONTAINER_CREDENTIALS_FULL_URI leads to another machine without TLS; unset it")
    }
    let authorization = try token().map { ["Authorization: \($0)"] } ?? []
    let answer = try ask(http(), HTTPRequest(url, headers: authorization), source)
    return try keys(in: answer, source)
  }

  /// Keys are asked for over TLS, or on this machine and the addresses that AWS uses in its own.
  private static func isTrusted(_ url: WebURL) -> Bool {
    let own = ["169.254.170.2", "169.254.170.23", "fd00:ec2::23", "localhost", "::1"]
    return url.scheme == .https
      || (url.scheme == .http && (own.contains(url.host) || url.host.hasPrefix("127.")))
  }

  private func token() throws(AWSFailure) -> String? {
    var token = environment["AWS_CONTAINER_AUTHORIZATION_TOKEN"]
    if let path = environment["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] {
      guard let bytes = try? TextFile.read(path) else {
        throw AWSFailure(
          .credentials, "the file \(path) of AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE cannot be read")
      }
      token = String(decoding: bytes, as: UTF8.self)
    }
    guard let token, !token.utf8.contains(where: { $0 < 0x20 }) else {
      if token == nil { return nil }
      throw AWSFailure(.credentials, "the container's authorization token has line ends in it")
    }
    return token
  }

  // MARK: - Instances

  /// The keys of the instance's role; nil elsewhere.
  ///
  /// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-metadata-security-credentials.html
  func instance() throws(AWSFailure) -> AWSCredentials? {
    if environment["AWS_EC2_METADATA_DISABLED"]?.lowercased() == "true" { return nil }
    let source = "the instance's metadata"
    let base = environment["AWS_EC2_METADATA_SERVICE_ENDPOINT"] ?? "http://169.254.169.254"
    let origin = base.hasSuffix("/") ? String(base.dropLast()) : base
    let http = self.http()
    func request(_ path: String, _ method: HTTPRequest.Method, _ header: String)
      throws(AWSFailure) -> HTTPRequest
    {
      guard let url = try? WebURL(origin + path) else {
        throw AWSFailure(.credentials, "AWS_EC2_METADATA_SERVICE_ENDPOINT is not an address")
      }
      return HTTPRequest(url, method: method, headers: [header])
    }
    let asksForToken = try request(
      "/latest/api/token", .put, "X-aws-ec2-metadata-token-ttl-seconds: 21600")
    // Nobody there: not an instance.
    guard let token = try? ask(http, asksForToken, source) else { return nil }
    let field = "X-aws-ec2-metadata-token: \(Self.line(token))"
    let roles = "/latest/meta-data/iam/security-credentials/"
    let role: String
    do throws(AWSFailure) {
      role = Self.line(try ask(http, request(roles, .get, field), source))
    } catch {
      // An instance without a role.
      if error.status == 404 { return nil }
      throw error
    }
    let path = roles + AWSEncoding.encode(role)
    return try keys(in: ask(http, request(path, .get, field), source), source)
  }

  private static func line(_ body: ByteBuffer) -> String {
    unsafe body.withBytes { bytes in
      unsafe String(decoding: bytes.prefix { $0 >= 0x20 }, as: UTF8.self)
    }
  }

  // MARK: - Asking

  /// Asks up to three times; these endpoints are quick to answer, or to say that they are busy.
  private func ask(
    _ http: HTTPClient, _ request: HTTPRequest, _ source: String
  ) throws(AWSFailure) -> ByteBuffer {
    var request = request
    request.limits.connectSeconds = 1
    request.limits.totalSeconds = 5
    var attempt = 1
    while true {
      let failure: AWSFailure
      do throws(HTTPFailure) {
        let answer = try http.send(request)
        if answer.head.status == 200 { return answer.body }
        let status = answer.head.status
        failure = AWSFailure(
          .credentials, status: status, isTransient: status >= 500 || status == 429,
          "\(source) gives no credentials (status \(status)); see whether a role is attached")
      } catch {
        failure = AWSFailure(
          .credentials, isTransient: error.code == .reset || error.code == .timeout,
          "\(source) gives no credentials: \(error.message)")
      }
      guard failure.isTransient, attempt < 3 else { throw failure }
      AWSBackoff.sleep(0.1 * Double(attempt))
      attempt += 1
    }
  }

  private struct Keys: Decodable {
    var access: String?
    var secret: String?
    var token: String?
    var expiration: String?

    enum CodingKeys: String, CodingKey {
      case access = "AccessKeyId"
      case secret = "SecretAccessKey"
      case token = "Token"
      case expiration = "Expiration"
    }
  }

  private func keys(in body: ByteBuffer, _ source: String) throws(AWSFailure) -> AWSCredentials {
    let data = unsafe body.withBytes { unsafe Data($0) }
    guard let keys = try? JSONDecoder().decode(Keys.self, from: data),
      let access = keys.access, let secret = keys.secret
    else {
      throw AWSFailure(
        .credentials, "\(source) sent no keys; see whether the role is allowed for this machine")
    }
    return AWSCredentials(
      accessKey: access, secretKey: secret, sessionToken: keys.token,
      expiry: keys.expiration.flatMap { AWSClock.seconds(iso8601: $0) }, source: source)
  }
}
