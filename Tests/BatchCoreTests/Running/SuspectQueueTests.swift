import BatchCore
import Testing

@Suite("The suspect queue")
struct SuspectQueueTests {
  @Test("finds the one item that kills its process, and suspects no other", arguments: 0..<60)
  func halving(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    let items = 10..<11 + Int(random.unit() * 70)
    let culprit = items.lowerBound + Int(random.unit() * Double(items.count))
    var queue = SuspectQueue()
    queue.add(items)
    var finished = ItemSet()
    var found: [Int] = []
    var children = 0
    while let range = queue.next() {
      children += 1
      guard range.contains(culprit) else {
        finished.insert(range)
        continue
      }
      // The items before the culprit are handed over before the child dies.
      finished.insert(range.lowerBound..<culprit)
      if case .culprit(let item) = queue.died(ItemSet([culprit..<range.upperBound])) {
        found.append(item)
      }
    }
    #expect(found == [culprit], "seed \(seed)")
    finished.insert(culprit..<culprit + 1)
    #expect(finished.ranges == [items], "seed \(seed)")
    #expect(children <= 2 * 8, "seed \(seed): \(children) child processes")
  }

  @Test("halves only what is closer to the cause, and drops what is finished")
  func closer() {
    var queue = SuspectQueue()
    let several = queue.died(ItemSet([4..<40]), closer: 0..<8)
    #expect(several == .undecided)
    #expect(queue.ranges == [4..<6, 6..<8])
    let one = queue.died(ItemSet([4..<40]), closer: 9..<10)
    #expect(one == .culprit(9))
  }

  @Test("blames no item when the suspects were finished after all")
  func finishedMeanwhile() {
    var queue = SuspectQueue()
    let finding = queue.died(ItemSet([5..<9]), closer: 4..<5)
    #expect(finding == .undecided)
    #expect(queue.isEmpty)
  }

  @Test("gives ranges in the order they came, and no empty ones")
  func order() {
    var queue = SuspectQueue()
    queue.add(7..<9)
    queue.add(3..<3)
    queue.add(1..<2)
    let given = [queue.next(), queue.next(), queue.next()]
    #expect(given == [7..<9, 1..<2, nil])
  }
}
