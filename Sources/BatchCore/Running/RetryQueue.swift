/// Items that failed for a passing reason and wait for their next attempt.
package struct RetryQueue {
  private struct Entry {
    var item: Int
    var due: Double
  }

  private var waiting: [Entry] = []
  private var attemptsByItem: [Int: Int] = [:]

  package init() {}

  package var isEmpty: Bool { waiting.isEmpty }

  /// How often the item was tried and failed.
  package func attempts(of item: Int) -> Int { attemptsByItem[item] ?? 0 }

  /// How often each of the items was tried and failed, at least.
  package func attempts(ofAll items: Range<Int>) -> Int {
    guard !attemptsByItem.isEmpty, items.count <= attemptsByItem.count else { return 0 }
    return items.map { attempts(of: $0) }.min() ?? 0
  }

  /// Notes a failed attempt; nil when no attempt is left.
  package mutating func failed(
    _ item: Int, policy: RetryPolicy, now: Double
  ) -> (attempt: Int, wait: Double)? {
    let attempts = attempts(of: item) + 1
    attemptsByItem[item] = attempts
    guard let wait = policy.wait(item: ItemID(item), attempts: attempts) else { return nil }
    waiting.append(Entry(item: item, due: now + wait))
    return (attempts, wait)
  }

  /// Takes out the items whose wait is over, in input order.
  package mutating func due(at now: Double) -> [Int] {
    guard waiting.contains(where: { $0.due <= now }) else { return [] }
    let due = waiting.filter { $0.due <= now }.map(\.item).sorted()
    waiting.removeAll { $0.due <= now }
    return due
  }

  package func secondsUntilNext(now: Double) -> Double? {
    waiting.map(\.due).min().map { max(0, $0 - now) }
  }
}
