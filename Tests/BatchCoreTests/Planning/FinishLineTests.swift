import BatchCore
import Testing

@Suite("FinishLine")
struct FinishLineTests {
  @Test("The work delivered by the finish is the work there is", arguments: 0..<50)
  func solves(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    var line = FinishLine()
    line.now = 100 * random.unit()
    for _ in 0..<Int(random.unit() * 20) {
      line.groups.append(
        FinishLine.Group(
          availableSeconds: line.now + 50 * random.unit(), setUpSeconds: 5 * random.unit(),
          workers: 1 + (10 * random.unit()).rounded()))
    }
    line.future = (500 * random.unit()).rounded() + 1
    line.futurePerSecond = random.unit() < 0.5 ? 1 + 20 * random.unit() : .infinity
    line.futureSetUpSeconds = 10 * random.unit()
    line.workSeconds = 10_000 * random.unit() + 1
    let finish = line.solve(startingAt: line.now)
    let delivered = line.delivered(by: finish)
    #expect(delivered >= line.workSeconds, "seed \(seed)")
    #expect(
      line.delivered(by: finish - 0.01 * (finish - line.now)) < line.workSeconds, "seed \(seed)")
  }

  @Test("Equal workers share the work after their set-up")
  func equalWorkers() {
    var line = FinishLine()
    line.groups = [FinishLine.Group(availableSeconds: 0, setUpSeconds: 20, workers: 10)]
    line.workSeconds = 1000
    #expect(abs(line.solve(startingAt: 0) - 120) < 0.05)
  }
}
