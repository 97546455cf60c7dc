internal import BatchCore

/// Decides on the fetcher's thread which request goes out next.
///
/// Each host has a queue. Hosts that may have something to start stand in a ring and take turns, one
/// request each; hosts that must wait for time are in a heap; hosts that wait for an answer come
/// back to the ring when it is there. So no host holds up another.
final class FetchDriver: HTTPDriver {
  let options: FetchOptions
  private let orders: FetchOrders
  let loop: HTTPLoop
  let disk: DiskPages
  let writer: CacheWriter?
  private var entryCount = 0
  let limits: HTTPLimits
  private let policy: HostPace.Policy
  private let pageHeaders: [String]
  private let foreignHeaders: [String]
  /// The name of this crawler in robots.txt.
  let productToken: String
  private var hosts: [String: HostQueue] = [:]
  private var ring = Fifo<HostQueue>()
  private var due = DueQueue<Due>()
  private var jobs: [PageJob.Key: PageJob] = [:]
  /// Pages that were given back between two steps of a redirect, by the address asked for.
  private var waypoints: [WebURL: PageJob.Waypoint] = [:]
  private var outbox = PageOutbox()
  /// Exchanges with a head that may still be sent together with the body.
  private var withHead: [PageExchange] = []
  var counters = FetchCounters()
  private var sweepAt = 10_000

  private enum Due {
    case host(HostQueue)
    case job(PageJob)
  }

  init(
    _ options: FetchOptions, _ orders: FetchOrders, _ loop: HTTPLoop, _ disk: DiskPages,
    _ writer: CacheWriter?
  ) {
    self.disk = disk
    self.writer = writer
    self.options = options
    self.orders = orders
    self.loop = loop
    limits = options.limits
    pageHeaders = options.pageHeaders
    foreignHeaders = options.foreignHeaders
    productToken = options.productToken
    policy = HostPace.Policy(
      mostAtOnce: max(1, options.perHost), delaySeconds: options.delaySeconds,
      firstWaitSeconds: options.firstWaitSeconds, longestWaitSeconds: options.longestWaitSeconds,
      unreachableSeconds: options.unreachableSeconds)
  }

  deinit { disk.stop() }

  func turn(_ loop: HTTPLoop) -> Double {
    for exchange in withHead { exchange.sendHead() }
    withHead.removeAll(keepingCapacity: true)
    for order in orders.take(reporting: counters) { follow(order) }
    let now = loop.now
    while let element = due.pop(at: now) { wake(element, at: now) }
    startRequests()
    outbox.flush()
    // Memory comes back without an event of the network.
    let mostWait = loop.pool.isFull && !ring.isEmpty ? 0.01 : .infinity
    return min(mostWait, due.earliest.map { $0 - loop.now } ?? .infinity)
  }

  // MARK: - Orders

  private func follow(_ order: FetchOrders.Order) {
    switch order {
    case .submit(let pages, let inbox):
      for page in pages { submit(page, inbox) }
    case .submitAgain(let page, let inbox):
      let job = PageJob(page, inbox)
      jobs[job.key] = job
      enqueue(job)
    case .looked(let id, let inbox, let page):
      guard let job = job(id, inbox) else { return }
      job.cached = page?.failure == nil ? page : nil
      enqueue(job)
    case .recall(let memories):
      for memory in memories { host(named: memory.name).recall(memory, at: loop.now) }
    case .remember(let names, let reply):
      reply.post(names.compactMap { hosts[$0]?.memory(at: loop.now) })
    case .enough(let ids, let inbox):
      for id in ids {
        if let job = job(id, inbox) { enough(job) } else { disk.enough(id, in: inbox) }
      }
    case .cancel(let ids, let inbox, let startedToo):
      for id in ids {
        if let job = job(id, inbox) {
          cancel(job, startedToo: startedToo)
        } else {
          disk.cancel(id, in: inbox, startedToo: startedToo)
        }
      }
    }
  }

  private func job(_ id: PageID, _ inbox: PageInbox) -> PageJob? {
    jobs[PageJob.Key(inbox: ObjectIdentifier(inbox), id: id)]
  }

  private func submit(_ page: PageRequest, _ inbox: PageInbox) {
    if page.url.scheme == .file || options.isOffline {
      counters.files += page.url.scheme == .file ? 1 : 0
      return disk.read(page, to: inbox)
    }
    let job = PageJob(page, inbox)
    jobs[job.key] = job
    if let waypoint = waypoints.removeValue(forKey: page.url) { job.goOn(from: waypoint) }
    if writer != nil { disk.look(page, for: inbox) } else { enqueue(job) }
  }

  // MARK: - Cache

