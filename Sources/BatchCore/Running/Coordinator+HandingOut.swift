// Which batch goes where, and when.

extension Coordinator {
  /// How long a batch that is out at a site takes on average, in seconds.
  private func averageBatchSeconds(_ site: Int) -> Double {
    guard sites[site].out > 0, dispatcher.model.knowsItems else { return 1 }
    let items = flights.values.reduce(0) {
      $0 + ($1.site == site ? $1.order.assignment.items.count : 0)
    }
    return Double(items) / Double(sites[site].out) * dispatcher.model.items.meanSeconds
  }

  func fill() {
    for range in retries.due(at: clock.now) { dispatcher.giveBack(range) }
    do {
      for site in sites.indices where !isHeldBack(site) { try fill(site) }
    } catch {
      stop(.stopped("\(error)"))
    }
  }

  private func fill(_ site: Int) throws {
    while ending == nil,
      sites[site].out < sites[site].capacity(batchSeconds: averageBatchSeconds(site)),
      affordsAnother(site), let flight = try nextFlight(site)
    {
      handOut(flight)
    }
  }

  func handOut(_ flight: Flight) {
    flights[flight.order.assignment.batch] = flight
    sites[flight.site].out += 1
    sites[flight.site].executor.submit(flight.order)
  }

  /// What threads of this machine find out in the first second says whether it pays to start workers
  /// elsewhere, and how much they are to be given.
  private func isHeldBack(_ site: Int) -> Bool {
    sites[site].executor.isRemote && !dispatcher.model.knowsItems && clock.now < 1
      && sites.contains { !$0.executor.isRemote }
  }

  private func nextFlight(_ site: Int) throws -> Flight? {
    if site == siteOfSuspects,
      let range = suspects.next(where: { dispatcher.mayHandOut($0, now: clock.now) })
    {
      return try isolatedFlight(range)
    }
    dispatcher.enter(site)
    while ending == nil, var assignment = try nextAssignment(site) {
      if refuseIfTooLong(assignment, site) { continue }
      sites[site].warmWorkers = min(sites[site].limits.workers, sites[site].warmWorkers + 1)
      let planned = assignment.batch
      assignment.batch = nextIndex()
      return Flight(order: try order(assignment), site: site, planned: planned)
    }
    return nil
  }

  private func nextAssignment(_ site: Int) throws -> Assignment? {
    let limits = sites[site].limits
    // The dispatcher cannot be asked while it decides.
    let room = roomSeconds(site)
    var failure: (any Error)?
    let assignment = dispatcher.next(
      now: clock.now, idleWorkers: max(1, dispatcher.limits.workers - flights.count),
      worker: sites[site].nextWorker,
      fitting: { range in
        guard let most = limits.payloadBytes else { return range.count }
        do { return try prepared.source.prefix(of: range, fitting: most) } catch {
          failure = error
          return 1
        }
      }, cut: { cut($0, at: $1, roomSeconds: room) })
    if let failure { throw failure }
    return assignment
  }

  /// Where items run alone that may kill or outlive their worker: on this machine where it takes part,
  /// in a child process without a time limit.
  var siteOfSuspects: Int { sites.firstIndex { !$0.executor.isRemote } ?? 0 }

  private func isolatedFlight(_ range: Range<Int>) throws -> Flight {
    let assignment = Assignment(batch: nextIndex(), items: range)
    dispatcher.handedOut(range)
    return Flight(
      order: try order(assignment, isIsolated: true), site: siteOfSuspects, planned: nil)
  }

  func nextIndex() -> BatchIndex {
    defer { batchCount += 1 }
    return BatchIndex(batchCount)
  }

  func order(_ assignment: Assignment, isIsolated: Bool = false) throws -> BatchOrder {
    var input = try prepared.source.input(for: assignment.items)
    input.earlierAttempts = retries.attempts(ofAll: assignment.items)
    input.laneState = laneStates?[assignment.items]
    var order = BatchOrder(
      assignment: assignment, input: input,
      timeoutSeconds: timeoutSeconds,
      isIsolated: isIsolated, queuedSeconds: clock.now)
    if dispatcher.model.knowsItems {
      let items = dispatcher.model.items
      order.expectedSeconds =
        items.meanSeconds * Double(assignment.items.count) + items.upperSeconds
    }
    return order
  }

  /// After so many seconds without a sign of life an item is taken to hang. A task that waits for
  /// something outside applies the user's time-out to that by itself.
  var timeoutSeconds: Double {
    let own = prepared.defaultTimeoutSeconds
    return prepared.task.overlap > 1 ? own : configuration.timeoutSeconds ?? own
  }

  // MARK: - Cost

  /// Whether items wait to be handed out.
  var hasMore: Bool { dispatcher.hasWaitingItems || !suspects.isEmpty }

  /// Whether another batch may go to a site as far as its cost is concerned; stops the run when none
  /// may go anywhere any more.
  private func affordsAnother(_ site: Int) -> Bool {
    guard hasMore, let objection = objectionToAnother(site) else { return true }
    if flights.isEmpty, !sites.contains(where: { $0.limits.price == nil }) {
      stop(.stopped(objection))
    }
    return false
  }

  /// Why another batch would cost too much with those that are out; nil when it would not.
  func objectionToAnother(_ site: Int) -> String? {
    guard configuration.mostDollars != nil, sites[site].limits.price != nil else { return nil }
    dispatcher.enter(site)
    let model = dispatcher.model
    let out = flights.values.filter { $0.site == site }.map { flight in
      min(flight.order.expectedSeconds, flight.order.assignment.budgetSeconds)
    }
    // Nothing is known of a first batch but that it ends before its deadline.
    let next = out.max() ?? (model.knowsItems ? model.items.upperSeconds : .infinity)
    let all = (out + [next]).map {
      min($0, sites[site].limits.deadlineSeconds) + model.setUpSeconds(.cold)
    }
    return spending.objection(toBatches: all)
  }
}
