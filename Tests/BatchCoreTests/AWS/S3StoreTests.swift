import BatchCore
import HTTPServer
import SampleTask
import Testing

@Suite("A bucket")
struct S3StoreTests {
  private let key = BlobKeys.file(digest: "ab")
  private let scratch = Scratch()
  private static let mark = "x-amz-meta-batchrun-write"

  private func text(_ text: String) -> ByteBuffer { ByteBuffer(Array(text.utf8)) }

  // MARK: - Conditional writes

  @Test("knows its own object again when the answer to a write was lost")
  func lostAnswer() throws {
    let written = Guarded<String?>(nil)
    let s3 = ScriptedS3 { request in
      switch request.method {
      case "PUT":
        let isFirst = written.withLock { mark in
          defer { mark = mark ?? request.headers[Self.mark] }
          return mark == nil
        }
        return isFirst
          ? TestAnswer([.reset]) : ScriptedS3.error(412, "PreconditionFailed")
      default: return .status(200, headers: ["\(Self.mark): \(written.value ?? "")"])
      }
    }
    #expect(try s3.store().put(text("x"), at: key, ifAbsent: true))
    #expect(s3.server.requests.map(\.method) == ["PUT", "PUT", "HEAD"])
    #expect(s3.server.requests[0].headers["if-none-match"] == "*")
  }

  @Test("does not take another's object for its own")
  func lostRace() throws {
    let asked = Guarded(0)
    let s3 = ScriptedS3 { request in
      asked.withLock { $0 += 1 }
      if request.method == "HEAD" { return .status(200, headers: ["\(Self.mark): other"]) }
      return asked.value == 1 ? TestAnswer([.reset]) : ScriptedS3.error(412, "PreconditionFailed")
    }
    #expect(try !s3.store().put(text("x"), at: key, ifAbsent: true))
  }

  @Test("asks again where two writers were in each other's way")
  func conflict() throws {
    let asked = Guarded(0)
    let s3 = ScriptedS3 { _ in
      asked.withLock { $0 += 1 }
      return asked.value == 1 ? ScriptedS3.error(409, "ConditionalRequestConflict") : .status(200)
    }
    #expect(try s3.store().put(text("x"), at: key, ifAbsent: true))
  }

