/// Exchanges for threads that wait for them: one engine, many callers.
package final class HTTPClient: Sendable {
  package struct Answer: Sendable {
    package var head: HTTPHead
    package var body: ByteBuffer
  }

  private let orders = Mailbox<Order>()
  private let engine: HTTPEngine

  fileprivate enum Order: Sendable {
    case start(Call)
    case abort(Call)
  }

  package init(name: String = "http", settings: HTTPSettings = HTTPSettings()) {
    let orders = self.orders
    engine = HTTPEngine(name: name, settings: settings) { _ in Clerk(orders) }
  }

  deinit { engine.stop() }

  /// Sends a request, waits for its end and collects the body.
  package func send(_ request: HTTPRequest) throws(HTTPFailure) -> Answer {
    let body = ByteBuffer(capacity: 0)
    let head = try send(request) { _, bytes in
      body.append(contentsOf: bytes)
      return true
    }
    return Answer(head: head, body: body)
  }

  /// Sends a request and waits for its end.
  ///
  /// - Parameter sink: takes the body piece by piece; false ends the exchange.
  /// - Throws: the failure of an exchange without a complete answer, `aborted` when the sink ended it.
  package func send(
    _ request: HTTPRequest, into sink: (HTTPHead, ByteBuffer) -> Bool
  ) throws(HTTPFailure) -> HTTPHead {
    let call = Call(request)
    order(.start(call))
    var head: HTTPHead?
    var events: [Call.Event] = []
    while true {
      call.events.receive(into: &events, waiting: 3600)
      for event in events {
        switch event {
        case .head(let received): head = received
        case .piece(let piece):
          if let head, !call.isAborted, !sink(head, piece.buffer) { abort(call) }
        case .end(let end):
          if let failure = end.failure { throw failure }
          guard let head else {
            throw HTTPFailure(.badResponse, message: "\(request.url.host) sent no answer")
          }
          return head
        }
      }
      // Their memory is lent.
      events.removeAll()
    }
  }

  private func order(_ order: Order) {
    orders.post(order)
    engine.wakeUp()
  }

  private func abort(_ call: Call) {
    call.isAborted = true
    order(.abort(call))
  }
}

/// One exchange, and what its caller hears of it.
// @unchecked Sendable: `isAborted` is the caller's own; the rest does not change.
private final class Call: @unchecked Sendable {
  enum Event: Sendable {
    case head(HTTPHead)
    case piece(ReceivedBytes)
    case end(HTTPEnd)
  }

  let request: HTTPRequest
  let events = Mailbox<Event>()
  var isAborted = false

  init(_ request: HTTPRequest) { self.request = request }
}

/// Carries out orders, on the thread of the engine.
private final class Clerk: HTTPDriver {
  private let orders: Mailbox<HTTPClient.Order>
  private var pending: [HTTPClient.Order] = []
  private var transfers: [ObjectIdentifier: HTTPTransfer] = [:]

  init(_ orders: Mailbox<HTTPClient.Order>) { self.orders = orders }

  func turn(_ loop: HTTPLoop) -> Double {
    orders.receive(into: &pending, waiting: 0)
    for order in pending {
      switch order {
      case .start(let call):
        transfers[ObjectIdentifier(call)] = loop.start(call.request, Messenger(call, self))
      case .abort(let call):
        if let transfer = transfers[ObjectIdentifier(call)] { loop.abort(transfer) }
      }
    }
    pending.removeAll()
    return 60
  }

  func forget(_ call: Call) { transfers[ObjectIdentifier(call)] = nil }
}

/// Passes on what comes to the one that waits for it.
private final class Messenger: HTTPResponder {
  private let call: Call
  private unowned let clerk: Clerk

  init(_ call: Call, _ clerk: Clerk) {
    self.call = call
    self.clerk = clerk
  }

  func received(_ head: HTTPHead) { call.events.post(.head(head)) }

  func received(_ piece: ReceivedBytes) { call.events.post(.piece(piece)) }

  func ended(_ end: HTTPEnd) {
    clerk.forget(call)
    call.events.post(.end(end))
  }
}
