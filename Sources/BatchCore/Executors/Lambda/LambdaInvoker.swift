/// Sends invocations, as many at once as it is given, on one thread.
final class LambdaInvoker: Sendable {
  private struct Call: Sendable {
    var batch: BatchIndex
    var request: HTTPRequest
  }

  /// What came back.
  struct Return: Sendable {
    var batch: BatchIndex
    /// The answer, when there is a complete one.
    var answer: AWSAnswer?
    var failure: HTTPFailure?
  }

  private let calls = Mailbox<Call>()
  private let engine: HTTPEngine

  /// - Parameter receive: Called on the thread of the invoker.
  init(settings: HTTPSettings, receive: @escaping @Sendable (Return) -> Void) {
    let calls = calls
    var settings = settings
    settings.keptConnections = 1024
    engine = HTTPEngine(name: "batchrun-invoke", settings: settings) { _ in
      Driver(calls: calls, receive: receive)
    }
  }

  func send(_ request: HTTPRequest, for batch: BatchIndex) {
    calls.post(Call(batch: batch, request: request))
    engine.wakeUp()
  }

  /// Ends what is under way; nothing comes back any more that counts.
  func stop() { engine.stop() }

  private final class Driver: HTTPDriver {
    private let calls: Mailbox<Call>
    private let receive: @Sendable (Return) -> Void
    private var new: [Call] = []

    init(calls: Mailbox<Call>, receive: @escaping @Sendable (Return) -> Void) {
      self.calls = calls
      self.receive = receive
    }

    func turn(_ loop: HTTPLoop) -> Double {
      calls.receive(into: &new, waiting: 0)
      for call in new { _ = loop.start(call.request, Responder(call.batch, receive)) }
      new.removeAll()
      return 60
    }
  }

  private final class Responder: HTTPResponder {
    private let batch: BatchIndex
    private let receive: @Sendable (Return) -> Void
    private var head: HTTPHead?
    private let body = ByteBuffer(capacity: 0)

    init(_ batch: BatchIndex, _ receive: @escaping @Sendable (Return) -> Void) {
      self.batch = batch
      self.receive = receive
    }

    func received(_ head: HTTPHead) { self.head = head }

    func received(_ piece: ReceivedBytes) { body.append(contentsOf: piece.buffer) }

    func ended(_ end: HTTPEnd) {
      let answer = end.failure == nil ? head.map { AWSAnswer(head: $0, body: body) } : nil
      receive(
        Return(
          batch: batch, answer: answer,
          failure: answer == nil
            ? end.failure ?? HTTPFailure(.badResponse, message: "there was no answer") : nil))
    }
  }
}
