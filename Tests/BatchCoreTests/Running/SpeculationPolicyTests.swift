import BatchCore
import Testing

@Suite("When a slow batch is tried twice")
struct SpeculationPolicyTests {
  private let policy = SpeculationPolicy()

  private func attempt(
    running: Double, expected: Double = 10, longest: Double = 2, items: Int = 10, left: Int = 10,
    copy: Double = 12, deadline: Double = .infinity
  ) -> SpeculationPolicy.Attempt {
    .init(
      runningSeconds: running, expectedSeconds: expected, longestItemSeconds: longest, items: items,
      itemsLeft: left, copySeconds: copy, deadlineSeconds: deadline)
  }

  @Test("not before half of the batches are done")
  func half() {
    #expect(!policy.isTime(batchesDone: 0, batchesOut: 1))
    #expect(!policy.isTime(batchesDone: 3, batchesOut: 4))
    #expect(policy.isTime(batchesDone: 4, batchesOut: 4))
    #expect(policy.isTime(batchesDone: 99, batchesOut: 1))
  }

  @Test("when it has run three times as long as its items should take")
  func slowness() {
    #expect(!policy.isWorthCopying(attempt(running: 29)))
    #expect(policy.isWorthCopying(attempt(running: 30)))
    // A batch of many items, or long ones, is no slow one.
    #expect(!policy.isWorthCopying(attempt(running: 30, expected: 20)))
  }

  @Test("not while it may have one of the longest items")
  func longItem() {
    #expect(!policy.isWorthCopying(attempt(running: 60, longest: 80)))
    #expect(policy.isWorthCopying(attempt(running: 91, longest: 80)))
  }

  @Test("not within the time in which nothing is known for sure")
  func least() {
    #expect(!policy.isWorthCopying(attempt(running: 4.9, expected: 0.1, longest: 0.1, copy: 1)))
    #expect(policy.isWorthCopying(attempt(running: 5, expected: 0.1, longest: 0.1, copy: 1)))
  }

  @Test("not when its worker comes back before, because its time is over")
  func deadline() {
    #expect(!policy.isWorthCopying(attempt(running: 40, deadline: 52)))
    #expect(policy.isWorthCopying(attempt(running: 40, deadline: 53)))
    #expect(!policy.isWorthCopying(attempt(running: 40, deadline: 39)))
  }

  @Test("not when it should be back before a second attempt")
  func nearlyDone() {
    // At its pace the last item takes ten seconds, and a copy twelve.
    #expect(!policy.isWorthCopying(attempt(running: 90, left: 1)))
    #expect(policy.isWorthCopying(attempt(running: 90, left: 2)))
    #expect(policy.isWorthCopying(attempt(running: 180, left: 1)))
  }
}
