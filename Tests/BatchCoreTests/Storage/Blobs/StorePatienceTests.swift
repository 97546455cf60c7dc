import BatchCore
import Testing

@Suite("The patience with a store")
struct StorePatienceTests {
  /// When a run ends whose every request hangs until it is given up, in seconds since the first began.
  private func end(_ patience: StorePatience, requestSeconds: Double) -> Double {
    var trouble = StoreTrouble(patience)
    var now = 0.0
    while true {
      let began = now
      var attempt = 0
      let failure = AWSFailure(.unreachable, "it does not answer")
      repeat {
        attempt += 1
        now += requestSeconds
        guard
          let wait = patience.backoff.wait(after: attempt, passed: now - began, failure)
        else { break }
        now += wait
      } while true
      if trouble.failed(begun: began, now: now, isTransient: true) { return now }
    }
  }

  @Test("is two minutes for a run, and no more than what was begun by then takes")
  func usual() {
    let usual = StorePatience()
    #expect(usual.runSeconds == 120)
    for requestSeconds in [usual.answerSeconds, usual.silenceSeconds] {
      let end = end(usual, requestSeconds: requestSeconds)
      let longest = usual.repeatSeconds + usual.backoff.longestSeconds + requestSeconds
      #expect(end > 120 && end <= 120 + longest, "\(end)")
    }
    // A write is tried three times, and nothing waits between runs of attempts.
    #expect(end(usual, requestSeconds: usual.answerSeconds) == 180)
    #expect(usual.backoff == AWSBackoff())
  }

  @Test("is the same in every part when it is scaled, and is not scaled by nonsense")
  func scaled() {
    let usual = StorePatience()
    let small = usual.scaled(by: 0.5)
    #expect(small.answerSeconds == 30 && small.silenceSeconds == 15)
    #expect(small.repeatSeconds == 30 && small.runSeconds == 60)
    #expect(small.backoff.patienceSeconds == 30)
    #expect(end(small, requestSeconds: small.answerSeconds) == 90)
    for factor in [0, -1, .nan, .infinity] { #expect(usual.scaled(by: factor) == usual) }
  }

  /// Whether each failure, of a run whose store never answers in between, ends it.
  private func ends(_ trouble: inout StoreTrouble, _ attempts: [ClosedRange<Double>]) -> [Bool] {
    attempts.map { trouble.failed(begun: $0.lowerBound, now: $0.upperBound, isTransient: true) }
  }

  @Test("begins anew whenever something gets through")
  func passes() {
    var trouble = StoreTrouble(StorePatience())
    let first = ends(&trouble, [0...100])
    trouble.passed()
    let second = ends(&trouble, [110...150, 150...230])
    #expect(first == [false] && second == [false, false])
    #expect(!trouble.isHopeless)
    let last = ends(&trouble, [230...231])
    #expect(last == [true])
    #expect(trouble.isHopeless)
  }

  @Test("has none with what will not pass, and takes the store for no worse for it")
  func permanent() {
    var trouble = StoreTrouble(StorePatience())
    let isEnd = trouble.failed(begun: 5, now: 5.1, isTransient: false)
    #expect(isEnd)
    #expect(!trouble.isHopeless)
  }
}
