import BatchCore
import Scrape
import Testing

@Suite("The pace of a host")
struct HostPaceTests {
  private static func pace(atOnce: Int = 8, delay: Double = 0) -> HostPace {
    HostPace(
      HostPace.Policy(
        mostAtOnce: atOnce, delaySeconds: delay, firstWaitSeconds: 1, longestWaitSeconds: 60,
        unreachableSeconds: 30))
  }

  @Test("allows as many requests at once as it was told")
  func atOnce() {
    var pace = Self.pace(atOnce: 2)
    pace.start(at: 0)
    #expect(pace.permission(at: 0) == .now)
    pace.start(at: 0)
    #expect(pace.permission(at: 0) == .whenOneEnds)
    pace.end()
    #expect(pace.permission(at: 0) == .now)
  }

  @Test("keeps the longer of its delays between starts")
  func delay() {
    var pace = Self.pace(delay: 1)
    pace.slow(toDelay: 3)
    pace.slow(toDelay: 2)
    pace.start(at: 10)
    #expect(pace.permission(at: 10) == .at(13, .delay))
    #expect(pace.permission(at: 13) == .now)
  }

  @Test("is halved once for all answers to one burst, and grows by one in a round")
  func additiveIncrease() {
    var pace = Self.pace()
    for _ in 0..<8 { pace.start(at: 0) }
    for _ in 0..<8 {
      pace.pushedBack(at: 1, startedAt: 0, retryAfter: nil)
      pace.end()
    }
    #expect(pace.atOnce == 4)
    #expect(pace.permission(at: 1.5) == .at(2, .pushedBack))
    pace.pushedBack(at: 3, startedAt: 2, retryAfter: nil)
    #expect(pace.atOnce == 2)
    #expect(pace.permission(at: 3) == .at(5, .pushedBack), "the second wait is twice as long")
    for _ in 0..<3 { pace.answered() }
    #expect(pace.atOnce == 3)
    for _ in 0..<100 { pace.answered() }
    #expect(pace.atOnce == 8)
  }

  @Test("goes on in another process where it was, waits and slowness included")
  func travels() {
    var pace = Self.pace(delay: 2)
    pace.slow(toDelay: 5)
    pace.start(at: 100)
    pace.pushedBack(at: 101, startedAt: 100, retryAfter: 30)
    let memory = pace.memory(at: 103)
    var there = Self.pace(delay: 2)
    // The clock of the other process says 7, and a second has passed on the way.
    there.recall(memory, age: 1, at: 7)
    #expect(there.atOnce == 4)
    #expect(there.permission(at: 7) == .at(34, .pushedBack))
    #expect(there.permission(at: 34) == .now)
    there.start(at: 34)
    #expect(there.permission(at: 35) == .at(39, .delay), "the crawl-delay")
    // What has been learnt here since is not forgotten, and the longer wait counts.
    var busy = Self.pace()
    busy.pushedBack(at: 1, startedAt: 0, retryAfter: 2)
    busy.wait(atLeast: memory, age: 0, at: 2)
    #expect(busy.permission(at: 2) == .at(30, .pushedBack))
    busy.wait(atLeast: memory, age: 29, at: 2)
    #expect(busy.permission(at: 2) == .at(30, .pushedBack))
  }

  @Test("waits as long as the server says")
  func retryAfter() {
    var pace = Self.pace()
    pace.pushedBack(at: 0, startedAt: 0, retryAfter: 17)
    #expect(pace.permission(at: 1) == .at(17, .pushedBack))
  }

  @Test("tries a host that is gone with one request after growing waits, then gives it up")
  func unreachable() {
    var pace = Self.pace()
    var now = 0.0
    var waits: [Double] = []
    while !pace.isGivenUp, waits.count < 20 {
      pace.start(at: now)
      #expect(waits.isEmpty || pace.permission(at: now) == .whenOneEnds)
      _ = pace.failed(at: now, startedAt: now, isName: false)
      pace.end()
      guard case .at(let next, .unreachable) = pace.permission(at: now) else { break }
      waits.append(next - now)
      now = next
    }
    #expect(waits == [1, 2, 4, 8, 16, 32])
    #expect(pace.isGivenUp)
    #expect(pace.permission(at: now) == .now, "later one request looks again")
    pace.answered()
    #expect(!pace.isGivenUp && pace.atOnce == 8)
  }

  @Test("gives up a name without an address early")
  func name() {
    var pace = Self.pace()
    let isGivenUp = [0.0, 1, 3].map { pace.failed(at: $0, startedAt: $0, isName: true) }
    #expect(isGivenUp == [false, false, true])
  }
}

@Suite("Retry-After")
struct RetryAfterTests {
  @Test(
    "is read in all its forms (RFC 9110, 5.6.7 and 10.2.3)",
    arguments: [
      ("120", 120.0), ("0", 0), ("Sun, 06 Nov 1994 08:49:37 GMT", 37),
      ("Sunday, 06-Nov-94 08:49:37 GMT", 37), ("Sun Nov  6 08:49:37 1994", 37),
      ("Sun, 06 Nov 1994 08:00:00 GMT", 0), ("soon", nil), ("", nil), ("-1", nil),
      ("Sun, 99 Nov 1994 08:49:37 GMT", nil),
    ] as [(String, Double?)])
  func forms(text: String, seconds: Double?) {
    // 784111777 is the date of the RFC's examples; the server's clock stands 37 s before it.
    let head = HTTPHead(status: 429, fields: [("Retry-After", text)])
    #expect(RetryAfter.seconds(in: head, now: 784_111_740) == seconds)
    let own = HTTPHead(
      status: 429,
      fields: [("Retry-After", text), ("Date", "Sun, 06 Nov 1994 08:49:00 GMT")])
    #expect(RetryAfter.seconds(in: own, now: 0) == seconds)
  }
}
