import BatchCore
import Testing

@Suite("Rate meter")
struct RateMeterTests {
  @Test("a steady rate is read as it is", arguments: [0.01, 0.1, 1.0, 7.0])
  func steady(step: Double) {
    var meter = RateMeter(timeConstantSeconds: 5)
    var rate = 0.0
    for index in 0...200 {
      rate = meter.read(finishedItems: Int(1000 * step) * index, now: Double(index) * step)
    }
    #expect(abs(rate - 1000) < 1e-6)
  }

  @Test("the count that a resumed run begins with is not part of the rate")
  func resumed() {
    var meter = RateMeter()
    #expect(meter.read(finishedItems: 5_000_000, now: 100) == 0)
    #expect(meter.read(finishedItems: 5_000_010, now: 101) == 10)
  }

  @Test("a new rate is followed within a few time constants, and without a jump")
  func change() {
    var meter = RateMeter(timeConstantSeconds: 5)
    var count = 0
    var rate = 0.0
    for step in 0...1000 {
      rate = meter.read(finishedItems: count, now: Double(step) / 10)
      count += 10
    }
    #expect(abs(rate - 100) < 1)
    for step in 1001...1300 {
      let before = rate
      rate = meter.read(finishedItems: count, now: Double(step) / 10)
      count += 100
      #expect(rate - before < 20, "at step \(step)")
    }
    #expect(abs(rate - 1000) < 10)
  }

  @Test("a reading at the same instant changes nothing")
  func sameInstant() {
    var meter = RateMeter()
    _ = meter.read(finishedItems: 0, now: 0)
    let rate = meter.read(finishedItems: 10, now: 1)
    #expect(meter.read(finishedItems: 10, now: 1) == rate)
  }
}
