internal import BatchCore

/// Why a page could not be fetched.
package struct PageFailure: Error, Sendable, Equatable {
  /// A stable word that scripts may test for: those here, those of the HTTP engine, and `http_404`
  /// and the like.
  package struct Code: RawRepresentable, Hashable, Sendable {
    package let rawValue: String
    package init(rawValue: String) { self.rawValue = rawValue }

    package static let robotsDisallowed = Code(rawValue: "robots_disallowed")
    /// robots.txt answers with server errors, which means that nothing may be asked for (RFC 9309).
    package static let robotsUnavailable = Code(rawValue: "robots_unavailable")
    package static let hostUnreachable = Code(rawValue: "host_unreachable")
    package static let redirectLoop = Code(rawValue: "redirect_loop")
    package static let tooManyRedirects = Code(rawValue: "too_many_redirects")
    package static let badRedirect = Code(rawValue: "bad_redirect")
    package static let forbiddenScheme = Code(rawValue: "forbidden_scheme")
    package static let tooLarge = Code(rawValue: "too_large")
    package static let notInCache = Code(rawValue: "not_in_cache")
    package static let fileNotFound = Code(rawValue: "file_not_found")
    package static let fileUnreadable = Code(rawValue: "file_unreadable")

    package static func status(_ status: Int) -> Code { Code(rawValue: "http_\(status)") }
    static func engine(_ code: HTTPFailure.Code) -> Code { Code(rawValue: code.rawValue) }
  }

  package let code: Code
  /// Whether the page may be there later.
  package let isTransient: Bool
  package let message: String

  init(_ code: Code, isTransient: Bool = false, message: String) {
    self.code = code
    self.isTransient = isTransient
    self.message = message
  }

  init(_ failure: HTTPFailure) {
    self.init(.engine(failure.code), isTransient: failure.isTransient, message: failure.message)
  }

  /// A status that is a failure.
  static func status(_ status: Int, host: String) -> PageFailure {
    PageFailure(
      .status(status), isTransient: HTTPStatus.isTransient(status),
      message: "\(host) answered with status \(status)")
  }
}

/// What a status means for fetching.
enum HTTPStatus {
  /// The server asks to be left alone for a while.
  static func isPushBack(_ status: Int) -> Bool { status == 429 || status == 503 }

  static func isRedirect(_ status: Int) -> Bool {
    [301, 302, 303, 307, 308].contains(status)
  }

  static func isTransient(_ status: Int) -> Bool {
    switch status {
    case 408, 425, 429, 500, 502, 503, 504, 520...527, 529: true
    default: false
    }
  }
}
