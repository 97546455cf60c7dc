internal import BatchCore

/// One request for robots.txt, its redirects included.
final class RobotsExchange: HTTPResponder {
  private let host: HostQueue
  private let scheme: WebURL.Scheme
  private let attempts: Int
  private unowned let driver: FetchDriver
  private var url: WebURL?
  private var redirects = 0
  private var status = 0
  private var head: HTTPHead?
  private var content: [UInt8] = []
  private var transfer: HTTPTransfer?
  private var startedAt = 0.0
  /// Whether enough has been read of it.
  private var isFull = false

  /// RFC 9309, 2.3.1.2.
  private static let mostRedirects = 5

  init(_ host: HostQueue, _ scheme: WebURL.Scheme, attempts: Int, _ driver: FetchDriver) {
    self.host = host
    self.scheme = scheme
    self.attempts = attempts
    self.driver = driver
  }

  /// - Parameter page: any page of the origin.
  func start(at page: WebURL) {
    guard let url = try? page.resolving("/robots.txt") else { return settle(.allowAll) }
    ask(url)
  }

  private func ask(_ url: WebURL) {
    self.url = url
    startedAt = driver.loop.now
    driver.counters.requests += 1
    driver.counters.robotsRequests += 1
    var limits = driver.limits
    limits.bodyBytes = RobotsRules.mostBytes * 4
    transfer = driver.loop.start(HTTPRequest(url, limits: limits), self)
  }

  func received(_ head: HTTPHead) {
    self.head = head
    status = head.status
  }

  func received(_ piece: ReceivedBytes) {
    guard status / 100 == 2, !isFull else { return }
    unsafe piece.buffer.withBytes { unsafe content.append(contentsOf: $0) }
    guard content.count >= RobotsRules.mostBytes, let transfer else { return }
    isFull = true
    driver.loop.abort(transfer)
  }

  func ended(_ end: HTTPEnd) {
    transfer = nil
    driver.counters.wireBytes += end.wireBytes
    if let failure = end.failure, !isFull, failure.code != .tooLarge { return failed(failure) }
    switch status {
    case 200..<300: settle(RobotsRules(content, agent: driver.productToken))
    case 429, 500...: serverError()
    case 300..<400: redirect()
    // What is not there forbids nothing (RFC 9309, 2.3.1.3).
    default: settle(.allowAll)
    }
  }

  private func redirect() {
    guard redirects < Self.mostRedirects, let location = head?.value(of: "location"),
      let target = try? url?.resolving(location), target.scheme != .file
    else { return settle(.allowAll) }
    redirects += 1
    content = []
    head = nil
    ask(target)
  }

  private func failed(_ failure: HTTPFailure) {
    guard failure.isTransient else {
      host.pace.end()
      host[scheme] = .unknown
      return driver.failAll(of: host, PageFailure(failure))
    }
    host.lastFailure = failure
    let isGivenUp = host.pace.failed(
      at: driver.loop.now, startedAt: startedAt, isName: failure.code == .dns)
    host.pace.end()
    host[scheme] = .unavailable(attempts: attempts)
    if isGivenUp { driver.failAll(of: host) } else { driver.ready(host) }
  }

  private func serverError() {
    let wait = head.flatMap { RetryAfter.seconds(in: $0) }
    host.pace.pushedBack(at: driver.loop.now, startedAt: startedAt, retryAfter: wait)
    host.pace.end()
    let isHopeless = (wait ?? 0) > driver.options.longestWaitSeconds
    guard attempts > driver.options.retries || isHopeless else {
      host[scheme] = .unavailable(attempts: attempts)
      return driver.ready(host)
    }
    let failure = PageFailure(
      .robotsUnavailable, isTransient: true,
      message: "robots.txt of \(host.name) answers with status \(status), and without it no page "
        + "may be asked for; --ignore-robots asks all the same")
    host[scheme] = .givenUp(
      until: driver.loop.now + driver.options.unreachableSeconds, failure)
    driver.ready(host)
  }

  private func settle(_ rules: RobotsRules) {
    host[scheme] = .known(
      rules, until: driver.loop.now + driver.options.robotsLifeSeconds)
    host.pace.answered()
    host.pace.end()
    if let delay = rules.crawlDelaySeconds {
      host.pace.slow(toDelay: min(delay, driver.options.longestCrawlDelaySeconds))
    }
    driver.ready(host)
  }
}
