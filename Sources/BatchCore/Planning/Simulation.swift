/// Runs a scenario on a virtual clock with the dispatcher and the deadline rule of real runs.
package enum Simulation {
  /// What came of a scenario.
  package struct Answer: Sendable, Equatable {
    /// When the last batch ended, in seconds.
    package var makespanSeconds = 0.0
    /// Start-up, overhead and work of all invocations together, in seconds.
    package var billedSeconds = 0.0
    /// How many invocations the time limit ended.
    package var limitKills = 0
    /// Items that no invocation can hold; attempted once alone.
    package var exceedsLimit: [Int] = []
    /// Every invocation, in the order of their ends.
    package var batches: [VirtualRun.Invocation] = []
  }

  /// Runs `scenario` to its end.
  ///
  /// - Parameters:
  ///   - model: What the dispatcher knows at the start; nil: everything but the item times.
  ///   - batchSize: The size of every batch; nil: the dispatcher's choice.
  ///   - observe: Called with the clock and the dispatcher whenever a batch has come back.
  package static func run(
    _ scenario: Scenario, model: CostModel? = nil, batchSize: Int? = nil,
    policy: SizingPolicy = SizingPolicy(), observe: (Double, Dispatcher) -> Void = { _, _ in }
  ) -> Answer {
    var answer = Answer()
    guard !scenario.itemSeconds.isEmpty else { return answer }
    let dispatcher = Dispatcher(
      remaining: [0..<scenario.itemSeconds.count], model: model ?? scenario.model,
      limits: scenario.limits, batchSize: batchSize, policy: policy)
    var run = VirtualRun(
      dispatcher: dispatcher, startUpSeconds: scenario.startUpSeconds,
      overheadSeconds: scenario.batchOverheadSeconds)
    answer.makespanSeconds = run.run(
      work: { work(on: $0, setUpSeconds: $1, scenario: scenario) },
      ended: { invocation, dispatcher in
        answer.add(invocation)
        observe(invocation.endSeconds, dispatcher)
      })
    return answer
  }

  /// Walks through the items of an assignment as a worker does.
  private static func work(
    on assignment: Assignment, setUpSeconds: Double, scenario: Scenario
  ) -> VirtualRun.Outcome {
    var rule = DeadlineRule(assignment, startedAt: 0)
    var outcome = VirtualRun.Outcome(finishedItems: 0, workSeconds: 0)
    var handedOver = (items: 0, seconds: 0.0)
    let limit = scenario.timeLimitSeconds ?? .infinity
    for item in assignment.items {
      guard rule.mayStartNext(now: setUpSeconds + outcome.workSeconds) else { break }
      let seconds = scenario.itemSeconds[item]
      if setUpSeconds + outcome.workSeconds + seconds > limit {
        outcome.isKilled = true
        outcome.workSeconds = limit - setUpSeconds
        outcome.finishedItems = handedOver.items
        return outcome
      }
      outcome.workSeconds += seconds
      outcome.finishedItems += 1
      outcome.times.add(seconds)
      rule.finished(items: 1, seconds: seconds)
      if outcome.workSeconds - handedOver.seconds >= handOverSeconds {
        handedOver = (outcome.finishedItems, outcome.workSeconds)
      }
    }
    return outcome
  }

  /// A worker hands over what it has finished about this often, in seconds.
  private static let handOverSeconds = 1.0
}

extension Simulation.Answer {
  fileprivate mutating func add(_ invocation: VirtualRun.Invocation) {
    batches.append(invocation)
    billedSeconds += invocation.endSeconds - invocation.startSeconds
    guard invocation.isKilled else { return }
    limitKills += 1
    let items = invocation.assignment.items
    if items.count == 1 { exceedsLimit.append(items.lowerBound) }
  }
}
