import BatchCore
import Testing

@Suite("CostModel")
struct CostModelTests {
  @Test("Moments agree with the two-pass formulas, item by item and merged", arguments: 0..<20)
  func moments(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    let values = (0..<500).map { _ in random.unit() * 10 }
    var whole = ItemTimes()
    var (left, right) = (ItemTimes(), ItemTimes())
    for (index, value) in values.enumerated() {
      whole.add(value)
      if index % 3 == 0 { left.add(value) } else { right.add(value) }
    }
    left.merge(right)
    let mean = values.reduce(0, +) / 500
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 499
    for times in [whole, left] {
      #expect(abs(times.meanSeconds - mean) < 1e-9, "seed \(seed)")
      #expect(abs(times.deviationSeconds - variance.squareRoot()) < 1e-9, "seed \(seed)")
      #expect(times.maxSeconds == values.max())
    }
    for probability in [0.1, 0.5, 0.9, 0.99] {
      let exact = values.sorted()[Int(probability * 500)]
      let read = whole.quantile(probability)
      #expect(read > exact / 1.25 && read < exact * 1.25, "seed \(seed): \(read) for \(exact)")
    }
  }

  @Test("The spread of items is found from the sums of batches alone")
  func spreadFromSums() {
    var random = SeededRandom(seed: 3)
    var times = ItemTimes()
    for _ in 0..<4000 {
      let size = 1 + Int(random.unit() * 50)
      times.add(count: size, totalSeconds: (0..<size).reduce(0) { sum, _ in sum + random.unit() })
    }
    // A uniform variable's deviation is 1/√12 = 0.2887.
    #expect(abs(times.deviationSeconds - 0.2887) < 0.015)
  }

  @Test("The first measurement replaces a guess; a probe keeps the weight of twenty items")
  func learning() {
    var two = ItemTimes()
    two.add(2)
    var guessed = CostModel.local(itemSeconds: 100)
    guessed.measured(two)
    #expect(guessed.items.meanSeconds == 2 && guessed.itemProvenance == .measured)
    var probed = CostModel.local()
    probed.assume(ItemTimes(count: 1000, mean: 1, deviation: 0.1), .probe)
    probed.measured(two)
    #expect(abs(probed.items.meanSeconds - 22.0 / 21) < 1e-9)
  }

  @Test("The guard stays above the longest item seen")
  func guardAboveLongest() {
    var random = SeededRandom(seed: 9)
    var times = ItemTimes()
    for _ in 0..<2000 {
      times.add(random.unit())
      #expect(times.upperSeconds > times.maxSeconds)
    }
  }

  @Test("Scores of the normal distribution agree with the tables")
  func scores() {
    // Abramowitz and Stegun, table 26.1, to the formula's accuracy.
    for (probability, score) in [(0.5, 0.0), (0.95, 1.6449), (0.999, 3.0902), (0.025, -1.96)] {
      #expect(abs(NormalScore.score(of: probability) - score) < 5e-4)
    }
  }
}
