/// What a server does with a request, step by step.
package struct TestAnswer: Sendable {
  package enum Step: Sendable {
    case send([UInt8])
    case wait(Double)
    /// The bytes over and over, with a pause in seconds after each, until the peer has gone.
    case forEver([UInt8], Double)
    /// Nothing more, until the peer has gone.
    case stall
    case close
    /// Ends the connection with a reset, what was sent before being lost perhaps.
    case reset
  }

  package var steps: [Step]

  package init(_ steps: [Step]) { self.steps = steps }

  /// Bytes as they are, then the end of the connection.
  package static func raw(_ text: String) -> TestAnswer {
    TestAnswer([.send(Array(text.utf8)), .close])
  }

  /// A complete answer with the right length; the connection stays.
  package static func page(
    _ body: String, status: Int = 200, headers: [String] = ["Content-Type: text/html"]
  ) -> TestAnswer {
    page(Array(body.utf8), status: status, headers: headers)
  }

  package static func page(_ body: [UInt8], status: Int = 200, headers: [String]) -> TestAnswer {
    let fields = headers + ["Content-Length: \(body.count)"]
    return TestAnswer([.send(Array(head(status, fields).utf8) + body)])
  }

  package static func status(_ status: Int, headers: [String] = []) -> TestAnswer {
    page("", status: status, headers: headers)
  }

  package static func redirect(_ location: String, status: Int = 302) -> TestAnswer {
    .status(status, headers: ["Location: \(location)"])
  }

  /// A body in chunks of its pieces.
  package static func chunked(_ pieces: [String]) -> TestAnswer {
    let chunks = pieces.map { String($0.utf8.count, radix: 16) + "\r\n\($0)\r\n" }.joined()
    let head = head(200, ["Content-Type: text/html", "Transfer-Encoding: chunked"])
    return TestAnswer([.send(Array((head + chunks + "0\r\n\r\n").utf8))])
  }

  /// The same after a pause, in seconds.
  package func after(_ seconds: Double) -> TestAnswer { TestAnswer([.wait(seconds)] + steps) }

  /// Status line and fields with the empty line.
  package static func head(_ status: Int, _ fields: [String]) -> String {
    "HTTP/1.1 \(status) Status\r\n" + fields.map { $0 + "\r\n" }.joined() + "\r\n"
  }
}
