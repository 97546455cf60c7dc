import BatchCore
import HTTPServer
import SampleTask
import Testing

@Suite("A bucket that does not answer as hoped")
struct S3FailureTests {
  private let key = BlobKeys.file(digest: "ab")

  private func failure(_ s3: ScriptedS3, _ store: S3Store) -> BlobFailure? {
    do throws(BlobFailure) {
      _ = try store.get(key)
      return nil
    } catch {
      for secret in [ScriptedS3.secretKey, ScriptedS3.token, ScriptedS3.accessKey, "Signature="] {
        #expect(!error.message.contains(secret))
      }
      #expect(error.message.hasPrefix("cannot read s3://jobs/files/ab: "))
      return error
    }
  }

  @Test(
    "is asked again when the trouble may pass",
    arguments: [
      ScriptedS3.error(503, "SlowDown"), ScriptedS3.error(503, "ServiceUnavailable"),
      ScriptedS3.error(500, "InternalError"), ScriptedS3.error(400, "RequestTimeout"),
      ScriptedS3.error(429, "TooManyRequests"), .status(502), .status(504), TestAnswer([.reset]),
      TestAnswer([.close]), .raw("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\npart"),
    ])
  func storms(_ trouble: TestAnswer) throws {
    let asked = Guarded(0)
    let s3 = ScriptedS3 { _ in
      asked.withLock { $0 += 1 }
      return asked.value <= 3 ? trouble : .page("content", headers: [])
    }
    #expect(try s3.store().get(key)?.text == "content")
    #expect(s3.server.requests.count == 4)
    asked.withLock { $0 = -100 }
    let given = try #require(failure(s3, s3.store()))
    #expect(given.isTransient)
    #expect(given.message.hasSuffix("(tried 4 times)"))
  }

  struct Case: Sendable, CustomTestStringConvertible {
    var answer: TestAnswer
    var code: BlobFailure.Code
    var words: String
    var testDescription: String { words }

    init(_ answer: TestAnswer, _ code: BlobFailure.Code, _ words: String) {
      (self.answer, self.code, self.words) = (answer, code, words)
    }
  }

  static let finals: [Case] = [
    Case(
      ScriptedS3.error(403, "InvalidAccessKeyId", more: "<AWSAccessKeyId>AKIA</AWSAccessKeyId>"),
      .credentials, "does not know the access key from the environment"),
    Case(
      ScriptedS3.error(403, "SignatureDoesNotMatch", more: "<StringToSign>AWS4</StringToSign>"),
      .credentials, "the secret key from the environment is not that of its access key"),
    Case(
      ScriptedS3.error(400, "ExpiredToken", more: "<Token-0>a-session-token</Token-0>"),
      .credentials, "the session token from the environment has expired; sign in again"),
    Case(
      ScriptedS3.error(400, "InvalidToken"), .credentials,
      "the session token from the environment is not valid"),
    Case(
      ScriptedS3.error(403, "AccessDenied"), .denied,
      "their policy allows, s3:ListBucket among them"),
    Case(.status(403), .denied, "denies it to the credentials from the environment (status 403)"),
    Case(ScriptedS3.error(404, "NoSuchBucket"), .noStore, "there is no bucket of that name"),
    Case(ScriptedS3.error(403, "QuotaExceeded"), .full, "there is no room left"),
    Case(ScriptedS3.error(507, "XMinioStorageFull"), .full, "there is no room left"),
    Case(
      ScriptedS3.error(507, "InsufficientCapacity"), .full, "remove something, or raise the quota"),
    Case(.status(507), .full, "there is no room left"),
    Case(
      ScriptedS3.error(400, "InvalidRequest", "No \(ScriptedS3.secretKey)&#27;[2J here"), .failed,
      "refuses it (InvalidRequest: No ***[2J here)"),
    Case(.page("<html>a portal</html>", status: 418, headers: []), .failed, "(status 418)"),
    Case(
      ScriptedS3.error(301, "PermanentRedirect", more: "<Endpoint>x</Endpoint>"), .region,
      "set AWS_REGION"),
  ]

