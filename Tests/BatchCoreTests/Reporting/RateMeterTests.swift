import BatchCore
import Testing

@Suite("Rate meter")
struct RateMeterTests {
  @Test("a steady rate is read as it is", arguments: [0.01, 0.1, 1.0, 7.0])
  func steady(step: Double) {
    var meter = RateMeter(windowSeconds: 5)
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

  @Test("a new rate is followed within the window, and without a jump")
  func change() {
    var meter = RateMeter(windowSeconds: 5)
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

  @Test("a run that waits shows the mean of all its time, and never a number close to zero")
  func waiting() {
    var meter = RateMeter(windowSeconds: 10)
    for step in 0...600 { _ = meter.read(finishedItems: step * 5, now: Double(step) / 10) }
    var rates: [Double] = []
    for step in 601...1800 { rates.append(meter.read(finishedItems: 3000, now: Double(step) / 10)) }
    #expect(rates.prefix(50).allSatisfy { abs($0 - 50) < 1 })
    for (index, rate) in rates.enumerated().dropFirst(60) {
      #expect(abs(rate - 3000 / (60.1 + Double(index) / 10)) < 1e-6)
    }
    #expect(rates.min() ?? 0 > 16)
    // What follows is what happens then, without a dip.
    var rate = 0.0
    for step in 1801...2000 {
      rate = meter.read(finishedItems: 3000 + (step - 1800) * 2, now: Double(step) / 10)
      #expect(rate > 16)
    }
    #expect(abs(rate - 20) < 1)
  }

  @Test("items that take longer than the window have the rate that they have")
  func rare() {
    var meter = RateMeter(windowSeconds: 10)
    var rates: [Double] = []
    for second in 0...1200 {
      rates.append(meter.read(finishedItems: second / 20, now: Double(second)))
    }
    for (second, rate) in rates.enumerated().dropFirst(100) {
      #expect(rate > 0.04 && rate < 0.06, "at \(second) s")
    }
  }

  @Test("a reading at the same instant changes nothing")
  func sameInstant() {
    var meter = RateMeter()
    _ = meter.read(finishedItems: 0, now: 0)
    let rate = meter.read(finishedItems: 10, now: 1)
    #expect(meter.read(finishedItems: 10, now: 1) == rate)
  }
}
