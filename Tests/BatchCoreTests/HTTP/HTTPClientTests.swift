import BatchCore
import HTTPServer
import Testing

@Suite("The HTTP client")
struct HTTPClientTests {
  private static func client() -> HTTPClient {
    var settings = HTTPSettings()
    settings.proxy = .none
    return HTTPClient(settings: settings)
  }

  @Test("serves many threads at once, each with its own answer")
  func callers() throws {
    let server = TestServer { request in
      .page("\(request.path) " + request.headers["x-n", default: ""])
    }
    defer { server.stop() }
    let client = Self.client()
    let outcomes = Mailbox<Bool>()
    for thread in 0..<8 {
      WorkThread.start("caller") {
        let isRight = (0..<20).allSatisfy { number in
          let request = HTTPRequest(server.url("/\(thread)"), headers: ["X-N: \(number)"])
          guard let answer = try? client.send(request) else { return false }
          return answer.head.status == 200 && answer.body.text == "/\(thread) \(number)"
        }
        outcomes.post(isRight)
      }
    }
    for _ in 0..<8 { #expect(outcomes.takeFirst()) }
  }

  @Test("hands over a large body piece by piece")
  func pieces() throws {
    let body = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ $0 >> 9) }
    let server = TestServer { _ in .page(body, headers: []) }
    defer { server.stop() }
    var limits = HTTPLimits()
    limits.bodyBytes = .max
    var received: [UInt8] = []
    var largest = 0
    let head = try Self.client().send(HTTPRequest(server.url(), limits: limits)) { _, piece in
      largest = max(largest, piece.count)
      received += piece.content
      return true
    }
    #expect(head.status == 200 && received == body && largest <= 64 << 10)
  }

  @Test("gives up when the one who reads does, and goes on with others")
  func givesUp() throws {
    let server = TestServer { request in
      request.path == "/"
        ? TestAnswer([
          .send(Array(TestAnswer.head(200, ["Content-Length: 100000000"]).utf8)),
          .forEver([UInt8](repeating: 1, count: 65_536), 0),
        ]) : .page("next")
    }
    defer { server.stop() }
    let client = Self.client()
    var limits = HTTPLimits()
    limits.bodyBytes = .max
    var pieces = 0
    let failure = #expect(throws: HTTPFailure.self) {
      _ = try client.send(HTTPRequest(server.url(), limits: limits)) { _, _ in
        pieces += 1
        return pieces < 3
      }
    }
    #expect(failure?.code == .aborted && pieces == 3)
    #expect(try client.send(HTTPRequest(server.url("/next"))).body.text == "next")
  }

  @Test("does not wait long for the head where it need not", arguments: [true, false])
  func silence(_ isImpatient: Bool) {
    let server = TestServer { _ in TestAnswer([.stall]) }
    defer { server.stop() }
    var limits = HTTPLimits()
    limits.stallSeconds = 0.2
    limits.totalSeconds = isImpatient ? 60 : 0.4
    limits.stallsBeforeHead = isImpatient
    let failure = #expect(throws: HTTPFailure.self) {
      _ = try Self.client().send(HTTPRequest(server.url(), limits: limits))
    }
    #expect(failure?.code == (isImpatient ? .stalled : .timeout))
    #expect(failure?.isTransient == true)
  }

  @Test("throws what went wrong")
  func failure() {
    let server = TestServer { _ in TestAnswer([.reset]) }
    defer { server.stop() }
    let failure = #expect(throws: HTTPFailure.self) {
      _ = try Self.client().send(HTTPRequest(server.url()))
    }
    #expect(failure?.code == .reset)
  }
}
