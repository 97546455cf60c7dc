/// One exchange with a server: what is sent, and how long and large the answer may be.
package struct HTTPRequest: Sendable {
  package enum Method: String, Sendable {
    case get = "GET"
    case head = "HEAD"
    case post = "POST"
    case put = "PUT"
    case delete = "DELETE"
  }

  package var method: Method
  package var url: WebURL
  /// Whole header lines, such as `Accept: text/html`; they appear in no message.
  package var headers: [String]
  /// Sent with `post` and `put`; not changed until the exchange has ended.
  package var body: ByteBuffer?
  package var limits: HTTPLimits

  package init(
    _ url: WebURL, method: Method = .get, headers: [String] = [], body: ByteBuffer? = nil,
    limits: HTTPLimits = HTTPLimits()
  ) {
    self.method = method
    self.url = url
    self.headers = headers
    self.body = body
    self.limits = limits
  }
}

/// How long and how large one exchange may be.
package struct HTTPLimits: Sendable, Equatable {
  /// For name, connection and TLS handshake together, in seconds.
  package var connectSeconds = 10.0
  /// For the whole exchange, in seconds; time for which a slow reader held it up does not count.
  package var totalSeconds = 30.0
  /// Once the head is there, at least `slowestBytes` must come in every `stallSeconds`.
  package var stallSeconds = 10.0
  /// Whether that holds for the head as well, of an answer that takes no time to make.
  package var stallsBeforeHead = false
  package var slowestBytes = 256
  /// The most bytes of a body, after decompression.
  package var bodyBytes = 10_000_000

  package init() {}
}

/// What all exchanges of an engine have in common.
package struct HTTPSettings: Sendable {
  package enum Proxy: Sendable, Equatable {
    /// What `http_proxy`, `https_proxy` and `no_proxy` say, as curl does.
    case environment
    case none
    /// An address that libcurl understands, which may hold a password.
    case server(String)
  }

  package var userAgent = "batchrun/\(ProgramVersion.current)"
  package var proxy = Proxy.environment
  /// Whether connections to addresses that are not public are refused; see ``PublicAddress``.
  package var publicOnly = false
  /// A file of certificates to trust instead of the system's; for tests and private services.
  package var certificatesPath: String?
  /// Bytes of bodies that were received and not yet released, for all exchanges together.
  package var unreadBytes = 32 << 20
  /// The same for one exchange.
  package var unreadBytesOfOne = 256 << 10
  /// Connections that are kept open for later exchanges.
  package var keptConnections = 512

  package init() {}
}
