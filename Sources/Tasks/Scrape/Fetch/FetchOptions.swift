package import BatchCore

/// How pages are fetched; one for each process.
package struct FetchOptions: Sendable, Equatable {
  // MARK: - Who asks

  /// The whole `User-Agent`; nil gives `batchrun/VERSION`, with the contact in parentheses.
  package var userAgent: String?
  /// An address or page where the owner of a site reaches who runs this.
  package var contact: String?
  /// Whole header lines that every request for a page carries; never in messages.
  package var headers: [String] = []
  package var proxy = HTTPSettings.Proxy.environment
  /// Refuses addresses that are not public, `file`, and a proxy, behind which nothing can be checked.
  package var publicOnly = false
  /// Certificates to trust instead of the system's, a path.
  package var certificatesPath: String?

  // MARK: - Limits of one page

  /// Seconds for one attempt, from its start to the last byte.
  package var timeoutSeconds = 30.0
  package var connectSeconds = 10.0
  /// A body that brings fewer than `slowestBytes` in so many seconds is given up.
  package var stallSeconds = 10.0
  package var slowestBytes = 256
  /// The longest body, in bytes after decompression.
  package var bodyBytes = 10_000_000
  package var redirects = 10

  // MARK: - Politeness

  /// Requests to one host at the same time.
  package var perHost = 2
  /// Seconds between the starts of two requests to one host; zero is none. A longer crawl-delay of
  /// robots.txt wins.
  package var delaySeconds = 0.0
  /// The longest crawl-delay that is followed, in seconds; longer ones count as this.
  package var longestCrawlDelaySeconds = 30.0
  /// After so many seconds robots.txt is asked for again (RFC 9309, 2.4).
  package var robotsLifeSeconds = 86_400.0
  /// Requests at the same time, to all hosts together.
  package var transfers = 256
  /// Whether robots.txt is neither asked for nor followed.
  package var ignoresRobots = false

  // MARK: - Attempts

  /// How often a page is tried again after a failure of its own that may pass, such as a 500.
  package var retries = 2
  /// How often a page is asked for again after the server said 429 or 503.
  package var pushBackRetries = 10
  /// Seconds before the first repetition; each further one waits twice as long.
  package var firstWaitSeconds = 0.5
  /// The longest wait between two attempts, in seconds. A server that asks for more with Retry-After
  /// is not asked again: its pages fail as transient.
  package var longestWaitSeconds = 120.0
  /// After so many seconds without a connection a host is given up, its pages failing as
  /// `host_unreachable`.
  package var unreachableSeconds = 60.0

  // MARK: - Cache

  /// The folder that keeps pages for later runs; nil keeps none.
  package var cachePath: String?
  /// Answers from the cache alone, without the network.
  package var isOffline = false

  package init() {}

  /// The `User-Agent` that is sent.
  package var fullUserAgent: String {
    if let userAgent { return userAgent }
    let name = "batchrun/\(ProgramVersion.current)"
    return contact.map { "\(name) (+\($0))" } ?? name
  }

  /// The header lines of requests for pages.
  var pageHeaders: [String] {
    let names = headers.map { $0.prefix { $0 != ":" }.lowercased() }
    let accept = "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
    return (names.contains("accept") ? [] : [accept]) + headers
  }

  /// Those of a page that a redirect has led to another origin: lines of the user's, which may hold a
  /// token, are for the place that he named.
  var foreignHeaders: [String] {
    var plain = self
    plain.headers = []
    return plain.pageHeaders
  }

  /// The name that rules in robots.txt are looked up by: what the `User-Agent` begins with.
  var productToken: String {
    let token = fullUserAgent.prefix { $0.isASCII && ($0.isLetter || $0 == "-" || $0 == "_") }
    return token.isEmpty ? "batchrun" : String(token)
  }

  /// Why these options contradict each other, as a sentence; nil when they do not.
  package var contradiction: String? {
    if publicOnly, case .server = proxy {
      return "--public-only cannot check what lies behind a proxy; leave out one of the two"
    }
    if isOffline, cachePath == nil {
      return "--offline answers from a cache; name its folder with --cache"
    }
    return nil
  }

  var settings: HTTPSettings {
    var settings = HTTPSettings()
    settings.userAgent = fullUserAgent
    settings.proxy = publicOnly ? .none : proxy
    settings.publicOnly = publicOnly
    settings.certificatesPath = certificatesPath
    settings.unreadBytes = 8 << 20
    settings.keptConnections = max(64, transfers * 2)
    return settings
  }

  var limits: HTTPLimits {
    var limits = HTTPLimits()
    limits.connectSeconds = connectSeconds
    limits.totalSeconds = timeoutSeconds
    limits.stallSeconds = stallSeconds
    limits.slowestBytes = slowestBytes
    limits.bodyBytes = bodyBytes
    return limits
  }
}
