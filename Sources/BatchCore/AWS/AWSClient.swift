/// Signs and sends requests, and repeats those that failed for a passing reason.
///
/// One engine serves all threads; each call blocks its own.
package final class AWSClient: Sendable {
  private let http: HTTPClient
  private let credentials: AWSCredentialProvider
  private let backoff: AWSBackoff
  private let clock: @Sendable () -> Int

  /// - Parameter clock: seconds since 1970.
  package init(
    http: HTTPClient, credentials: AWSCredentialProvider, backoff: AWSBackoff = AWSBackoff(),
    clock: @escaping @Sendable () -> Int = { AWSClock.now }
  ) {
    self.http = http
    self.credentials = credentials
    self.backoff = backoff
    self.clock = clock
  }

  /// A client for what the environment names.
  package convenience init(
    environment: AWSEnvironment = AWSEnvironment(), backoff: AWSBackoff = AWSBackoff()
  ) {
    self.init(
      http: HTTPClient(name: "aws", settings: environment.httpSettings),
      credentials: AWSCredentialProvider(environment: environment), backoff: backoff)
  }

  /// Sends a request until it is answered.
  ///
  /// - Parameters:
  ///   - signer: for the service and region that are asked.
  ///   - accepting: statuses that are answers too, beside 200 to 299.
  ///   - sink: takes the body of such an answer piece by piece; false ends the exchange. Bytes that it
  ///     took are not taken back when the exchange fails: `make` asks for the rest.
  ///   - make: the request; called before each attempt, with the number of attempts before it.
  /// - Throws: `AWSFailure` for every other answer, and when there is none.
  package func send(
    _ signer: AWSSigner, accepting: Set<Int> = [],
    into sink: ((HTTPHead, ByteBuffer) -> Bool)? = nil, _ make: (Int) -> AWSRequest
  ) throws(AWSFailure) -> AWSAnswer {
    var attempt = 0
    var total = 0
    var hasRenewed = false
    var stopwatch = MonotonicClock()
    while true {
      let keys = try credentials.credentials()
      let request = make(total)
      attempt += 1
      total += 1
      let isAnswer = { (status: Int) in 200...299 ~= status || accepting.contains(status) }
      let failure: AWSFailure
      var hasProgressed = false
      var isGivenUp = false
      do throws(HTTPFailure) {
        let answer = try exchange(request, signer, keys) { head, bytes in
          guard let sink, 200...299 ~= head.status else { return nil }
          hasProgressed = hasProgressed || !bytes.isEmpty
          isGivenUp = !sink(head, bytes)
          return !isGivenUp
        }
        if isAnswer(answer.status), sink != nil || !answer.isHiddenFault { return answer }
        failure = AWSFailure(
          answer, AWSContext(host: request.host, credentials: keys, now: clock()))
      } catch {
        if isGivenUp { throw AWSFailure(.refused, error.message) }
        failure = AWSFailure(error)
      }
      // The keys may have been replaced where they come from.
      if failure.concernsExpiry, !hasRenewed {
        hasRenewed = true
        credentials.reject(keys)
        if try credentials.credentials() != keys { continue }
      }
      // A large object may take many connections, as long as each brings it further.
      if hasProgressed { (attempt, stopwatch) = (1, MonotonicClock()) }
      guard failure.isTransient else { throw failure }
      guard let wait = backoff.wait(after: attempt, passed: stopwatch.now, failure) else {
        throw failure.after(total)
      }
      AWSBackoff.sleep(wait)
    }
  }

  /// The request as it is sent.
  private func signed(
    _ request: AWSRequest, _ signer: AWSSigner, _ keys: AWSCredentials
  ) throws(HTTPFailure) -> HTTPRequest {
    let url: WebURL
    do throws(WebURLError) {
      url = try WebURL(request.address)
    } catch {
      throw HTTPFailure(
        .badResponse, isTransient: false, message: "\(request.host) cannot be asked: \(error)")
    }
    var headers = signer.signed(request, with: keys, at: clock()).map { "\($0.name): \($0.value)" }
    // libcurl would add its own, and wait a second for servers that do not know `Expect`.
    headers += ["Expect:"]
    // What was kept is what is wanted, in the length that was told.
    headers += ["Accept-Encoding: identity"]
    if !request.headers.contains(where: { $0.name.lowercased() == "content-type" }) {
      headers += ["Content-Type:"]
    }
    return HTTPRequest(
      url, method: request.method, headers: headers, body: request.body, limits: request.limits)
  }

  /// A request that the caller sends by itself, signed with keys that are good now.
  package func signed(
    _ request: AWSRequest, _ signer: AWSSigner
  ) throws(AWSFailure) -> HTTPRequest {
    let keys = try credentials.credentials()
    do throws(HTTPFailure) {
      return try signed(request, signer, keys)
    } catch {
      throw AWSFailure(error)
    }
  }

  /// What an answer to such a request complains about.
  package func failure(_ answer: AWSAnswer, of request: AWSRequest) throws(AWSFailure) -> AWSFailure
  {
    AWSFailure(
      answer,
      AWSContext(host: request.host, credentials: try credentials.credentials(), now: clock()))
  }

  /// - Parameter take: offered each piece of the body; nil for one that is to be collected.
  private func exchange(
    _ request: AWSRequest, _ signer: AWSSigner, _ keys: AWSCredentials,
    _ take: (HTTPHead, ByteBuffer) -> Bool?
  ) throws(HTTPFailure) -> AWSAnswer {
    let collected = ByteBuffer(capacity: 0)
    let head = try http.send(signed(request, signer, keys)) { head, bytes in
      if let goesOn = take(head, bytes) { return goesOn }
      collected.append(contentsOf: bytes)
      return true
    }
    return AWSAnswer(head: head, body: collected)
  }
}

extension AWSFailure {
  /// The same after it was met so often.
  fileprivate func after(_ attempts: Int) -> AWSFailure {
    guard attempts > 1 else { return self }
    return AWSFailure(
      kind, status: status, code: code, isTransient: isTransient,
      retryAfterSeconds: retryAfterSeconds, region: region, "\(message) (tried \(attempts) times)")
  }
}
