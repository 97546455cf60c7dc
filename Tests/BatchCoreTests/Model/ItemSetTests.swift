import BatchCore
import Testing

@Suite("A set of items")
struct ItemSetTests {
  @Test("agrees with a plain set under random insertions and removals", arguments: 0..<40)
  func model(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    var set = ItemSet()
    var model = Set<Int>()
    for _ in 0..<120 {
      let low = Int(random.unit() * 100)
      let range = low..<low + Int(random.unit() * 12)
      if random.unit() < 0.6 {
        set.insert(range)
        model.formUnion(range)
      } else {
        set.remove(range)
        model.subtract(range)
      }
      #expect(Set(set.ranges.flatMap { Array($0) }) == model, "seed \(seed)")
      #expect(set.count == model.count, "seed \(seed)")
      for (left, right) in zip(set.ranges, set.ranges.dropFirst()) {
        #expect(left.upperBound < right.lowerBound, "seed \(seed)")
      }
      let probe = Int(random.unit() * 100)..<110
      #expect(set.overlaps(probe) == !model.isDisjoint(with: probe), "seed \(seed)")
      let gaps = Set(set.gaps(in: probe).flatMap { Array($0) })
      #expect(gaps == Set(probe).subtracting(model), "seed \(seed)")
      let parts = Set(set.parts(of: probe).flatMap { Array($0) })
      #expect(parts == Set(probe).intersection(model), "seed \(seed)")
    }
  }
}
