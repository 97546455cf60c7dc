/// Why a service did not do what it was asked for.
package struct AWSFailure: Error, Sendable, Equatable, CustomStringConvertible {
  package enum Kind: Sendable, Equatable {
    /// There are no credentials, or they are not valid, or no longer.
    case credentials
    /// The clock of this machine is wrong.
    case clock
    /// What was asked for is in another region.
    case region
    case denied
    case notFound
    case full
    /// The service asks for fewer requests.
    case throttled
    /// No answer, or half of one, or one that says that the service is out of order.
    case unreachable
    case refused
  }

  package let kind: Kind
  /// The HTTP status of the answer; zero when there was none.
  package let status: Int
  /// The service's own word, such as `NoSuchBucket`; empty when there was none.
  package let code: String
  /// Whether the same request may succeed later.
  package let isTransient: Bool
  /// After how many seconds the service wants to be asked again, if it says so.
  package let retryAfterSeconds: Double?
  /// The region that has it, for `region`, if the service says so.
  package let region: String?
  /// A sentence that names the service and the cure, and never a key, a token or a signature.
  package let message: String

  package init(
    _ kind: Kind, status: Int = 0, code: String = "", isTransient: Bool? = nil,
    retryAfterSeconds: Double? = nil, region: String? = nil, _ message: String
  ) {
    self.kind = kind
    self.status = status
    self.code = code
    self.isTransient = isTransient ?? (kind == .throttled || kind == .unreachable)
    self.retryAfterSeconds = retryAfterSeconds
    self.region = region
    self.message = message
  }

  package var description: String { message }
}
