import BatchCore
import Testing

@Suite("The retry policy")
struct RetryPolicyTests {
  @Test("waits between half and one and a half of a mean that doubles", arguments: 1...6)
  func doubling(attempt: Int) throws {
    let policy = RetryPolicy(retries: 6, baseSeconds: 0.5, longestSeconds: 1e6)
    let mean = 0.5 * Double(1 << (attempt - 1))
    var sum = 0.0
    for item in 0..<2000 {
      let wait = try #require(policy.wait(item: ItemID(item), attempts: attempt))
      #expect(wait >= 0.5 * mean)
      #expect(wait < 1.5 * mean)
      sum += wait
    }
    #expect(abs(sum / 2000 - mean) < 0.03 * mean)
  }

  @Test("never waits longer than its longest wait, and still spreads the items")
  func longest() {
    let policy = RetryPolicy(retries: 60, baseSeconds: 0.5, longestSeconds: 60)
    for attempt in [1, 7, 8, 20, 60] {
      let waits = (0..<500).compactMap { policy.wait(item: ItemID($0), attempts: attempt) }
      #expect(waits.count == 500)
      #expect(waits.allSatisfy { $0 > 0 && $0 <= 60 })
      #expect(Set(waits).count > 490)
    }
  }

  @Test("gives no wait when no attempt is left", arguments: [0, 1, 5])
  func exhausted(retries: Int) {
    let policy = RetryPolicy(retries: retries)
    #expect(policy.wait(item: ItemID(3), attempts: retries + 1) == nil)
    if retries > 0 { #expect(policy.wait(item: ItemID(3), attempts: retries) != nil) }
  }

  @Test("gives the same wait for the same attempt, and others for others")
  func determinism() {
    let policy = RetryPolicy()
    #expect(
      policy.wait(item: ItemID(8), attempts: 1) == policy.wait(item: ItemID(8), attempts: 1))
    #expect(
      policy.wait(item: ItemID(8), attempts: 1) != policy.wait(item: ItemID(9), attempts: 1))
  }
}

@Suite("The retry queue")
struct RetryQueueTests {
  @Test("gives an item back when its wait is over, once, and counts its attempts")
  func due() throws {
    var queue = RetryQueue()
    let policy = RetryPolicy(retries: 2, baseSeconds: 1)
    let failed = queue.failed(4, policy: policy, now: 10)
    let first = try #require(failed)
    #expect(first.attempt == 1)
    #expect(abs((queue.secondsUntilNext(now: 10) ?? 0) - first.wait) < 1e-9)
    let early = queue.due(at: 10 + first.wait - 0.001)
    #expect(early.isEmpty)
    let late = queue.due(at: 10 + first.wait + 0.001)
    #expect(late == [4..<5])
    #expect(queue.isEmpty)
    #expect(queue.secondsUntilNext(now: 12) == nil)
    let second = queue.failed(4, policy: policy, now: 20)
    #expect(second?.attempt == 2)
    let third = queue.failed(4, policy: policy, now: 30)
    #expect(third == nil)
    #expect(queue.attempts(of: 4) == 3)
    #expect(queue.attempts(of: 5) == 0)
  }

  @Test("gives the items that are due in input order and keeps the others")
  func order() {
    var queue = RetryQueue()
    let soon = RetryPolicy(retries: 1, baseSeconds: 0.01)
    let late = RetryPolicy(retries: 1, baseSeconds: 100)
    for item in [9, 2, 5] { _ = queue.failed(item, policy: soon, now: 0) }
    _ = queue.failed(1, policy: late, now: 0)
    let first = queue.due(at: 1)
    #expect(first == [2..<3, 5..<6, 9..<10])
    #expect(!queue.isEmpty)
    let last = queue.due(at: 200)
    #expect(last == [1..<2])
  }

  @Test("gives items that belong together back together")
  func unit() {
    var queue = RetryQueue()
    let policy = RetryPolicy(retries: 2, baseSeconds: 1)
    let first = queue.failed(7, unit: 7, policy: policy, now: 0)
    _ = queue.failed(8, unit: 7, policy: policy, now: 0.2)
    _ = queue.failed(9, unit: 7, policy: policy, now: 0.3)
    let together = queue.due(at: first?.wait ?? 0)
    #expect(together == [7..<10])
    #expect(queue.isEmpty)
  }
}

@Suite("A failure budget")
struct FailureBudgetTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var budget: CountOrShare
    var total: Int
    var limit: Int
    var testDescription: String { "\(budget) of \(total)" }
  }

  @Test(
    "allows a count, or a share rounded down",
    arguments: [
      Case(budget: .count(3), total: 10, limit: 3), Case(budget: .count(0), total: 10, limit: 0),
      Case(budget: .share(0.5), total: 5, limit: 2), Case(budget: .share(0), total: 99, limit: 0),
      Case(budget: .share(1), total: 99, limit: 99),
      // 0.29 x 100 and 0.57 x 100 are a little less than 29 and 57 in binary.
      Case(budget: .share(0.29), total: 100, limit: 29),
      Case(budget: .share(0.57), total: 100, limit: 57),
      Case(budget: .share(0.01), total: 199, limit: 1),
    ])
  func limit(testCase: Case) {
    #expect(testCase.budget.limit(of: testCase.total) == testCase.limit)
  }
}
