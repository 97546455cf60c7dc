internal import Glibc

/// A worker that runs as a cloud function: asks the runtime for invocations, one after another, and runs
/// the batch that each names.
///
/// https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
public struct LambdaWorker {
  /// The address of the runtime, where this process is a function; nil elsewhere.
  public static var runtime: String? {
    AWSEnvironment()["AWS_LAMBDA_RUNTIME_API"]
  }

  private let http: HTTPClient
  private let origin: String
  private let clock = MonotonicClock()

  /// Runs until the runtime is gone.
  ///
  /// - Parameter makeTask: Makes the task of that name from its message.
  /// - Throws: `TaskError` when the runtime does not answer as it should.
  public static func run(
    runtime: String, makeTask: (TaskName, [UInt8]) throws -> any BatchTask
  ) throws {
    let worker = LambdaWorker(runtime: runtime)
    // An environment serves one run after another; the task is kept as long as its session lasts.
    var next = try worker.nextInvocation()
    while let invocation = next {
      next = try worker.serveSession(of: invocation, makeTask)
    }
  }

  private init(runtime: String) {
    var settings = HTTPSettings()
    settings.proxy = .none
    http = HTTPClient(name: "runtime", settings: settings)
    origin = "http://\(runtime)/2018-06-01/runtime"
  }

  /// An invocation, and how much time it has.
  private struct Invocation {
    var id: String
    /// When it must have returned, on the worker's clock.
    var endSeconds: Double
    var payload: ByteBuffer
  }

  // MARK: - Sessions

  /// Runs an invocation and those that follow in the same session; the first of another one.
  private func serveSession(
    of first: Invocation, _ makeTask: (TaskName, [UInt8]) throws -> any BatchTask
  ) throws -> Invocation? {
    do {
      guard let order = LambdaOrder(first.payload), let keys = SessionKeys(prefix: order.session)
      else { throw TaskError(.usage, "a function of batchrun is invoked by batchrun itself") }
      let store = try BlobLocator(order.store).open()
      guard let bytes = try store.get(keys.task) else {
        throw TaskError(.cannotRun, "the run is over: \(keys.task) is not in \(store.locator)")
      }
      let stored = try StoredTask(bytes)
      return try serve(first, order, try makeTask(stored.name, stored.message), store, keys)
    } catch let error as RuntimeGone {
      throw TaskError(.cannotRun, error.sentence)
    } catch let error as TaskError {
      // Another invocation would end in the same way.
      try report(first, error: error.message, type: LambdaAnswer.refusal)
      return try nextInvocation()
    } catch {
      try report(first, error: "\(error)", type: LambdaAnswer.storeFault)
      return try nextInvocation()
    }
  }

  private func serve(
    _ first: Invocation, _ order: LambdaOrder, _ task: some BatchTask, _ store: any BlobStore,
    _ keys: SessionKeys
  ) throws -> Invocation? {
    let limit = max(1, first.endSeconds - clock.now)
    let identity = WorkerIdentity(
      name: Self.name, endSeconds: first.endSeconds, marginSeconds: LambdaExecutor.margin(limit),
      handOverSeconds: 10, clock: clock)
    var desk = BatchDesk(task: task, store: store, keys: keys, identity: identity)
    var invocation = first
    var order = order
    while true {
      do throws(BlobFailure) {
        try desk.run(BatchIndex(order.batch), endSeconds: invocation.endSeconds)
      } catch {
        try report(invocation, error: error.message, type: LambdaAnswer.storeFault)
        return try nextInvocation()
      }
      try respond(invocation)
      guard let next = try nextInvocation() else { return nil }
      guard let following = LambdaOrder(next.payload), following.session == order.session,
        following.store == order.store
      else { return next }
      (invocation, order) = (next, following)
    }
  }

  /// The name of the environment, which its log has too.
  private static var name: String {
    let stream = AWSEnvironment()["AWS_LAMBDA_LOG_STREAM_NAME"] ?? "function"
    return String(stream.filter { !$0.isWhitespace })
  }

  // MARK: - The runtime

  /// The runtime does not answer: the environment is about to end.
  private struct RuntimeGone: Error {
    var sentence: String
  }

  /// Waits for the next invocation; nil when the runtime is gone.
  private func nextInvocation() throws -> Invocation? {
    var limits = HTTPLimits()
    // The environment sleeps as long as nobody calls.
    limits.totalSeconds = 1e8
    limits.stallSeconds = 60
    let answer: HTTPClient.Answer
    do throws(HTTPFailure) {
      answer = try http.send(HTTPRequest(url("invocation/next"), limits: limits))
    } catch {
      return nil
    }
    guard answer.head.status == 200, let id = answer.head.value(of: "lambda-runtime-aws-request-id")
    else { throw RuntimeGone(sentence: "the runtime answers with \(answer.head.status)") }
    var time = timespec()
    unsafe clock_gettime(CLOCK_REALTIME, &time)
    let now = Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    let deadline = answer.head.value(of: "lambda-runtime-deadline-ms").flatMap { Double($0) }
    let left = deadline.map { $0 / 1000 - now } ?? 3
    return Invocation(id: id, endSeconds: clock.now + left, payload: answer.body)
  }

  private func respond(_ invocation: Invocation) throws {
    try post("invocation/\(invocation.id)/response", "{}")
  }

  private func report(_ invocation: Invocation, error: String, type: String) throws {
    let object = JSONValue.object([
      .init("errorMessage", .string(error)), .init("errorType", .string(type)),
    ])
    try post("invocation/\(invocation.id)/error", object.text)
  }

  private func post(_ path: String, _ body: String) throws {
    do throws(HTTPFailure) {
      _ = try http.send(
        HTTPRequest(
          url(path), method: .post, headers: ["Content-Type: application/json", "Expect:"],
          body: ByteBuffer(Array(body.utf8))))
    } catch {
      throw RuntimeGone(sentence: error.message)
    }
  }

  private func url(_ path: String) throws(HTTPFailure) -> WebURL {
    do throws(WebURLError) {
      return try WebURL("\(origin)/\(path)")
    } catch {
      throw HTTPFailure(.badResponse, message: "AWS_LAMBDA_RUNTIME_API is no address: \(error)")
    }
  }
}
