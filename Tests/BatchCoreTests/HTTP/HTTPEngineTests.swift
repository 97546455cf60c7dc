import BatchCore
import HTTPServer
import Testing

@Suite("The HTTP engine")
struct HTTPEngineTests {
  /// Sends requests one after the other, and collects what comes.
  private final class Sender: HTTPDriver, HTTPResponder {
    struct Answer: Sendable {
      var status = 0
      var field: String?
      var body: [UInt8] = []
      var failure: HTTPFailure?
    }

    private var requests: [HTTPRequest]
    private var answer = Answer()
    private let answers: Mailbox<Answer>

    init(_ requests: [HTTPRequest], _ answers: Mailbox<Answer>) {
      self.requests = requests
      self.answers = answers
    }

    func turn(_ loop: HTTPLoop) -> Double {
      if loop.activeCount == 0, !requests.isEmpty { loop.start(requests.removeFirst(), self) }
      return 60
    }

    func received(_ head: HTTPHead) {
      answer.status = head.status
      answer.field = head.value(of: "x-field")
    }

    func received(_ piece: ReceivedBytes) {
      unsafe piece.buffer.withBytes { unsafe answer.body.append(contentsOf: $0) }
    }

    func ended(_ end: HTTPEnd) {
      answer.failure = end.failure
      answers.post(answer)
      answer = Answer()
    }
  }

  private static func send(_ requests: [HTTPRequest]) -> [Sender.Answer] {
    let answers = Mailbox<Sender.Answer>()
    var settings = HTTPSettings()
    settings.proxy = .none
    let engine = HTTPEngine(name: "test", settings: settings) { _ in Sender(requests, answers) }
    defer { engine.stop() }
    return requests.map { _ in answers.takeFirst() }
  }

  @Test("sends every method with its body, one after the other on one connection")
  func methods() {
    let server = TestServer { request in
      let text = "\(request.method) \(String(decoding: request.body, as: UTF8.self))"
      return .page(request.method == "HEAD" ? "" : text, headers: ["X-Field:  a  "])
    }
    defer { server.stop() }
    let body = ByteBuffer(Array("body".utf8))
    let answers = Self.send([
      HTTPRequest(server.url()),
      HTTPRequest(server.url(), method: .put, body: body),
      HTTPRequest(server.url(), method: .post, body: body),
      HTTPRequest(server.url(), method: .post),
      HTTPRequest(server.url(), method: .delete),
      HTTPRequest(server.url(), method: .head),
      HTTPRequest(server.url(), headers: ["X-Own: 1"]),
      HTTPRequest(server.url()),
    ])
    let texts = answers.map { String(decoding: $0.body, as: UTF8.self) }
    #expect(texts == ["GET ", "PUT body", "POST body", "POST ", "DELETE ", "", "GET ", "GET "])
    #expect(answers.allSatisfy { $0.status == 200 && $0.failure == nil && $0.field == "a" })
    #expect(server.connectionCount == 1)
    #expect(server.requests.map { $0.headers["x-own"] }.compactMap { $0 } == ["1"])
  }

  @Test("skips interim answers")
  func interim() {
    let server = TestServer { _ in
      .raw("HTTP/1.1 103 Early\r\nX-Field: no\r\n\r\nHTTP/1.1 200 OK\r\nX-Field: yes\r\n\r\nx")
    }
    defer { server.stop() }
    let answer = Self.send([HTTPRequest(server.url())])[0]
    #expect(answer.status == 200 && answer.field == "yes" && answer.failure == nil)
  }

  @Test("ends what is under way when it stops")
  func stops() {
    let server = TestServer { _ in TestAnswer([.stall]) }
    defer { server.stop() }
    let answers = Mailbox<Sender.Answer>()
    let requests = [HTTPRequest(server.url())]
    let engine = HTTPEngine(name: "test", settings: HTTPSettings()) { _ in Sender(requests, answers)
    }
    var none: [Sender.Answer] = []
    while server.requests.isEmpty { answers.receive(into: &none, waiting: 0.005) }
    engine.stop()
    #expect(answers.takeFirst().failure?.code == .aborted)
  }
}
