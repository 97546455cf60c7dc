import BatchCore
import Testing

@Suite("DeadlineRule")
struct DeadlineRuleTests {
  @Test("The first item always starts, later ones only with the guard's time left")
  func firstItem() {
    var rule = DeadlineRule(stopAtSeconds: 10, guardSeconds: 4)
    let answer1 = rule.mayStartNext(now: 50)
    #expect(answer1)
    rule.finished(items: 1, seconds: 1)
    let answer2 = rule.mayStartNext(now: 5.9)
    #expect(answer2)
    let answer3 = rule.mayStartNext(now: 6)
    #expect(!answer3)
    rule.finished(items: 1, seconds: 6)
    let answer4 = rule.mayStartNext(now: 4)
    #expect(!answer4)
    let answer5 = rule.mayStartNext(now: 3.9)
    #expect(answer5)
  }

  @Test("Past its budget a worker finishes what another batch would not end sooner")
  func budget() {
    var rule = DeadlineRule(budgetEndSeconds: 10, keepSeconds: 3, items: 10)
    let answer6 = rule.mayStartNext(now: 0)
    #expect(answer6)
    rule.finished(items: 5, seconds: 5)
    // Five items of about a second: spread over others they would save four seconds.
    let answer7 = rule.mayStartNext(now: 10)
    #expect(!answer7)
    rule.finished(items: 2, seconds: 2)
    let answer8 = rule.mayStartNext(now: 12)
    #expect(answer8)
  }

  @Test("Without limit and budget nothing stops a worker")
  func unlimited() {
    var rule = DeadlineRule()
    rule.finished(items: 1000, seconds: 1e6)
    let answer9 = rule.mayStartNext(now: 1e12)
    #expect(answer9)
  }

  @Test("While nothing is known, a batch of long items leaves room for one that is longer still")
  func caution() {
    var long = DeadlineRule(stopAtSeconds: 100, guardSeconds: 0, cautionSeconds: 60)
    long.finished(items: 5, seconds: 25)
    let early = long.mayStartNext(now: 39)
    #expect(early)
    let late = long.mayStartNext(now: 41)
    #expect(!late)
    var short = DeadlineRule(stopAtSeconds: 100, guardSeconds: 0, cautionSeconds: 60)
    for _ in 0..<500 { short.finished(items: 1, seconds: 0.1) }
    let isPlausible = short.mayStartNext(now: 98)
    #expect(isPlausible, "items of 0.1 s leave no doubt of a minute")
  }

  @Test("The more items were seen, the less longer another one is taken to be")
  func doubt() {
    let factors = [1.0, 90, 200, 500, 5000].map { DeadlineRule.doubt(afterItems: $0) }
    #expect(factors == factors.sorted(by: >))
    #expect(factors[0] == 40 && factors[4] == 1.5)
  }
}