  /// Begins an entry for a page whose body is about to come; nil without a cache.
  func beginEntry(_ job: PageJob, _ head: PageHead, etag: String?) -> Int? {
    guard let writer else { return nil }
    entryCount += 1
    writer.begin(entryCount, CachedPage(head, etag: etag), for: job.origin)
    return entryCount
  }

  /// Keeps a failure that another attempt would not mend.
  private func keep(_ failure: PageFailure, of job: PageJob) {
    guard let writer, !failure.isTransient, failure.code != .robotsDisallowed else { return }
    entryCount += 1
    var page = CachedPage(url: job.url)
    page.status = job.status ?? 0
    page.redirects = job.redirects
    page.failure = failure
    writer.begin(entryCount, page, for: job.origin)
    writer.commit(entryCount)
  }

  /// Answers from the cache what the server says has not changed.
  func reuse(_ job: PageJob) {
    counters.revalidated += 1
    counters.cacheHits += 1
    counters.pages += 1
    job.isFinished = true
    job.status = job.cached?.status
    jobs[job.key] = nil
    var result = job.result(.complete, at: loop.now)
    result.source = .revalidated
    disk.serve(PageRequest(job.id, job.origin), to: job.inbox, result)
  }

  private func enough(_ job: PageJob) {
    if let exchange = job.exchange, exchange.enough() { return }
    // An attempt broke, and the next has not come far: the reader has what it needs from the first.
    guard job.hasBegun else { return }
    job.exchange?.release()
    end(job, .enough)
  }

  private func cancel(_ job: PageJob, startedToo: Bool) {
    guard let exchange = job.exchange else {
      if let waypoint = job.waypoint { waypoints[job.origin] = waypoint }
      return end(job, .notStarted)
    }
    guard startedToo else { return }
    exchange.release()
    end(job, .notStarted)
  }

  // MARK: - Queues

  /// Puts a page into the queue of its host: last, or first when it has been asked for before.
  func enqueue(_ job: PageJob, first: Bool = false) {
    guard !job.isFinished else { return }
    if job.url.scheme == .file { return fail(job, forbiddenFile) }
    let host = host(of: job.url)
    if first { host.jobs.putBack(job) } else { host.jobs.append(job) }
    ready(host)
  }

  private var forbiddenFile: PageFailure {
    PageFailure(.forbiddenScheme, message: "a file cannot be fetched here")
  }

  /// Has the page tried again after some seconds.
  func enqueue(_ job: PageJob, after seconds: Double) {
    due.insert(.job(job), due: loop.now + seconds)
    announce(
      PoliteWait(host: HostQueue.name(of: job.url), reason: .retry, seconds: seconds), to: job)
  }

  private func host(of url: WebURL) -> HostQueue { host(named: HostQueue.name(of: url)) }

  private func host(named name: String) -> HostQueue {
    if let host = hosts[name] { return host }
    if hosts.count >= sweepAt { forgetIdleHosts() }
    let host = HostQueue(name, policy)
    hosts[name] = host
    return host
  }

  /// Forgets the half of the idle hosts that was used longest ago: their rules would be asked for anew.
  private func forgetIdleHosts() {
    let idle = hosts.values.filter(\.isIdle).sorted { $0.lastUsedAt < $1.lastUsedAt }
    for host in idle.prefix((idle.count + 1) / 2) { hosts[host.name] = nil }
    sweepAt = max(10_000, hosts.count * 2)
  }

  /// Puts a host into the ring, unless it is there or has nothing to do.
  func ready(_ host: HostQueue) {
    guard !host.isInRing, !host.jobs.isEmpty else { return }
    host.isInRing = true
    ring.append(host)
  }

  private func wake(_ element: Due, at now: Double) {
    switch element {
    case .job(let job): enqueue(job, first: true)
    case .host(let host):
      if let time = host.dueAt, time <= now { host.dueAt = nil }
      ready(host)
    }
  }

  private func look(at host: HostQueue, at time: Double) {
    if let dueAt = host.dueAt, dueAt <= time { return }
    host.dueAt = time
    due.insert(.host(host), due: time)
  }

  // MARK: - Starting

  private func startRequests() {
    while loop.activeCount < options.transfers, !loop.pool.isFull, let host = ring.popFirst() {
      host.isInRing = false
      serve(host)
    }
  }

