internal import CCurl
internal import Glibc

/// What libcurl says about an exchange that failed, and what it means.
struct CurlResult {
  let code: CURLcode
  /// The error number of the system call that failed; zero when there was none.
  let systemError: Int32
  let hasHead: Bool
  /// libcurl's own words.
  let detail: String

  var failureCode: HTTPFailure.Code {
    switch code {
    case CURLE_COULDNT_RESOLVE_HOST: .dns
    case CURLE_COULDNT_RESOLVE_PROXY, CURLE_PROXY: .proxy
    case CURLE_COULDNT_CONNECT: connectFailure
    case CURLE_OPERATION_TIMEDOUT: hasHead ? .timeout : .connectTimeout
    case CURLE_SSL_CONNECT_ERROR where systemError == ECONNRESET || detail.contains("SYSCALL"):
      .reset
    case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM,
      CURLE_SSL_CIPHER, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ISSUER_ERROR, CURLE_USE_SSL_FAILED,
      CURLE_SSL_INVALIDCERTSTATUS, CURLE_SSL_ENGINE_NOTFOUND:
      .tls
    case CURLE_PARTIAL_FILE: .partialBody
    // What is handed over is always taken, or the transfer has a failure of its own: what cannot be
    // written is what the decoder of a body refuses, such as bytes behind its end.
    case CURLE_BAD_CONTENT_ENCODING, CURLE_WRITE_ERROR: .badEncoding
    case CURLE_RECV_ERROR where detail.contains("chunk"): .badResponse
    case CURLE_GOT_NOTHING, CURLE_SEND_ERROR, CURLE_RECV_ERROR: hasHead ? .partialBody : .reset
    case CURLE_HTTP2, CURLE_HTTP2_STREAM: hasHead ? .partialBody : .badResponse
    case CURLE_ABORTED_BY_CALLBACK: .aborted
    default: .badResponse
    }
  }

  private var connectFailure: HTTPFailure.Code {
    switch systemError {
    case ENETUNREACH, EHOSTUNREACH, EADDRNOTAVAIL: .unreachable
    case ETIMEDOUT: .connectTimeout
    default: .refused
    }
  }

  /// libcurl's words where they say more than the code, and never name what is secret.
  var safeDetail: String? {
    switch failureCode {
    case .tls, .badResponse, .badEncoding: detail.isEmpty ? nil : detail
    default: nil
    }
  }
}

extension HTTPFailure.Code {
  /// Says what happened to `request`, without credentials.
  func sentence(request: HTTPRequest, detail: String?) -> String {
    let host = request.url.host
    let because = detail.map { ": \($0)" } ?? ""
    let limits = request.limits
    return switch self {
    case .dns: "the name \(host) has no address, or the name servers do not answer"
    case .refused: "\(host) refuses connections to port \(request.url.port)"
    case .unreachable: "there is no way through the network to \(host)"
    case .connectTimeout: "\(host) did not accept a connection in \(limits.connectSeconds) s"
    case .reset: "\(host) closed the connection without an answer"
    case .tls: "there is no secure connection to \(host)\(because)"
    case .timeout: "\(host) did not answer completely in \(limits.totalSeconds) s"
    case .stalled:
      "\(host) sent less than \(limits.slowestBytes) bytes in \(limits.stallSeconds) s"
    case .tooLarge: "the body is larger than \(limits.bodyBytes) bytes"
    case .badEncoding: "the compressed body is damaged\(because)"
    case .partialBody: "\(host) closed the connection in the middle of the body"
    case .badResponse: "what \(host) sent is not HTTP\(because)"
    case .forbiddenAddress: "\(host) has no public address, and only those are allowed"
    case .proxy: "the proxy cannot be used"
    case .aborted: "the request was given up"
    }
  }
}