  @Test("that replaces what it was asked to leave alone is refused before anything runs")
  func rehearsal() throws {
    let s3 = ScriptedS3 { request in
      request.method == "POST" ? .page("<DeleteResult/>", headers: []) : .status(200)
    }
    let failure = #expect(throws: BlobFailure.self) {
      try s3.store().rehearse(for: RunID("c0ffee"))
    }
    #expect(failure?.message.contains("ignores If-None-Match") == true)
    let deaf = ScriptedS3 { _ in ScriptedS3.error(403, "AccessDenied") }
    #expect(throws: BlobFailure.self) { try deaf.store().rehearse(for: RunID("c0ffee")) }
  }

  // MARK: - Parts

  /// Takes uploads in parts as a service does; the test changes single answers.
  private final class Uploads: Sendable {
    struct State: Sendable {
      var parts: [Int: [UInt8]] = [:]
      var mark: String?
      var isAborted = false
      var completed: [UInt8]?
      var completions = 0
    }

    let state = Guarded(State())

    func answer(_ request: TestRequest) -> TestAnswer {
      switch (request.method, request.query) {
      case ("POST", "uploads="):
        state.withLock { state in
          state.parts = [:]
          state.mark = request.headers[S3StoreTests.mark]
        }
        return .page(
          "<InitiateMultipartUploadResult><UploadId>up+1</UploadId></InitiateMultipartUploadResult>",
          headers: [])
      case ("PUT", let query):
        let number = Int(query.split(separator: "&")[0].dropFirst("partNumber=".count)) ?? 0
        state.withLock { $0.parts[number] = request.body }
        return .status(200, headers: ["ETag: \"tag\(number)\""])
      case ("POST", "uploadId=up%2B1"):
        let body = String(decoding: request.body, as: UTF8.self)
        return state.withLock { state in
          let tags = state.parts.keys.sorted().map { number in
            "<Part><PartNumber>\(number)</PartNumber><ETag>&quot;tag\(number)&quot;</ETag></Part>"
          }
          guard body.contains(tags.joined()) else { return ScriptedS3.error(400, "InvalidPart") }
          state.completions += 1
          state.completed = state.parts.keys.sorted().flatMap { state.parts[$0] ?? [] }
          return .page("<CompleteMultipartUploadResult/>", headers: [])
        }
      case ("DELETE", "uploadId=up%2B1"):
        state.withLock { $0.isAborted = true }
        return .status(204)
      case ("HEAD", _):
        guard let mark = state.withLock({ $0.completed == nil ? nil : $0.mark }) else {
          return .status(404)
        }
        return .status(200, headers: ["\(S3StoreTests.mark): \(mark)"])
      default: return .status(400)
      }
    }
  }

  private var smallParts: S3Store.Sizes {
    var sizes = S3Store.Sizes()
    sizes.largestSingleBytes = 1000
    sizes.partBytes = 1000
    return sizes
  }

  private func file(_ length: Int) -> (path: String, bytes: [UInt8]) {
    let text = String((0..<length).map { Character(Unicode.Scalar(UInt8(33 + $0 * 7 % 90))) })
    return (scratch.write("in", text), Array(text.utf8))
  }

  @Test("takes a large file in parts, of which some fail at first", arguments: [1001, 2000, 5500])
  func parts(_ length: Int) throws {
    let uploads = Uploads()
    let failed = Guarded<Set<String>>([])
    let s3 = ScriptedS3 { request in
      let isFirst = failed.withLock { $0.insert(request.method + request.path).inserted }
      return isFirst && request.method == "PUT"
        ? ScriptedS3.error(503, "SlowDown") : uploads.answer(request)
    }
    let file = file(length)
    #expect(try s3.store(sizes: smallParts).putFile(file.path, at: key, ifAbsent: true))
    #expect(uploads.state.value.completed == file.bytes)
    #expect(!uploads.state.value.isAborted)
  }

  @Test("abandons a large file of which a part cannot be sent")
  func abandoned() throws {
    let uploads = Uploads()
    let s3 = ScriptedS3 { request in
      request.query.hasPrefix("partNumber=2&")
        ? ScriptedS3.error(403, "AccessDenied") : uploads.answer(request)
    }
    let failure = #expect(throws: BlobFailure.self) {
      try s3.store(sizes: smallParts).putFile(file(3000).path, at: key, ifAbsent: false)
    }
    #expect(failure?.code == .denied)
    #expect(failure?.message.hasPrefix("cannot write part 2 of s3://jobs/files/ab: ") == true)
    #expect(uploads.state.value.isAborted && uploads.state.value.completed == nil)
  }

  @Test("completes again when the service said 200 before it failed")
  func hiddenFault() throws {
    let uploads = Uploads()
    let failed = Guarded(false)
    let s3 = ScriptedS3 { request in
      guard request.method == "POST", request.query != "uploads=", !failed.value else {
        return uploads.answer(request)
      }
      failed.withLock { $0 = true }
      return ScriptedS3.error(200, "InternalError")
    }
    let file = file(2500)
    #expect(try s3.store(sizes: smallParts).putFile(file.path, at: key, ifAbsent: false))
    #expect(uploads.state.value.completed == file.bytes)
  }

  @Test("finds a large file complete when the answer to that was lost", arguments: [true, false])
  func lostCompletion(_ ifAbsent: Bool) throws {
    let uploads = Uploads()
    let s3 = ScriptedS3 { request in
      guard request.method == "POST", request.query != "uploads=" else {
        return uploads.answer(request)
      }
      if uploads.state.value.completions > 0 { return ScriptedS3.error(404, "NoSuchUpload") }
      _ = uploads.answer(request)
      return TestAnswer([.reset])
    }
    #expect(
      try s3.store(sizes: smallParts).putFile(file(2500).path, at: key, ifAbsent: ifAbsent))
    #expect(uploads.state.value.completions == 1)
  }

  @Test("leaves another's large file alone that came first")
  func claimed() throws {
    let uploads = Uploads()
    let isThere = Guarded(false)
    let s3 = ScriptedS3 { request in
      if request.method == "HEAD", isThere.value {
        return .status(200, headers: ["\(Self.mark): other"])
      }
      if request.query.hasPrefix("partNumber=") { isThere.withLock { $0 = true } }
      return uploads.answer(request)
    }
    #expect(try !s3.store(sizes: smallParts).putFile(file(2500).path, at: key, ifAbsent: true))
    #expect(uploads.state.value.isAborted && uploads.state.value.completed == nil)
  }

  @Test("refuses a file that is written to while it is sent")
  func changed() throws {
    let uploads = Uploads()
    let file = file(2500)
    let s3 = ScriptedS3 { request in
      if request.query.hasPrefix("partNumber=1&") {
        scratch.write("in", String(repeating: "y", count: 2600))
      }
      return uploads.answer(request)
    }
    let failure = #expect(throws: BlobFailure.self) {
      try s3.store(sizes: smallParts).putFile(file.path, at: key, ifAbsent: false)
    }
    #expect(failure?.message.contains("was changed while it was sent") == true)
    #expect(uploads.state.value.isAborted && uploads.state.value.completed == nil)
  }

  // MARK: - Reading

  @Test("goes on with a download where the connection broke")
  func resumed() throws {
    let body = Array(file(400_000).bytes)
    let s3 = ScriptedS3 { request in
      var start = 0
      if let range = request.headers["range"] {
        start = Int(range.dropFirst("bytes=".count).prefix { $0 != "-" }) ?? 0
        guard request.headers["if-match"] == "\"v1\"" else { return .status(400) }
      }
      let rest = body[start...]
      let head = TestAnswer.head(
        start == 0 ? 200 : 206, ["ETag: \"v1\"", "Content-Length: \(rest.count)"])
      // More breaks than attempts are allowed, each a little further.
      let piece = Array(rest.prefix(70_000))
      return TestAnswer(
        [.send(Array(head.utf8)), .send(piece)] + (piece.count < rest.count ? [.close] : []))
    }
    #expect(try s3.store(attempts: 3).getFile(key, to: scratch("out")))
    #expect(try TextFile.read(scratch("out")) == body)
    #expect(s3.server.requests.count == 6)
  }

  @Test("starts a download over when the object was replaced meanwhile")
  func replaced() throws {
    let asked = Guarded(0)
    let s3 = ScriptedS3 { request in
      asked.withLock { $0 += 1 }
      if request.headers["range"] != nil { return ScriptedS3.error(412, "PreconditionFailed") }
      let old = TestAnswer.head(200, ["ETag: \"v1\"", "Content-Length: 100000"])
      return asked.value == 1
        ? TestAnswer([.send(Array(old.utf8) + [UInt8](repeating: 65, count: 70_000)), .close])
        : .page("the new one", headers: ["ETag: \"v2\""])
    }
    #expect(try s3.store().getFile(key, to: scratch("out")))
    #expect(scratch.text("out") == "the new one")
  }

  @Test("leaves no file when a download fails")
  func failedDownload() throws {
    let s3 = ScriptedS3 { _ in
      TestAnswer([.send(Array("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n".utf8)), .close])
    }
    #expect(throws: BlobFailure.self) { try s3.store().getFile(key, to: scratch("out")) }
    #expect(Program.run(["/bin/ls", "-A", scratch.path]).output == "")
  }

  @Test("cuts a whole object to the range that was asked for")
  func ignoredRange() throws {
    let s3 = ScriptedS3 { _ in .page("0123456789", headers: []) }
    #expect(try s3.store().get(key, range: 3..<6)?.text == "345")
  }

  // MARK: - Many

  @Test("lists only keys, below its prefix, however many others are there")
  func foreign() throws {
    let s3 = ScriptedS3 { request in
      let isFirst = !request.query.contains("start-after")
      let keys = isFirst ? ["in/.hidden", "in//x", "in/"] : ["in/a&amp;b", "in/.c"]
      let contents = keys.map { "<Contents><Key>\($0)</Key><Size>7</Size></Contents>" }
      return .page(
        "<ListBucketResult><IsTruncated>\(isFirst)</IsTruncated>\(contents.joined())</ListBucketResult>",
        headers: [])
    }
    let page = try s3.store(prefix: "in").list("", after: nil)
    #expect(page.entries.map(\.key.text) == ["a&b"])
    #expect(page.next == nil)
    #expect(s3.server.requests[1].query.hasSuffix("&start-after=in%2F"))
  }

  @Test("removes again what was not removed for a passing reason, and tells of the rest")
  func removal() throws {
    let asked = Guarded(0)
    let s3 = ScriptedS3 { request in
      asked.withLock { $0 += 1 }
      guard request.headers["content-md5"] != nil else { return .status(400) }
      let code = asked.value == 1 ? "SlowDown" : "AccessDenied"
      return asked.value == 2
        ? .page("<DeleteResult/>", headers: [])
        : .page(
          "<DeleteResult><Error><Key>files/ab</Key><Code>\(code)</Code></Error></DeleteResult>",
          headers: [])
    }
    try s3.store().delete([key, BlobKeys.file(digest: "cd")])
    #expect(s3.server.requests.count == 2)
    let second = String(decoding: s3.server.requests[1].body, as: UTF8.self)
    #expect(second.contains("files/ab") && !second.contains("files/cd"))
    let failure = #expect(throws: BlobFailure.self) { try s3.store().delete([key]) }
    #expect(failure?.code == .denied)
  }

  // MARK: - Addresses

  @Test(
    "is addressed by host at AWS, and by path elsewhere",
    arguments: [
      ("s3://jobs", "https://jobs.s3.eu-west-1.amazonaws.com/a%20b"),
      ("s3://my.jobs/in/x", "https://s3.eu-west-1.amazonaws.com/my.jobs/in/x/a%20b"),
      ("s3://jobs?region=cn-north-1", "https://jobs.s3.cn-north-1.amazonaws.com.cn/a%20b"),
      ("s3://jobs?endpoint=http://127.0.0.1:9", "http://127.0.0.1:9/jobs/a%20b"),
      ("s3://jobs/p?endpoint=https://h/base/", "https://h/base/jobs/p/a%20b"),
    ])
  func address(_ locator: String, _ address: String) throws {
    guard case .s3(let place) = try BlobLocator(locator) else {
      Issue.record("not a bucket")
      return
    }
    let store = try S3Store(place, environment: AWSEnvironment(["AWS_REGION": "eu-west-1"]))
    let key = try #require(BlobKey("a b"))
    #expect(store.address(of: key) == address)
  }
}
