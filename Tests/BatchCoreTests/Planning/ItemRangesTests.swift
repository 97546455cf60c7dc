import BatchCore
import Testing

@Suite("ItemRanges")
struct ItemRangesTests {
  @Test("Ranges come out lowest first and joined, as from a sorted set", arguments: 0..<30)
  func lowestFirst(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    var naive: Set<Int> = []
    var ranges = ItemRanges()
    for _ in 0..<200 {
      if random.unit() < 0.6 {
        let first = Int(random.unit() * 1000)
        let range = first..<first + Int(random.unit() * 10)
        guard naive.isDisjoint(with: range) else { continue }
        naive.formUnion(range)
        ranges.insert(range)
      } else if let range = ranges.popLowest() {
        #expect(range.lowerBound == naive.min(), "seed \(seed)")
        #expect(!naive.contains(range.upperBound), "seed \(seed): \(range) is not joined")
        naive.subtract(range)
      }
      #expect(ranges.count == naive.count, "seed \(seed)")
    }
  }

  @Test("The longest range comes out when asked for")
  func longest() {
    var ranges = ItemRanges([0..<3, 10..<20, 30..<35])
    #expect(ranges.popLongest() == 10..<20)
    #expect(ranges.count == 8)
  }
}