  /// Starts one request of a host, if it may have one now.
  private func serve(_ host: HostQueue) {
    let now = loop.now
    host.lastUsedAt = now
    while let job = nextJob(of: host) {
      let robots: HostQueue.Robots =
        options.ignoresRobots ? .known(.allowAll, until: .infinity) : host[job.url.scheme]
      // Before the pace is asked: it may be too slow for the answer to be true still.
      if case .givenUp(let until, let failure) = robots, now < until {
        _ = host.jobs.popFirst()
        fail(job, failure)
        continue
      }
      if host.pace.isGivenUp, case .at = host.pace.permission(at: now) {
        return failAll(of: host)
      }
      switch host.pace.permission(at: now) {
      case .whenOneEnds: return
      case .at(let time, let reason):
        announceWait(of: host, until: time, reason, at: now)
        return look(at: host, at: time)
      case .now: break
      }
      switch robots {
      case .asking: return
      case .unknown, .unavailable, .givenUp: return askRobots(of: host, for: job.url)
      case .known(_, let until) where now >= until: return askRobots(of: host, for: job.url)
      case .known(let rules, _):
        _ = host.jobs.popFirst()
        guard rules.allow(job.url) else {
          fail(job, Self.disallowed(job.url))
          continue
        }
        start(job, on: host)
        return ready(host)
      }
    }
  }

  private func nextJob(of host: HostQueue) -> PageJob? {
    while let job = host.jobs.peek {
      if !job.isFinished { return job }
      _ = host.jobs.popFirst()
    }
    return nil
  }

  private func start(_ job: PageJob, on host: HostQueue) {
    let now = loop.now
    host.pace.start(at: now)
    if job.startedAt == nil { job.startedAt = now }
    if job.isNewAttempt { job.attempts += 1 }
    job.isNewAttempt = true
    counters.requests += 1
    let exchange = PageExchange(job, host, self, at: now)
    job.exchange = exchange
    let isForeign = job.redirects.first.map { $0.origin != job.url.origin } ?? false
    exchange.start(
      HTTPRequest(
        job.url, headers: (isForeign ? foreignHeaders : pageHeaders) + job.conditions,
        limits: limits))
  }

  private func askRobots(of host: HostQueue, for url: WebURL) {
    let attempts =
      switch host[url.scheme] {
      case .unavailable(let attempts): attempts
      case .givenUp: options.retries
      default: 0
      }
    host.pace.start(at: loop.now)
    host[url.scheme] = .asking
    RobotsExchange(host, url.scheme, attempts: attempts + 1, self).start(at: url)
  }

  // MARK: - Ends

  /// Fails all pages that wait for a host that is given up; one without an address says so.
  func failAll(of host: HostQueue) {
    let cause = host.lastFailure
    let because = cause.map { ": \($0.message)" } ?? ""
    let failure = PageFailure(
      cause?.code == .dns ? .engine(.dns) : .hostUnreachable, isTransient: true,
      message: "\(host.name) could not be reached for a while, and is not asked any more\(because)")
    failAll(of: host, failure)
  }

  func failAll(of host: HostQueue, _ failure: PageFailure) {
    while let job = nextJob(of: host) {
      _ = host.jobs.popFirst()
      fail(job, failure)
    }
  }

  func fail(_ job: PageJob, _ failure: PageFailure) { end(job, .failed(failure)) }

  func end(_ job: PageJob, _ outcome: PageResult.Outcome, with message: PageMessage? = nil) {
    guard !job.isFinished else { return }
    job.isFinished = true
    job.exchange = nil
    jobs[job.key] = nil
    var message = message ?? PageMessage(job.id)
    let result = job.result(outcome, at: loop.now)
    message.end = result
    outbox.post(message, to: job.inbox)
    if outcome != .notStarted { counters.pages += 1 }
    guard let failure = result.failure else { return }
    counters.failedPages += 1
    keep(failure, of: job)
  }

  // MARK: - Messages

  func post(_ message: PageMessage, for job: PageJob) {
    if message.head != nil { job.hasBegun = true }
    outbox.post(message, to: job.inbox)
  }

  /// Sends the head in the next turn, if the body has not taken it along by then.
  func sendLater(_ exchange: PageExchange) { withHead.append(exchange) }

  private func announce(_ wait: PoliteWait, to job: PageJob) {
    guard wait.seconds >= 1, !job.isFinished else { return }
    var message = PageMessage(job.id)
    message.wait = wait
    outbox.post(message, to: job.inbox)
  }

  /// Tells the pages that wait for a host, once for each wait of at least a second.
  private func announceWait(
    of host: HostQueue, until time: Double, _ reason: PoliteWait.Reason, at now: Double
  ) {
    guard time - now >= 1, time > host.announcedUntil else { return }
    host.announcedUntil = time
    var wait = PoliteWait(host: host.name, reason: reason, seconds: time - now)
    switch reason {
    case .unreachable: wait.mayLeave = true
    // How often a page was asked for in vain is forgotten with the batch: the last tries are its own.
    case .pushedBack: wait.mayLeave = host.pace.pushBacks <= options.pushBackRetries
    case .delay, .retry: break
    }
    host.jobs.forEach { announce(wait, to: $0) }
  }

  private static func disallowed(_ url: WebURL) -> PageFailure {
    PageFailure(
      .robotsDisallowed,
      message:
        "robots.txt of \(url.host) does not allow this page; --ignore-robots asks all the same")
  }
}