  @Test("ends at once as a sentence when the trouble stays", arguments: finals)
  func ends(_ one: Case) throws {
    let s3 = ScriptedS3 { _ in one.answer }
    let given = try #require(failure(s3, s3.store()))
    #expect(given.code == one.code && !given.isTransient)
    #expect(given.message.contains(one.words), "\(given.message)")
    #expect(s3.server.requests.count == 1)
  }

  @Test("tells a clock that is wrong from keys that are")
  func clock() throws {
    let s3 = ScriptedS3 { _ in
      ScriptedS3.error(
        403, "RequestTimeTooSkewed", headers: ["Date: Wed, 25 Nov 2026 08:00:00 GMT"])
    }
    for (offset, words) in [(-1200, "20 minutes slow"), (3600, "60 minutes fast")] {
      let given = try #require(failure(s3, s3.store(now: { 1_795_593_600 + offset })))
      #expect(given.code == .clock)
      #expect(given.message.contains("the clock of this machine is \(words)"), "\(given.message)")
    }
  }

  @Test("takes new keys from where they are kept, once the old ones have expired")
  func renewed() throws {
    let scratch = Scratch()
    Program.run(["/bin/mkdir", scratch(".aws")])
    let keys = { @Sendable (access: String) in
      "[default]\naws_access_key_id = \(access)\naws_secret_access_key = s\naws_session_token = t\n"
    }
    scratch.write(".aws/credentials", keys("OLD"))
    let s3 = ScriptedS3 { request in
      if request.headers["authorization", default: ""].contains("=NEW/") {
        return .page("there", headers: [])
      }
      scratch.write(".aws/credentials", keys("NEW"))
      return ScriptedS3.error(400, "ExpiredToken")
    }
    let store = s3.store(environment: AWSEnvironment(["HOME": scratch.path]))
    #expect(try store.get(key)?.text == "there")
    #expect(s3.server.requests.count == 2)
  }

  @Test("waits as long as it is told to")
  func retryAfter() throws {
    let s3 = ScriptedS3 { request in
      request.connection == 1 && request.headers["x-seen"] == nil
        ? .page("", status: 503, headers: ["Retry-After: 0.25", "Connection: close"])
        : .page("late", headers: [])
    }
    #expect(try s3.store().get(key)?.text == "late")
    let times = s3.server.requests.map(\.time)
    #expect(times.count > 1 && times[1] - times[0] >= 0.25)
  }

  @Test("is found in the region that it names, once for all")
  func region() throws {
    let s3 = ScriptedS3 { request in
      request.headers["authorization", default: ""].contains("/eu-west-1/s3/")
        ? .page("there", headers: [])
        : ScriptedS3.error(
          400, "AuthorizationHeaderMalformed", more: "<Region>eu-west-1</Region>")
    }
    let store = s3.store()
    #expect(try store.get(key)?.text == "there")
    #expect(try store.get(key)?.text == "there")
    #expect(s3.server.requests.count == 3)
    #expect(store.locator.description.contains("region=eu-west-1"))
  }

  @Test("is found in its region also by a question whose answer has no body")
  func regionOfHead() throws {
    let s3 = ScriptedS3 { request in
      if request.headers["authorization", default: ""].contains("/eu-west-1/s3/") {
        return .status(200, headers: ["X-A: b"])
      }
      let field = "x-amz-bucket-region: eu-west-1"
      return request.method == "HEAD"
        ? .status(301, headers: [field])
        : ScriptedS3.error(301, "PermanentRedirect", headers: [field])
    }
    #expect(try s3.store().size(of: key) == 0)
  }

  @Test("explains also what a question without a body cannot")
  func head() throws {
    let s3 = ScriptedS3 { request in
      request.method == "HEAD" ? .status(400) : ScriptedS3.error(400, "ExpiredToken")
    }
    let failure = #expect(throws: BlobFailure.self) { _ = try s3.store().size(of: key) }
    #expect(failure?.code == .credentials && failure?.message.contains("has expired") == true)
  }

  @Test("that nobody serves is named with its port")
  func nobody() throws {
    let s3 = ScriptedS3 { _ in .status(200) }
    s3.server.stop()
    let given = try #require(failure(s3, s3.store()))
    #expect(given.code == .unreachable)
    #expect(given.message.contains("refuses connections to port \(s3.server.port)"))
  }
}
