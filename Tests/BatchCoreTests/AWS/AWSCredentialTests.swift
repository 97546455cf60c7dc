import BatchCore
import HTTPServer
import SampleTask
import Testing

@Suite("Credentials of AWS")
struct AWSCredentialTests {
  private let scratch = Scratch()

  /// An environment with nothing of the machine's, and its files in the scratch directory.
  private func environment(_ values: [String: String] = [:]) -> AWSEnvironment {
    AWSEnvironment(
      ["HOME": scratch.path, "AWS_EC2_METADATA_DISABLED": "true"].merging(values) { $1 })
  }

  private func home(config: String = "", credentials: String = "") {
    Program.run(["/bin/mkdir", "-p", scratch(".aws")])
    scratch.write(".aws/config", config)
    scratch.write(".aws/credentials", credentials)
  }

  /// Source and access key, or the sentence.
  private func outcome(_ environment: AWSEnvironment) -> String {
    do throws(AWSFailure) {
      let found = try AWSCredentialProvider(environment: environment).credentials()
      return "\(found.accessKey) of \(found.source)"
    } catch {
      return error.message
    }
  }

  @Test("come from the environment first, then from the profile")
  func order() {
    home(
      config: "[default]\nregion = eu-west-1\n[profile other]\naws_access_key_id = C\n",
      credentials: """
        # a comment
        [default]
        aws_access_key_id = A   # behind a value
        aws_secret_access_key=S+/=x
        [other]
          nested = 1
        aws_secret_access_key = T
        """)
    let keys = ["AWS_ACCESS_KEY_ID": "E", "AWS_SECRET_ACCESS_KEY": "X"]
    #expect(outcome(environment(keys)) == "E of the environment")
    #expect(outcome(environment()) == "A of the profile default")
    #expect(outcome(environment(["AWS_PROFILE": "other"])) == "C of the profile other")
    #expect(outcome(environment(["AWS_ACCESS_KEY_ID": ""])) == "A of the profile default")
  }

