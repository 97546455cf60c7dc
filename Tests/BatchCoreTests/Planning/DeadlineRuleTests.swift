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
    let doubts = [2.0, 90, 200, 500, 5000].map {
      DeadlineRule.doubtSeconds(mean: 1, deviation: 0.1, longest: 1.2, observations: $0)
    }
    #expect(doubts == doubts.sorted(by: >))
    #expect(doubts[1] == 40, "a rare item may be many times longer than those of a few dozen")
    #expect(doubts[4] == 1.5 * 1.2)
  }

  @Test("The more items differ, the longer another one may be")
  func spread() {
    let doubts = [0.1, 0.5, 1, 2].map {
      DeadlineRule.doubtSeconds(mean: 1, deviation: $0, longest: 3, observations: 400)
    }
    #expect(doubts == doubts.sorted(by: <) && doubts[3] > 4 * doubts[1])
  }

  @Test("One long item among short ones does not make a batch expect forty times as much")
  func oneLong() {
    var rule = DeadlineRule(stopAtSeconds: 100, cautionSeconds: 66)
    for index in 0..<60 { rule.finished(items: 1, seconds: index == 30 ? 2 : 0.5) }
    let isPlausible = rule.mayStartNext(now: 70)
    #expect(isPlausible, "items of half a second leave no doubt of half a minute")
    let isLate = rule.mayStartNext(now: 85)
    #expect(!isLate)
  }
}
