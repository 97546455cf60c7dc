internal import BatchCore

/// One page on its way: where it has been, how often it was tried, and who waits for it.
final class PageJob {
  let id: PageID
  let inbox: PageInbox
  /// The address asked for.
  let origin: WebURL
  /// The address to ask next, after redirects.
  var url: WebURL
  var redirects: [WebURL] = []
  var status: Int?
  /// Attempts that have been started; the steps of a redirect belong to one.
  var attempts = 0
  var retries = 0
  var pushBacks = 0
  /// How often there was no connection to ask for it.
  var hostFailures = 0
  /// Whether the next request begins an attempt, and is no step of a redirect.
  var isNewAttempt = true
  var startedAt: Double?
  var bodyBytes = 0
  var wireBytes = 0
  var isFinished = false
  /// Whether its reader has got a head.
  var hasBegun = false
  var exchange: PageExchange?
  /// What the cache holds of the page.
  var cached: CachedPage?

  /// Header lines that ask for the page only if it has changed.
  var conditions: [String] {
    guard let cached, cached.url.text == url.text else { return [] }
    return cached.conditions
  }

  init(_ request: PageRequest, _ inbox: PageInbox) {
    id = request.id
    self.inbox = inbox
    origin = request.url
    url = request.url
  }

  /// Where redirects have led a page that was given back before it came.
  struct Waypoint {
    fileprivate let url: WebURL
    fileprivate let redirects: [WebURL]
    fileprivate let attempts: Int
    fileprivate let pushBacks: Int
    fileprivate let isNewAttempt: Bool
  }

  /// Nil when no redirect has been followed: then nothing is lost by beginning anew.
  var waypoint: Waypoint? {
    guard !redirects.isEmpty else { return nil }
    return Waypoint(
      url: url, redirects: redirects, attempts: attempts, pushBacks: pushBacks,
      isNewAttempt: isNewAttempt)
  }

  /// Goes on from where an earlier job for the same page had come, so that no step is asked for twice.
  func goOn(from waypoint: Waypoint) {
    (url, redirects) = (waypoint.url, waypoint.redirects)
    (attempts, pushBacks) = (waypoint.attempts, waypoint.pushBacks)
    isNewAttempt = waypoint.isNewAttempt
  }

  func result(_ outcome: PageResult.Outcome, at now: Double) -> PageResult {
    PageResult(
      outcome: outcome, status: status, url: url, redirects: redirects, attempts: attempts,
      bodyBytes: bodyBytes, wireBytes: wireBytes,
      elapsedSeconds: startedAt.map { now - $0 } ?? 0)
  }

  struct Key: Hashable {
    let inbox: ObjectIdentifier
    let id: PageID
  }

  var key: Key { Key(inbox: ObjectIdentifier(inbox), id: id) }
}
