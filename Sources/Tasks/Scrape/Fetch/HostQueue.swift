internal import BatchCore

/// The pages that wait for one host, and what is known about it.
///
/// A host is a name and a port, where 80 and 443 count as one: the same machine serves both.
final class HostQueue {
  enum Robots {
    case unknown
    case asking
    /// Until then; after that it is asked for again.
    case known(RobotsRules, until: Double)
    /// It could not be had, and nothing may be asked for until it can (RFC 9309, 2.3.1.4).
    case unavailable(attempts: Int)
    /// It could not be had in all attempts: pages fail at once until that time, then it is asked again.
    case givenUp(until: Double, PageFailure)
  }

  let name: String
  var pace: HostPace
  var jobs = Fifo<PageJob>()
  /// Rules are per origin: with and without TLS.
  var robots: (plain: Robots, secure: Robots) = (.unknown, .unknown)
  /// Whether it is in the ring of hosts that may have something to start.
  var isInRing = false
  /// When it is next looked at because time passes; nil when nothing is planned.
  var dueAt: Double?
  var lastUsedAt = -Double.infinity
  /// Why there was no connection the last time.
  var lastFailure: HTTPFailure?
  /// The end of the wait that the waiting pages have been told of.
  var announcedUntil = -Double.infinity

  init(_ name: String, _ policy: HostPace.Policy) {
    self.name = name
    pace = HostPace(policy)
  }

  static func name(of url: WebURL) -> String {
    let host = url.host.contains(":") ? "[\(url.host)]" : url.host
    return url.port == 80 || url.port == 443 ? host : "\(host):\(url.port)"
  }

  subscript(scheme: WebURL.Scheme) -> Robots {
    get { scheme == .https ? robots.secure : robots.plain }
    set { if scheme == .https { robots.secure = newValue } else { robots.plain = newValue } }
  }

  var isIdle: Bool { jobs.isEmpty && pace.active == 0 && !isInRing && dueAt == nil }
}
