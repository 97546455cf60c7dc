/// A run on a virtual clock: the dispatcher, and workers that appear, start, work and come back.
///
/// What an invocation comes to is the caller's to say, so that the simulation can walk through known
/// item times and the planner can draw likely ones.
package struct VirtualRun {
  /// What a worker does between its set-up and its return.
  package struct Outcome {
    /// How many leading items of the assignment finished.
    package var finishedItems: Int
    /// What the invocation lasted after its set-up, in seconds.
    package var workSeconds: Double
    /// The times of the finished items, which the dispatcher learns at the end.
    package var times = ItemTimes()
    /// Whether the time limit ended it; what it had not handed over counts as lost.
    package var isKilled = false
  }

  /// An invocation that has ended.
  package struct Invocation: Sendable, Equatable {
    package var assignment: Assignment
    package var worker: Int
    package var startSeconds: Double
    package var endSeconds: Double
    package var isCold: Bool
    package var finishedItems: Int
    package var isKilled: Bool
  }

  package var dispatcher: Dispatcher
  /// The true start-up of a new environment, in seconds.
  private let startUpSeconds: Double
  /// The true cost of every batch, in seconds.
  private let overheadSeconds: Double
  /// How many leading items of a range fit one payload.
  private let fitting: (Range<Int>) -> Int

  private var now = 0.0
  private var createdWorkers = 0
  private var coldIdle: [Int] = []
  private var warmIdle: [Int] = []
  private var busy = EventQueue()
  private var out: [Int: Out] = [:]

  /// An invocation that has not ended.
  private struct Out {
    var invocation: Invocation
    var times: ItemTimes
  }

  package init(
    dispatcher: Dispatcher, startUpSeconds: Double, overheadSeconds: Double,
    fitting: @escaping (Range<Int>) -> Int = { $0.count }
  ) {
    self.dispatcher = dispatcher
    self.fitting = fitting
    self.startUpSeconds = startUpSeconds
    self.overheadSeconds = overheadSeconds
  }

  /// Runs to the end.
  ///
  /// - Parameters:
  ///   - work: What comes of an assignment whose set-up takes so many seconds.
  ///   - ended: Called with every invocation in the order of their ends. A killed invocation of a
  ///     single item is not repeated.
  /// - Returns: When the last invocation ended, in seconds.
  package mutating func run(
    work: (Assignment, Double) -> Outcome, ended: (Invocation, Dispatcher) -> Void
  ) -> Double {
    var makespan = 0.0
    while true {
      createWorkers()
      offer(work)
      guard let time = nextEventSeconds() else { return makespan }
      now = time
      while let next = busy.first, next.seconds <= now {
        busy.removeFirst()
        guard let entry = out.removeValue(forKey: next.worker) else { continue }
        take(entry.invocation, times: entry.times)
        makespan = max(makespan, entry.invocation.endSeconds)
        ended(entry.invocation, dispatcher)
      }
    }
  }

  private func nextEventSeconds() -> Double? {
    var next = busy.first?.seconds
    if dispatcher.hasWaitingItems, createdWorkers < dispatcher.limits.workers,
      let ramp = dispatcher.limits.rampPerSecond
    {
      let created = Double(createdWorkers) / ramp
      next = min(next ?? created, created)
    }
    return next
  }

  /// Worker k exists from k / ramp seconds on.
  private mutating func createWorkers() {
    let limits = dispatcher.limits
    while createdWorkers < limits.workers,
      limits.rampPerSecond.map({ Double(createdWorkers) / $0 <= now }) ?? true
    {
      coldIdle.append(createdWorkers)
      createdWorkers += 1
    }
  }

  private mutating func offer(_ work: (Assignment, Double) -> Outcome) {
    for state in [WorkerState.warm, .cold] {
      while dispatcher.hasWaitingItems, let worker = state == .warm ? warmIdle.last : coldIdle.last
      {
        guard
          let assignment = dispatcher.next(
            now: now, idleWorkers: warmIdle.count + coldIdle.count, worker: state,
            fitting: fitting)
        else { break }
        if state == .warm { warmIdle.removeLast() } else { coldIdle.removeLast() }
        begin(assignment, worker: worker, isCold: state == .cold, work)
      }
    }
  }

  private mutating func begin(
    _ assignment: Assignment, worker: Int, isCold: Bool, _ work: (Assignment, Double) -> Outcome
  ) {
    let setUp = overheadSeconds + (isCold ? startUpSeconds : 0)
    let outcome = work(assignment, setUp)
    let invocation = Invocation(
      assignment: assignment, worker: worker, startSeconds: now,
      endSeconds: now + setUp + outcome.workSeconds, isCold: isCold,
      finishedItems: outcome.finishedItems, isKilled: outcome.isKilled)
    out[worker] = Out(invocation: invocation, times: outcome.times)
    busy.insert(EventQueue.Event(seconds: invocation.endSeconds, worker: worker))
  }

  private mutating func take(_ invocation: Invocation, times: ItemTimes) {
    let batch = invocation.assignment.batch
    if invocation.isKilled, invocation.assignment.items.count > 1 {
      dispatcher.lost(batch, finishedItems: invocation.finishedItems)
    } else if invocation.isKilled {
      dispatcher.finished(batch, finishedItems: 1, times: ItemTimes())
    } else {
      dispatcher.finished(
        batch, finishedItems: invocation.finishedItems,
        startUpSeconds: invocation.isCold ? startUpSeconds : nil,
        overheadSeconds: overheadSeconds, times: times)
    }
    if dispatcher.limits.warmReuse, !invocation.isKilled {
      warmIdle.append(invocation.worker)
    } else {
      coldIdle.append(invocation.worker)
    }
  }
}

/// A binary heap of the times at which workers come back.
package struct EventQueue {
  package struct Event {
    package var seconds: Double
    package var worker: Int
  }

  private var heap: [Event] = []

  package init() {}

  package var first: Event? { heap.first }

  /// - Complexity: O(log *n*).
  package mutating func insert(_ event: Event) {
    heap.append(event)
    var child = heap.count - 1
    while child > 0, Self.precedes(heap[child], heap[(child - 1) / 2]) {
      heap.swapAt(child, (child - 1) / 2)
      child = (child - 1) / 2
    }
  }

  /// - Complexity: O(log *n*).
  package mutating func removeFirst() {
    let last = heap.removeLast()
    guard !heap.isEmpty else { return }
    heap[0] = last
    var parent = 0
    while true {
      var child = 2 * parent + 1
      guard child < heap.count else { return }
      if child + 1 < heap.count, Self.precedes(heap[child + 1], heap[child]) { child += 1 }
      guard Self.precedes(heap[child], heap[parent]) else { return }
      heap.swapAt(child, parent)
      parent = child
    }
  }

  private static func precedes(_ a: Event, _ b: Event) -> Bool {
    (a.seconds, a.worker) < (b.seconds, b.worker)
  }
}
