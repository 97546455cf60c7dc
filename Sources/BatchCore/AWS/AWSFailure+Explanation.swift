// What services say, in words that name the thing and the cure.

/// What a failure is explained with.
struct AWSContext {
  /// The host that was asked.
  var host: String
  var credentials: AWSCredentials
  /// The time of this machine, in seconds since 1970.
  var now: Int
}

extension AWSFailure {
  /// An answer that is none of those that were hoped for.
  init(_ answer: AWSAnswer, _ context: AWSContext) {
    let fault = answer.fault
    let kind = Self.kind(status: answer.status, fault: fault)
    self.init(
      kind, status: answer.status, code: fault.code,
      retryAfterSeconds: answer.head.value(of: "retry-after").flatMap { Double($0) },
      region: kind == .region ? fault.region : nil,
      Self.sentence(kind, answer, fault, context))
  }

  /// No answer.
  init(_ failure: HTTPFailure) {
    let cure =
      failure.code == .tls
      ? "see AWS_CA_BUNDLE, or the endpoint"
      : "see whether the network and the endpoint are all right"
    self.init(
      .unreachable, isTransient: failure.isTransient, "\(failure.message); \(cure)")
  }

  // MARK: - Kinds

  private static func kind(status: Int, fault: AWSAnswer.Fault) -> Kind {
    if let kind = kinds[fault.code] {
      // A signature that fails for its age says so only in its message.
      let isOld = ["Signature expired", "Signature not yet current"].contains {
        fault.message.hasPrefix($0)
      }
      return isOld ? .clock : kind
    }
    switch status {
    case 301, 307, 308: return .region
    case 401: return .credentials
    case 403: return .denied
    case 404: return .notFound
    case 429, 503: return .throttled
    case 408, 500, 502, 504: return .unreachable
    case 507: return .full
    default: return .refused
    }
  }

  private static let kinds: [String: Kind] = {
    let words: [(Kind, [String])] = [
      (
        .credentials,
        [
          "InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken", "ExpiredTokenException",
          "TokenRefreshRequired", "InvalidToken", "InvalidClientTokenId", "NotSignedUp",
          "UnrecognizedClientException", "InvalidSignatureException", "IncompleteSignature",
          "MissingAuthenticationToken", "MissingAuthenticationTokenException",
          "InvalidSecurity", "ExpiredTokenError",
        ]
      ),
      (.clock, ["RequestTimeTooSkewed", "RequestExpired", "RequestInTheFuture"]),
      (
        .region,
        [
          "PermanentRedirect", "AuthorizationHeaderMalformed", "TemporaryRedirect", "Redirect",
          "IllegalLocationConstraintException",
        ]
      ),
      (.denied, ["AccessDenied", "AccessDeniedException", "AllAccessDisabled", "AccountProblem"]),
      (.notFound, ["NoSuchBucket", "NoSuchKey", "NoSuchUpload", "ResourceNotFoundException"]),
      (.full, ["QuotaExceeded", "XMinioStorageFull", "StorageFull"]),
      (
        .throttled,
        [
          "SlowDown", "ServiceUnavailable", "Throttling", "ThrottlingException",
          "TooManyRequestsException", "RequestLimitExceeded", "RequestThrottled",
          "BandwidthLimitExceeded",
          "ThrottledException", "OperationAborted", "ConditionalRequestConflict",
          "ResourceConflictException", "EC2ThrottledException",
        ]
      ),
      (
        .unreachable,
        [
          "InternalError", "InternalFailure", "ServiceException", "RequestTimeout",
          "RequestTimeoutException", "BadDigest", "IncompleteBody", "XAmzContentSHA256Mismatch",
        ]
      ),
    ]
    return Dictionary(
      words.flatMap { kind, codes in codes.map { ($0, kind) } }, uniquingKeysWith: { $1 })
  }()

  /// Whether other credentials of the same source may do.
  var concernsExpiry: Bool {
    ["ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired", "InvalidToken"].contains(code)
  }

  // MARK: - Sentences

  private static func sentence(
    _ kind: Kind, _ answer: AWSAnswer, _ fault: AWSAnswer.Fault, _ context: AWSContext
  ) -> String {
    let host = context.host
    let source = context.credentials.source
    let word = fault.code.isEmpty ? "status \(answer.status)" : fault.code
    switch kind {
    case .credentials: return credentials(fault, host: host, source: source)
    case .clock: return clock(answer, context)
    case .region:
      let other = fault.region.map { " in the region \($0)" } ?? " in another region"
      return "the bucket is\(other), says \(host) (\(word)); set AWS_REGION to it"
    case .denied:
      return "\(host) denies it to the credentials from \(source) (\(word)); "
        + "see which actions their policy allows"
    case .notFound:
      return fault.code == "NoSuchBucket"
        ? "\(host) knows no bucket of that name; make it first, or see its spelling"
        : "\(host) does not have it (\(word))"
    case .full:
      return "there is no room left at \(host) (\(word)); remove something, or raise the quota"
    case .throttled: return "\(host) asks for fewer requests (\(word)); run again later"
    case .unreachable: return "\(host) is out of order (\(word)); run again later"
    case .refused:
      let message = context.credentials.concealing(String(fault.message.prefix(300)))
        .filter { !$0.unicodeScalars.contains { $0.isControl } }
      return "\(host) refuses it (\(word)\(message.isEmpty ? "" : ": \(message)"))"
    }
  }

  private static func credentials(
    _ fault: AWSAnswer.Fault, host: String, source: String
  ) -> String {
    switch fault.code {
    case "ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired", "ExpiredTokenError":
      "the session token from \(source) has expired; sign in again and run the same command"
    case "SignatureDoesNotMatch", "InvalidSignatureException":
      "the secret key from \(source) is not that of its access key, says \(host) (\(fault.code)); "
        + "copy it again"
    case "InvalidToken":
      "the session token from \(source) is not valid, says \(host); unset AWS_SESSION_TOKEN, "
        + "or sign in again"
    case "InvalidAccessKeyId", "InvalidClientTokenId", "UnrecognizedClientException":
      "\(host) does not know the access key from \(source) (\(fault.code)); "
        + "see whether it is of another service or was removed"
    default:
      "\(host) does not accept the credentials from \(source)"
        + "\(fault.code.isEmpty ? "" : " (\(fault.code))"); sign in again, or make new ones"
    }
  }

  private static func clock(_ answer: AWSAnswer, _ context: AWSContext) -> String {
    let difference = answer.head.value(of: "date").flatMap { AWSClock.seconds(httpDate: $0) }
      .map { context.now - $0 }
    let amount = difference.map { seconds in
      let minutes = (abs(seconds) + 30) / 60
      return " \(minutes) \(minutes == 1 ? "minute" : "minutes") \(seconds < 0 ? "slow" : "fast")"
    }
    return "the clock of this machine is\(amount ?? " wrong") by that of \(context.host); "
      + "set it (timedatectl set-ntp true) and run the same command"
  }
}
