import BatchCore
import Testing

@Suite("Invocations of a function")
struct LambdaCallsTests {
  private func calls(_ count: Int, most: Int) -> LambdaCalls {
    var calls = LambdaCalls(most: most)
    for batch in 0..<count { calls.add(BatchIndex(batch), now: 0) }
    return calls
  }

  /// Everything that may begin now.
  private func begin(_ calls: inout LambdaCalls, now: Double) -> [Int] {
    var begun: [Int] = []
    while let batch = calls.next(now: now) { begun.append(batch.rawValue) }
    return begun
  }

  @Test("begin in the order of batches, as many at once as may be")
  func order() {
    var calls = calls(5, most: 2)
    #expect(begin(&calls, now: 0) == [0, 1])
    #expect(calls.secondsUntilNext(now: 0) == nil)
    #expect(calls.returned(BatchIndex(1), now: 3) == 3)
    calls.remove(BatchIndex(1))
    #expect(begin(&calls, now: 3) == [2])
    #expect(calls.notBegun.map(\.rawValue).sorted() == [3, 4])
  }

  @Test("that are under way at the end of a run are paid for so far")
  func end() {
    var calls = calls(3, most: 2)
    #expect(begin(&calls, now: 1) == [0, 1])
    #expect(calls.returned(BatchIndex(0), now: 3) == 2)
    #expect(calls.endAll(now: 5) == [4])
    #expect(calls.endAll(now: 6).isEmpty)
  }

  @Test("are fewer after the service has turned one away, which begins again when it says so")
  func throttled() {
    var calls = calls(10, most: 8)
    #expect(begin(&calls, now: 0).count == 8)
    for batch in 4..<8 {
      #expect(calls.returned(BatchIndex(batch), now: 0.1) != nil)
      calls.throttled(BatchIndex(batch), 2, now: 0.1)
    }
    #expect(calls.allowed < 5 && calls.allowed >= 3)
    #expect(begin(&calls, now: 1).isEmpty)
    for batch in 0..<4 {
      _ = calls.returned(BatchIndex(batch), now: 2.2)
      calls.remove(BatchIndex(batch))
    }
    #expect(begin(&calls, now: 2.2).first == 4)
  }

  @Test("grow again by one for each round without being turned away, up to the most")
  func growth() {
    var calls = calls(1, most: 6)
    for _ in 0..<20 {
      _ = calls.next(now: 0)
      _ = calls.returned(BatchIndex(0), now: 0)
      calls.throttled(BatchIndex(0), 0, now: -10)
    }
    let few = calls.allowed
    #expect(few < 2)
    for _ in 0..<100 { calls.grew() }
    #expect(calls.allowed == 6)
  }

  @Test("are repeated with growing pauses, and not for ever")
  func retries() {
    var calls = calls(1, most: 1)
    var now = 0.0
    var attempts = 0
    while calls.next(now: now) != nil {
      attempts += 1
      _ = calls.returned(BatchIndex(0), now: now)
      guard calls.retry(BatchIndex(0), now: now) else { break }
      #expect(calls.next(now: now) == nil)
      now += calls.secondsUntilNext(now: now) ?? 0
    }
    #expect(attempts == 6)
  }

  @Test("whose connection broke are remembered until their results come")
  func lost() {
    var calls = calls(2, most: 2)
    _ = begin(&calls, now: 0)
    _ = calls.returned(BatchIndex(1), now: 4)
    calls.noteLost(BatchIndex(1), "reset", now: 4)
    #expect(calls.lost.map(\.batch) == [BatchIndex(1)])
    #expect(calls.lost.first?.since == 4)
    calls.finished(BatchIndex(1))
    #expect(calls.lost.isEmpty)
    // The results of one that is still under way do not end it: its answer is to come.
    calls.finished(BatchIndex(0))
    #expect(calls.returned(BatchIndex(0), now: 9) == 9)
  }

  @Test("tell in the tail of their log what they are charged for, and their last words")
  func report() {
    let log = """
      START RequestId: 1 Version: $LATEST
      batchrun: out of ideas
      END RequestId: 1
      REPORT RequestId: 1\tDuration: 90.50 ms\tBilled Duration: 291 ms\tMemory Size: 128 MB\tMax Memory \
      Used: 30 MB\tInit Duration: 200.25 ms\t
      """
    let report = LambdaReport(logTail: base64(log))
    #expect(report.billedSeconds == 0.291)
    #expect(report.initSeconds == 0.20025)
    #expect(report.lastLine == "batchrun: out of ideas")
    #expect(LambdaReport(logTail: "no base 64 !").billedSeconds == nil)
  }

  private func base64(_ text: String) -> String {
    let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
    var result = ""
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let group = Array(bytes.prefix(3))
      let word = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
      for place in 0..<4 {
        result.append(place <= group.count ? digits[word >> (18 - 6 * place) & 63] : "=")
      }
      bytes = bytes.dropFirst(3)
    }
    return result
  }

  @Test(
    "end as what the service says they were",
    arguments: [
      (200, [:], "{}", "returned"),
      (
        200, ["x-amz-function-error": "Unhandled"],
        "{\"errorMessage\": \"x Task timed out after 3.00 seconds\"}", "timedOut"
      ),
      (
        200, ["x-amz-function-error": "Unhandled"],
        "{\"errorType\": \"Runtime.ExitError\", \"errorMessage\": \"exit status 1\"}", "died"
      ),
      (
        200, ["x-amz-function-error": "Unhandled"],
        "{\"errorType\": \"batchrun.Refused\", \"errorMessage\": \"no such task\"}", "refused"
      ),
      (
        200, ["x-amz-function-error": "Unhandled"],
        "{\"errorType\": \"batchrun.Store\", \"errorMessage\": \"full\"}", "storeLost"
      ),
      (
        429, ["x-amzn-errortype": "TooManyRequestsException", "retry-after": "7"], "{}", "throttled"
      ),
      (500, ["x-amzn-errortype": "ServiceException"], "{}", "unavailable"),
      (413, ["x-amzn-errortype": "RequestTooLargeException"], "{}", "refused"),
      (403, ["x-amzn-errortype": "AccessDeniedException"], "{}", "refused"),
    ] as [(Int, [String: String], String, String)])
  func answers(_ status: Int, _ fields: [String: String], _ body: String, _ expected: String) {
    let head = HTTPHead(status: status, fields: fields.map { ($0.key, $0.value) })
    let kinds: [Int: AWSFailure.Kind] = [429: .throttled, 500: .unreachable]
    let answer = LambdaAnswer(AWSAnswer(head: head, body: ByteBuffer(Array(body.utf8)))) {
      AWSFailure(
        kinds[status] ?? .refused, status: status,
        retryAfterSeconds: fields["retry-after"].flatMap { Double($0) }, "no")
    }
    let word =
      switch answer {
      case .returned: "returned"
      case .died: "died"
      case .storeLost: "storeLost"
      case .timedOut: "timedOut"
      case .throttled: "throttled"
      case .unavailable: "unavailable"
      case .connectionLost: "connectionLost"
      case .refused: "refused"
      }
    #expect(word == expected)
    if case .throttled(let seconds) = answer { #expect(seconds == 7) }
  }
}
