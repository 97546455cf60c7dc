internal import FoundationEssentials

/// What an invocation came to, as far as the service tells; the results themselves are in the store.
package enum LambdaAnswer: Sendable, Equatable {
  /// The function returned.
  case returned(LambdaReport)
  /// The function ended in another way: a sentence.
  case died(String, LambdaReport)
  /// The function could not use the store; none of its items is to blame: a sentence.
  case storeLost(String, LambdaReport)
  /// The service ended the function at its time limit.
  case timedOut(LambdaReport)
  /// Too many at once; to be asked again after so many seconds, if the service says so.
  case throttled(seconds: Double?)
  /// The service is out of order, or the connection broke before the function began.
  case unavailable(String)
  /// The connection broke, and the function may go on.
  case connectionLost(String)
  /// It will never work: a sentence.
  case refused(String)

  package init(_ answer: AWSAnswer, failure: () -> AWSFailure) {
    let report = LambdaReport(logTail: answer.head.value(of: "x-amz-log-result") ?? "")
    guard 200...299 ~= answer.status else {
      let failure = failure()
      switch failure.kind {
      case .throttled: self = .throttled(seconds: failure.retryAfterSeconds)
      case .unreachable: self = .unavailable(failure.message)
      default: self = .refused(failure.message)
      }
      return
    }
    guard answer.head.value(of: "x-amz-function-error") != nil else {
      self = .returned(report)
      return
    }
    let error = Self.error(answer.body)
    guard error.type != Self.refusal else {
      self = .refused(error.message)
      return
    }
    guard error.type != Self.storeFault else {
      self = .storeLost("the function could not use the bucket: \(error.message)", report)
      return
    }
    self =
      error.type.contains("Timedout") || error.message.contains("Task timed out")
      ? .timedOut(report) : .died(Self.sentence(error, report), report)
  }

  package init(_ failure: HTTPFailure) {
    switch failure.code {
    case .dns, .refused, .unreachable, .connectTimeout, .tls, .proxy:
      self = failure.isTransient ? .unavailable(failure.message) : .refused(failure.message)
    default: self = .connectionLost(failure.message)
    }
  }

  /// The type of the errors with which a worker says that it can do nothing of the run.
  static let refusal = "batchrun.Refused"
  /// Of those with which it says that the store does not work.
  static let storeFault = "batchrun.Store"

  private struct FunctionError: Decodable {
    var errorType: String?
    var errorMessage: String?
  }

  private static func error(_ body: ByteBuffer) -> (type: String, message: String) {
    let data = unsafe body.withBytes { unsafe Data($0) }
    let error = try? JSONDecoder().decode(FunctionError.self, from: data)
    return (error?.errorType ?? "", error?.errorMessage ?? "")
  }

  private static func sentence(
    _ error: (type: String, message: String), _ report: LambdaReport
  ) -> String {
    let isMemory = error.message.contains("signal: killed") || error.type.contains("OutOfMemory")
    let what = error.message.isEmpty ? error.type : error.message
    let cure = isMemory ? "; it may need more memory than the function has" : ""
    return "the function failed: \(what)\(cure)\(report.lastLine.map { ": \($0)" } ?? "")"
  }
}

/// What the service says of an invocation at the end of its log.
package struct LambdaReport: Sendable, Equatable {
  /// What is charged, in seconds; nil when the service does not say.
  package var billedSeconds: Double?
  /// How long the environment took to start, in seconds; nil for one that was there.
  package var initSeconds: Double?
  /// The last line that the function itself wrote.
  package var lastLine: String?

  package init() {}

  /// - Parameter logTail: The last lines of the log in Base64, as `X-Amz-Log-Result` has them.
  package init(logTail: String) {
    guard let data = Data(base64Encoded: logTail) else { return }
    for line in String(decoding: data, as: UTF8.self).split(whereSeparator: \.isNewline) {
      if line.hasPrefix("REPORT ") {
        billedSeconds = Self.milliseconds("Billed Duration: ", in: line)
        initSeconds = Self.milliseconds("Init Duration: ", in: line)
      } else if !["START ", "END ", "INIT_START ", "XRAY "].contains(where: { line.hasPrefix($0) })
      {
        lastLine = String(line.prefix(300))
      }
    }
  }

  private static func milliseconds(_ name: String, in line: Substring) -> Double? {
    guard let range = line.firstRange(of: name) else { return nil }
    return Double(line[range.upperBound...].prefix { $0.isNumber || $0 == "." }).map { $0 / 1000 }
  }
}
