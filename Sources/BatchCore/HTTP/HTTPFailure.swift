/// Why an exchange has no complete answer.
package struct HTTPFailure: Error, Sendable, Equatable {
  /// A stable word that scripts may test for.
  package enum Code: String, Sendable, CaseIterable {
    /// The host's name has no address, or the name servers do not answer.
    case dns = "dns_failed"
    case refused = "connection_refused"
    case unreachable = "network_unreachable"
    case connectTimeout = "connect_timeout"
    /// The connection broke before the head of the answer.
    case reset = "connection_reset"
    /// The certificate is not trusted, or there is no secure connection to be had.
    case tls = "tls_failed"
    /// The whole exchange took longer than it may.
    case timeout = "timeout"
    /// The body came too slowly, or not at all.
    case stalled = "stalled"
    case tooLarge = "too_large"
    /// The compressed body is damaged.
    case badEncoding = "bad_encoding"
    /// The body ended before its time.
    case partialBody = "partial_body"
    /// What came is not HTTP.
    case badResponse = "bad_response"
    /// The address is not public, and only public ones are allowed.
    case forbiddenAddress = "forbidden_address"
    case proxy = "proxy_failed"
    /// Given up by whoever asked.
    case aborted = "aborted"
  }

  package let code: Code
  /// Whether the same request may succeed later.
  package let isTransient: Bool
  /// A sentence that names host and cause, without credentials.
  package let message: String

  package init(_ code: Code, isTransient: Bool? = nil, message: String) {
    self.code = code
    self.isTransient = isTransient ?? code.isUsuallyTransient
    self.message = message
  }
}

extension HTTPFailure.Code {
  package var isUsuallyTransient: Bool {
    switch self {
    case .dns, .refused, .unreachable, .connectTimeout, .reset, .timeout, .stalled, .partialBody,
      .badResponse, .proxy, .aborted:
      true
    case .tls, .tooLarge, .badEncoding, .forbiddenAddress: false
    }
  }

  /// Whether the server could not be reached at all, so that asking for another page is no use.
  package var concernsHost: Bool {
    switch self {
    case .dns, .refused, .unreachable, .connectTimeout, .reset, .proxy: true
    default: false
    }
  }
}
