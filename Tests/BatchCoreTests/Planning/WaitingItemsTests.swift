import BatchCore
import Testing

@Suite("Items that wait")
struct WaitingItemsTests {
  private static func lanes(
    _ bounds: [Range<Int>], perLane: Int = 2, least: Int = 1
  ) -> WaitingItems.Lanes {
    WaitingItems.Lanes(bounds: bounds, batchesPerLane: perLane, leastBatchItems: least)
  }

  @Test("come lowest first, or longest first, where there are no lanes")
  func withoutLanes() {
    var waiting = WaitingItems([5..<20, 0..<3, 30..<32])
    #expect(waiting.count == 20)
    #expect(waiting.popLowest() == 0..<3)
    #expect(waiting.popLongest() == 5..<20)
    #expect(waiting.count == 2)
    #expect(waiting.leastBatchItems == 1)
  }

  @Test("are cut at the bounds of their lanes when they are put in")
  func cut() {
    var waiting = WaitingItems([0..<100], lanes: Self.lanes([0..<10, 10..<80, 80..<100], least: 7))
    #expect(waiting.rangeCount == 3)
    #expect(waiting.leastBatchItems == 7)
    #expect(waiting.popLowest() == 10..<80)
    #expect(waiting.count == 30)
  }

  @Test("of a lane stay until its batches are back, those of the caller's own included")
  func foreignBatches() {
    let lanes = Self.lanes([0..<10, 10..<80], perLane: 1)
    var dispatcher = Dispatcher(
      remaining: [0..<5, 10..<80], model: .local(itemSeconds: 1), limits: .local(workers: 4),
      lanes: lanes)
    func next() -> Int? {
      dispatcher.next(now: 0, idleWorkers: 4, worker: .cold, fitting: { $0.count })?.items
        .lowerBound
    }
    #expect(dispatcher.mayHandOut(5..<10, now: 0))
    dispatcher.handedOut(5..<10)
    #expect(!dispatcher.mayHandOut(5..<10, now: 0))
    #expect(next() == 10, "the other lane")
    #expect(next() == nil)
    #expect(!dispatcher.mayHandOut(10..<11, now: 0))
    dispatcher.cameBack(5..<10)
    #expect(next() == 0)
  }

  @Test("of a lane that is held stay until its time has come, and hold up no other lane")
  func held() {
    var dispatcher = Dispatcher(
      remaining: [0..<80], model: .local(itemSeconds: 1), limits: .local(workers: 4),
      batchSize: 5, lanes: Self.lanes([0..<60, 60..<80], perLane: 1))
    func next(_ now: Double) -> Range<Int>? {
      dispatcher.next(now: now, idleWorkers: 4, worker: .cold, fitting: { $0.count })?.items
    }
    #expect(next(0) == 0..<5)
    dispatcher.finished(BatchIndex(0), finishedItems: 2, times: ItemTimes())
    dispatcher.holdLane(of: 0..<5, until: 30)
    // What comes sooner does not shorten it.
    dispatcher.holdLane(of: 0..<5, until: 20)
    #expect(next(1) == 60..<65)
    #expect(next(29.9) == nil)
    #expect(!dispatcher.mayHandOut(3..<4, now: 29.9))
    #expect(dispatcher.hasWaitingItems)
    #expect(dispatcher.mayHandOut(3..<4, now: 30))
    #expect(next(30) == 5..<10)
  }

  @Test("come from the lane with the fewest batches out and, among those, the most items")
  func due() {
    var waiting = WaitingItems([0..<100], lanes: Self.lanes([0..<10, 10..<80, 80..<100]))
    func take(_ count: Int) -> Range<Int>? {
      guard let range = waiting.popLowest() else { return nil }
      let taken = range.prefix(count)
      waiting.insert(taken.endIndex..<range.upperBound)
      waiting.handedOut(taken)
      return taken
    }
    // Each lane once, the largest first; then each a second time; then none may have more.
    #expect((0..<3).map { _ in take(3) } == [10..<13, 80..<83, 0..<3])
    #expect((0..<3).map { _ in take(3) } == [13..<16, 83..<86, 3..<6])
    #expect(take(3) == nil)
    #expect(waiting.count == 82)
    waiting.cameBack(80..<83)
    #expect(take(5) == 86..<91)
    #expect(take(5) == nil)
  }

  @Test("that were given back wait behind what was never tried")
  func givenBack() {
    var waiting = WaitingItems([0..<10], lanes: Self.lanes([0..<10]))
    let all = waiting.popLowest()
    #expect(all == 0..<10)
    waiting.insert(2..<3)
    waiting.insert(5..<10)
    #expect(waiting.popLowest() == 5..<10)
    #expect(waiting.popLowest() == 2..<3)
    #expect(waiting.isEmpty)
    #expect(waiting.popLowest() == nil)
  }

  @Test(
    "are each handed out once, in batches of one lane, however they go and come", arguments: 0..<20)
  func everyItemOnce(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    var bounds: [Range<Int>] = []
    while bounds.count < 9 {
      let start = bounds.last?.upperBound ?? 0
      bounds.append(start..<start + Int.random(in: 1...40, using: &random))
    }
    let total = bounds.last?.upperBound ?? 0
    let perLane = Int.random(in: 1...3, using: &random)
    var waiting = WaitingItems([0..<total], lanes: Self.lanes(bounds, perLane: perLane))
    var out: [Range<Int>] = []
    var done = Set<Int>()
    while done.count < total {
      if Bool.random(using: &random), let range = waiting.popLongest() {
        let batch = range.prefix(Int.random(in: 1...8, using: &random))
        waiting.insert(batch.endIndex..<range.upperBound)
        waiting.handedOut(batch)
        out.append(batch)
        #expect(
          bounds.contains { $0.contains(batch.lowerBound) && batch.endIndex <= $0.upperBound })
        for lane in bounds {
          #expect(out.count { lane.contains($0.lowerBound) } <= perLane, "seed \(seed)")
        }
      } else if let place = out.indices.randomElement(using: &random) {
        let batch = out.remove(at: place)
        waiting.cameBack(batch)
        let finished = batch.prefix(Int.random(in: 0...batch.count, using: &random))
        #expect(done.isDisjoint(with: finished), "seed \(seed)")
        done.formUnion(finished)
        waiting.insert(finished.endIndex..<batch.upperBound)
      }
      let isOut = out.reduce(0) { $0 + $1.count }
      #expect(waiting.count == total - done.count - isOut, "seed \(seed)")
    }
    #expect(waiting.isEmpty)
  }
}
