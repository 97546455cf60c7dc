internal import BatchCore

// What becomes of a page that has not simply been answered.

extension FetchDriver {
  /// Sends a page on to where its server says it is.
  func redirect(_ job: PageJob, to location: String) {
    counters.redirects += 1
    guard job.redirects.count < options.redirects else {
      return fail(
        job,
        PageFailure(
          .tooManyRedirects,
          message: "\(job.origin.host) redirects more than \(options.redirects) times"))
    }
    let target: WebURL
    do {
      target = try job.url.resolving(location)
    } catch {
      return fail(
        job, PageFailure(.badRedirect, message: "\(job.url.host) redirects to no address: \(error)")
      )
    }
    guard target.scheme != .file else {
      return fail(
        job,
        PageFailure(.forbiddenScheme, message: "\(job.url.host) redirects to a file"))
    }
    guard target != job.url, !job.redirects.contains(target) else {
      return fail(
        job, PageFailure(.redirectLoop, message: "\(job.url.host) redirects in a circle"))
    }
    job.redirects.append(job.url)
    job.url = target
    job.isNewAttempt = false
    enqueue(job, first: true)
  }

  /// Asks again when the host allows, or gives the page up.
  func pushedBack(_ job: PageJob, _ head: HTTPHead) {
    let failure = PageFailure.status(head.status, host: job.url.host)
    let wait = RetryAfter.seconds(in: head) ?? 0
    guard wait <= options.longestWaitSeconds else {
      return fail(
        job,
        PageFailure(
          failure.code, isTransient: true,
          message: "\(failure.message), and asks to wait for \(Int(wait)) s"))
    }
    guard job.pushBacks < options.pushBackRetries else { return fail(job, failure) }
    job.pushBacks += 1
    counters.retries += 1
    enqueue(job, first: true)
  }

  /// Tries a page again that failed by itself, if that may help.
  func failed(_ job: PageJob, _ failure: PageFailure) {
    guard failure.isTransient, job.retries < options.retries else { return fail(job, failure) }
    let wait = options.firstWaitSeconds * Double(1 << min(job.retries, 20))
    job.retries += 1
    counters.retries += 1
    enqueue(job, after: min(wait, options.longestWaitSeconds))
  }

  /// Keeps a page whose host cannot be reached until it can be, or is given up.
  func unreachable(_ job: PageJob, _ host: HostQueue, _ failure: HTTPFailure, startedAt: Double) {
    host.lastFailure = failure
    let isGivenUp = host.pace.failed(
      at: loop.now, startedAt: startedAt, isName: failure.code == .dns)
    job.hostFailures += 1
    // A host that answers others but never this page.
    let isHopeless = job.hostFailures > max(options.retries, 1) * 10
    // A server that breaks off on one page does so for the page, as far as anyone can tell.
    let isOfPage = failure.code == .reset && job.hostFailures > options.retries
    if isGivenUp || isHopeless || isOfPage || !failure.isTransient {
      fail(job, PageFailure(failure))
      if isGivenUp { failAll(of: host) }
    } else {
      counters.retries += 1
      enqueue(job, first: true)
    }
  }
}
