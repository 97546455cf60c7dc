internal import BatchCore

/// One request for a page and its answer.
///
/// The page and the exchange part as soon as it is clear what becomes of the page: the rest of a
/// redirect's or an error's body is dropped while the page is on its way elsewhere.
final class PageExchange: HTTPResponder {
  private var job: PageJob?
  private let host: HostQueue
  private unowned let driver: FetchDriver
  private let startedAt: Double
  private var transfer: HTTPTransfer?
  private var head: HTTPHead?
  /// What has not been sent to the inbox yet.
  private var pending: PageMessage?
  /// The entry of the cache that is being written, and goes on when the reader needs no more.
  private var entry: Int?
  /// Whether the host has said what it has to say in this exchange.
  private var isJudged = false

  /// What is taken and dropped to keep a connection, in bytes.
  private static let worthDraining = 64 << 10

  init(_ job: PageJob, _ host: HostQueue, _ driver: FetchDriver, at now: Double) {
    self.job = job
    self.host = host
    self.driver = driver
    startedAt = now
  }

  func start(_ request: HTTPRequest) { transfer = driver.loop.start(request, self) }

  // MARK: - Answers

  func received(_ head: HTTPHead) {
    guard let job else { return }
    self.head = head
    job.status = head.status
    judge(head)
    if HTTPStatus.isRedirect(head.status), let location = head.value(of: "location") {
      drop(job)
      driver.redirect(job, to: location)
    } else if HTTPStatus.isPushBack(head.status) {
      drop(job)
      driver.pushedBack(job, head)
    } else if head.status == 304, !job.conditions.isEmpty {
      drop(job)
      driver.reuse(job)
    } else if !(200..<300).contains(head.status) {
      drop(job)
      driver.failed(job, .status(head.status, host: job.url.host))
    } else {
      let known = pageHead(of: job, head)
      entry = driver.beginEntry(job, known, etag: head.value(of: "etag"))
      pending = PageMessage(job.id)
      pending?.head = known
      driver.sendLater(self)
    }
  }

  private func judge(_ head: HTTPHead) {
    isJudged = true
    if HTTPStatus.isPushBack(head.status) {
      driver.counters.pushBacks += 1
      host.pace.pushedBack(
        at: driver.loop.now, startedAt: startedAt, retryAfter: RetryAfter.seconds(in: head))
    } else {
      host.pace.answered()
    }
  }

  private func pageHead(of job: PageJob, _ head: HTTPHead) -> PageHead {
    PageHead(
      status: head.status, url: job.url, redirects: job.redirects,
      contentType: head.value(of: "content-type"),
      contentLanguage: head.value(of: "content-language"), link: head.value(of: "link"),
      contentLength: head.isEncoded ? nil : head.contentLength,
      lastModified: head.value(of: "last-modified"))
  }

  func received(_ piece: ReceivedBytes) {
    if let entry { driver.writer?.append(piece, to: entry) }
    guard let job else { return }
    if let pending, pending.body != nil || pending.head == nil { driver.post(pending, for: job) }
    if pending?.body != nil || pending == nil { pending = PageMessage(job.id) }
    pending?.body = piece
  }

  /// Sends what has come so far.
  func sendHead() {
    guard let job, let message = pending else { return }
    driver.post(message, for: job)
    pending = nil
  }

  func ended(_ end: HTTPEnd) {
    transfer = nil
    host.pace.end()
    driver.counters.bodyBytes += end.bodyBytes
    driver.counters.wireBytes += end.wireBytes
    if let entry {
      if end.failure == nil { driver.writer?.commit(entry) } else { driver.writer?.abandon(entry) }
    }
    entry = nil
    if let job { settle(job, end) }
    job = nil
    driver.ready(host)
  }

  private func settle(_ job: PageJob, _ end: HTTPEnd) {
    job.exchange = nil
    job.bodyBytes = end.bodyBytes
    job.wireBytes += end.wireBytes
    guard let failure = end.failure else {
      return driver.end(job, .complete, with: pending)
    }
    if !isJudged, failure.code.concernsHost {
      return driver.unreachable(job, host, failure, startedAt: startedAt)
    }
    sendHead()
    driver.failed(job, PageFailure(failure))
  }

  // MARK: - Given up

  /// Parts from the page, and takes the rest of the body if that keeps the connection.
  private func drop(_ job: PageJob) {
    self.job = nil
    job.exchange = nil
    finishQuietly()
  }

  private func finishQuietly() {
    guard let transfer else { return }
    let rest = head.flatMap { head in
      head.isEncoded ? nil : head.contentLength.map { $0 - transfer.bodyBytes }
    }
    if let rest, rest > Self.worthDraining {
      driver.loop.abort(transfer)
    } else {
      transfer.discardRest(atMost: Self.worthDraining)
    }
  }

  /// The reader of the page needs no more of it.
  func enough() {
    guard let job, let transfer, let head else { return }
    sendHead()
    self.job = nil
    job.bodyBytes = transfer.bodyBytes
    driver.end(job, .enough)
    // The cache keeps whole pages only.
    if entry != nil { return }
    if head.isEncoded || head.contentLength == nil {
      driver.loop.abort(transfer)
    } else {
      finishQuietly()
    }
  }

  /// The page is not wanted any more.
  func release() {
    job = nil
    if let transfer { driver.loop.abort(transfer) }
  }
}