  @Test("are told to be missing, with the cure")
  func missing() {
    #expect(outcome(environment()).contains("run aws configure"))
    #expect(outcome(environment(["AWS_PROFILE": "x"])).contains("there is no profile x in"))
    #expect(
      outcome(environment(["AWS_ACCESS_KEY_ID": "A"]))
        == "AWS_ACCESS_KEY_ID is set and AWS_SECRET_ACCESS_KEY is not")
    #expect(
      outcome(environment(["AWS_WEB_IDENTITY_TOKEN_FILE": "/t"])).contains("web identity"))
  }

  @Test(
    "that only the tools of AWS can get are refused with the command that gets them",
    arguments: ["role_arn", "sso_session", "sso_start_url", "credential_process"])
  func otherWays(_ setting: String) {
    home(config: "[profile p]\n\(setting) = x\n")
    let sentence = outcome(environment(["AWS_PROFILE": "p"]))
    #expect(sentence.contains("aws configure export-credentials --profile p --format env"))
  }

  @Test("bring region and endpoints with them")
  func settings() throws {
    home(config: "[default]\nregion = eu-west-1\nendpoint_url = http://profile:1\n")
    #expect(try environment().region() == "eu-west-1")
    #expect(try environment(["AWS_DEFAULT_REGION": "a"]).region() == "a")
    #expect(try environment(["AWS_REGION": "b", "AWS_DEFAULT_REGION": "a"]).region() == "b")
    #expect(try environment().endpoint("S3") == "http://profile:1")
    let both = ["AWS_ENDPOINT_URL": "http://all:2/", "AWS_ENDPOINT_URL_S3": "http://s3:3/x/"]
    #expect(try environment(both).endpoint("S3") == "http://s3:3/x")
    #expect(try environment(both).endpoint("LAMBDA") == "http://all:2")
    for bad in ["s3.example.org", "ftp://x", "http://user:secret@x"] {
      let failure = #expect(throws: AWSFailure.self) {
        _ = try environment(["AWS_ENDPOINT_URL": bad]).endpoint("S3")
      }
      #expect(failure?.message.contains("http://HOST:PORT") == true)
      #expect(failure?.message.contains("secret") == false)
    }
  }

  // MARK: - Endpoints

  private static func keys(_ access: String, expiry: String) -> TestAnswer {
    .page(
      """
      {"Code":"Success","Type":"AWS-HMAC","AccessKeyId":"\(access)","SecretAccessKey":"s",
       "Token":"t","Expiration":"\(expiry)","RoleArn":"arn:aws:iam::1:role/r"}
      """, headers: ["Content-Type: application/json"])
  }

  @Test("come from a container's endpoint, asked with its token")
  func container() {
    scratch.write("token", "Bearer abc")
    let server = TestServer { request in
      request.headers["authorization"] == "Bearer abc"
        ? Self.keys("CONTAINER", expiry: "2100-01-01T00:00:00Z") : .status(401)
    }
    defer { server.stop() }
    let full = ["AWS_CONTAINER_CREDENTIALS_FULL_URI": server.origin + "/v1/credentials"]
    let file = ["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": scratch("token")]
    #expect(
      outcome(environment(full.merging(file) { $1 })) == "CONTAINER of the container's endpoint")
    let token = ["AWS_CONTAINER_AUTHORIZATION_TOKEN": "Bearer abc"]
    #expect(
      outcome(environment(full.merging(token) { $1 })) == "CONTAINER of the container's endpoint")
    #expect(outcome(environment(full)).contains("gives no credentials (status 401)"))
    let broken = ["AWS_CONTAINER_AUTHORIZATION_TOKEN": "a\r\nX: y"]
    #expect(outcome(environment(full.merging(broken) { $1 })).contains("line ends"))
    let far = ["AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://10.1.2.3/steal"]
    #expect(outcome(environment(far)).contains("leads to another machine without TLS"))
  }

  @Test("come from an instance's metadata, in its second version")
  func instance() {
    let server = TestServer { request in
      switch (request.method, request.path) {
      case ("PUT", "/latest/api/token"):
        return request.headers["x-aws-ec2-metadata-token-ttl-seconds"] == nil
          ? .status(400) : .page("TOKEN==\n", headers: [])
      case ("GET", let path) where request.headers["x-aws-ec2-metadata-token"] == "TOKEN==":
        let roles = "/latest/meta-data/iam/security-credentials/"
        if path == roles { return .page("role-name\n", headers: []) }
        return path == roles + "role-name"
          ? Self.keys("INSTANCE", expiry: "2100-01-01T00:00:00Z") : .status(404)
      default: return .status(401)
      }
    }
    defer { server.stop() }
    let values = [
      "AWS_EC2_METADATA_SERVICE_ENDPOINT": server.origin, "AWS_EC2_METADATA_DISABLED": "false",
    ]
    #expect(outcome(environment(values)) == "INSTANCE of the instance's metadata")
    let bare = TestServer { $0.method == "PUT" ? .page("T", headers: []) : .status(404) }
    defer { bare.stop() }
    let without = values.merging(["AWS_EC2_METADATA_SERVICE_ENDPOINT": bare.origin]) { $1 }
    #expect(outcome(environment(without)).contains("there are no AWS credentials"))
  }

  @Test("are kept, renewed before they expire, and used to their end when they cannot be")
  func renewal() throws {
    // 2026-11-25T08:00:00Z.
    let start = 1_795_593_600
    let state = Guarded((now: start, isDown: false, given: 0))
    let server = TestServer { _ in
      state.withLock { state in
        if state.isDown { return .status(400) }
        state.given += 1
        return Self.keys("K\(state.given)", expiry: "2026-11-25T\(8 + state.given):00:00Z")
      }
    }
    defer { server.stop() }
    let provider = AWSCredentialProvider(
      environment: environment(["AWS_CONTAINER_CREDENTIALS_FULL_URI": server.origin + "/"]),
      clock: { state.withLock { $0.now } })
    func keys(after seconds: Int) throws -> String {
      state.withLock { $0.now = start + seconds }
      return try provider.credentials().accessKey
    }
    #expect(try keys(after: 0) == "K1")
    #expect(try keys(after: 3299) == "K1")
    #expect(try keys(after: 3301) == "K2")
    state.withLock { $0.isDown = true }
    #expect(try keys(after: 7100) == "K2")
    let before = server.requests.count
    #expect(try keys(after: 7110) == "K2")
    #expect(server.requests.count == before)
    #expect(throws: AWSFailure.self) { try keys(after: 7201) }
    state.withLock { $0.isDown = false }
    #expect(try keys(after: 7202) == "K3")
    // A service has refused them.
    try provider.reject(provider.credentials())
    #expect(try keys(after: 7203) == "K4")
  }
}
