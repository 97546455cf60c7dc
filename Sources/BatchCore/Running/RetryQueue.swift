/// Items that failed for a passing reason and wait for their next attempt.
package struct RetryQueue {
  private struct Entry {
    var item: Int
    var unit: Int
    var due: Double
  }

  private var waiting: [Entry] = []
  private var attemptsByItem: [Int: Int] = [:]
  /// When the items of a unit are due that wait already.
  private var dueByUnit: [Int: Double] = [:]

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
  ///
  /// - Parameter unit: The first of the items that belong together with this one, such as the copies of
  ///   a page; they wait together. The item itself when it stands alone.
  package mutating func failed(
    _ item: Int, unit: Int? = nil, policy: RetryPolicy, now: Double
  ) -> (attempt: Int, wait: Double)? {
    let attempts = attempts(of: item) + 1
    attemptsByItem[item] = attempts
    let unit = unit ?? item
    guard let wait = policy.wait(item: ItemID(unit), attempts: attempts) else { return nil }
    let due = dueByUnit[unit] ?? now + wait
    dueByUnit[unit] = due
    waiting.append(Entry(item: item, unit: unit, due: due))
    return (attempts, max(0, due - now))
  }

  /// Takes out the items whose wait is over, in order, neighbours together.
  package mutating func due(at now: Double) -> [Range<Int>] {
    guard waiting.contains(where: { $0.due <= now }) else { return [] }
    var due: [Int] = []
    for entry in waiting where entry.due <= now {
      due.append(entry.item)
      dueByUnit[entry.unit] = nil
    }
    waiting.removeAll { $0.due <= now }
    var ranges: [Range<Int>] = []
    for item in due.sorted() {
      if let last = ranges.last, last.upperBound == item {
        ranges[ranges.count - 1] = last.lowerBound..<item + 1
      } else {
        ranges.append(item..<item + 1)
      }
    }
    return ranges
  }

  package func secondsUntilNext(now: Double) -> Double? {
    waiting.map(\.due).min().map { max(0, $0 - now) }
  }
}
