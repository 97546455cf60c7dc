import Glibc

/// The best fixed batch size of a scenario, found by trying them all with the item times known.
///
/// The rival that the dispatcher is measured against. It runs under the rules of the simulation: a
/// worker cannot know how long its next item will take, and starts none with less time left before the
/// deadline than the longest item takes, which the rival knows from the start.
package struct FixedSizeSearch {
  private let scenario: Scenario
  /// When a worker starts no further item, in seconds since its invocation began; nil without a limit.
  private let lastStartSeconds: Double?
  /// `sums[i]` is the time of the items before item i, in seconds.
  private let sums: [Double]

  /// - Parameter stopsInHindsight: Let the rival stop exactly before the first item that would pass
  ///   the time limit instead, which no real worker can.
  package init(_ scenario: Scenario, stopsInHindsight: Bool = false) {
    self.scenario = scenario
    let longest = scenario.itemSeconds.max() ?? 0
    lastStartSeconds =
      scenario.timeLimitSeconds == nil || stopsInHindsight
      ? nil : scenario.limits.deadlineSeconds - longest
    var sums = [0.0]
    sums.reserveCapacity(scenario.itemSeconds.count + 1)
    for seconds in scenario.itemSeconds { sums.append(sums[sums.count - 1] + seconds) }
    self.sums = sums
  }

  /// The size with the shortest makespan, and that makespan in seconds.
  ///
  /// Sizes that cannot win, because the set-ups of all their batches alone take too long, are
  /// passed over.
  ///
  /// - Complexity: O(n log n log workers).
  package func best() -> (size: Int, seconds: Double) {
    let count = scenario.itemSeconds.count
    let work = sums[count]
    let setUp = scenario.batchOverheadSeconds + (scenario.warmReuse ? 0 : scenario.startUpSeconds)
    var best = (size: 1, seconds: Double.infinity)
    // A coarse pass first, so that the full one can give up early on most sizes.
    let coarse = (0..<64).map { Int(pow(Double(count), Double($0) / 63)) }
    for size in coarse + Array(1...count) {
      let batches = (Double(count) / Double(size)).rounded(.up)
      let least = (work + batches * setUp) / Double(scenario.workers)
      if least >= best.seconds { continue }
      let seconds = makespan(size: size, giveUpAt: best.seconds)
      if seconds < best.seconds { best = (size, seconds) }
    }
    return best
  }

  /// The makespan with batches of `size`, in seconds; infinite once it passes `giveUpAt`.
  package func makespan(size: Int, giveUpAt: Double = .infinity) -> Double {
    var run = FixedRun(
      scenario: scenario, sums: sums, size: size, lastStartSeconds: lastStartSeconds)
    return run.makespan(giveUpAt: giveUpAt)
  }
}

/// One run of the rival.
private struct FixedRun {
  let scenario: Scenario
  let sums: [Double]
  let size: Int
  let lastStartSeconds: Double?
  var nextItem = 0
  /// What batches left when the limit came; taken once no whole batch is left.
  var leftovers: [Range<Int>] = []
  var busy = EventQueue()
  /// The leftover of the batch that each worker runs.
  var pending: [Int: Range<Int>] = [:]
  var warmIdle: [Int] = []
  var coldIdle = 0
  var created = 0

  mutating func makespan(giveUpAt: Double) -> Double {
    var now = 0.0
    var end = 0.0
    while true {
      createWorkers(now)
      while warmIdle.count + coldIdle > 0, let items = takeBatch() {
        end = max(end, begin(items, now))
        if end >= giveUpAt { return .infinity }
      }
      guard let next = nextEvent() else { return end }
      now = next
      while let event = busy.first, event.seconds <= now {
        busy.removeFirst()
        if scenario.warmReuse { warmIdle.append(event.worker) } else { coldIdle += 1 }
        if let rest = pending.removeValue(forKey: event.worker) { leftovers.append(rest) }
      }
    }
  }

  private var hasItems: Bool { nextItem < scenario.itemSeconds.count || !leftovers.isEmpty }

  private func nextEvent() -> Double? {
    let back = busy.first?.seconds
    guard hasItems, created < scenario.workers, let ramp = scenario.rampPerSecond else {
      return back
    }
    return min(back ?? .infinity, Double(created) / ramp)
  }

  private mutating func createWorkers(_ now: Double) {
    while created < scenario.workers,
      scenario.rampPerSecond.map({ Double(created) / $0 <= now }) ?? true
    {
      created += 1
      coldIdle += 1
    }
  }

  private mutating func takeBatch() -> Range<Int>? {
    if nextItem < scenario.itemSeconds.count {
      let first = nextItem
      nextItem = min(first + size, scenario.itemSeconds.count)
      return first..<nextItem
    }
    return leftovers.popLast()
  }

  /// Starts a batch on a warm worker if there is one; returns when it ends.
  private mutating func begin(_ items: Range<Int>, _ now: Double) -> Double {
    let isWarm = !warmIdle.isEmpty
    // Workers without a name share numbers above all those of warm ones.
    let worker = warmIdle.popLast() ?? nextName()
    if !isWarm { coldIdle -= 1 }
    let setUp = scenario.batchOverheadSeconds + (isWarm ? 0 : scenario.startUpSeconds)
    var last = items.upperBound
    if let lastStartSeconds {
      last = lastFitting(items, sums[items.lowerBound] + lastStartSeconds - setUp, further: 1)
    } else if let limit = scenario.timeLimitSeconds {
      last = lastFitting(items, sums[items.lowerBound] + limit - setUp, further: 0)
    }
    if last < items.upperBound { pending[worker] = last..<items.upperBound }
    let end = now + setUp + sums[last] - sums[items.lowerBound]
    busy.insert(EventQueue.Event(seconds: end, worker: worker))
    return end
  }

  private var names = 0

  private mutating func nextName() -> Int {
    names += 1
    return names
  }

  /// The end of the longest prefix that ends by `time` on the scale of `sums`, and so many items
  /// further; at least one item.
  private func lastFitting(_ items: Range<Int>, _ time: Double, further: Int) -> Int {
    if sums[items.upperBound] <= time { return items.upperBound }
    var (low, high) = (items.lowerBound, items.upperBound)
    while low < high {
      let middle = (low + high + 1) / 2
      if sums[middle] <= time { low = middle } else { high = middle - 1 }
    }
    return min(items.upperBound, max(low + further, items.lowerBound + 1))
  }

  init(scenario: Scenario, sums: [Double], size: Int, lastStartSeconds: Double?) {
    self.scenario = scenario
    self.sums = sums
    self.size = size
    self.lastStartSeconds = lastStartSeconds
  }
}
