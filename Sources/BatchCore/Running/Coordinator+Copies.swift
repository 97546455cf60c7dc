// Second attempts at batches that take too long.

extension Coordinator {
  /// Has a free worker try what the slowest batch has left, when nothing else waits.
  ///
  /// Only where workers are remote: a thread of this machine that has the same processor, memory and
  /// disk would be as slow. And not where a task limits the batches of a lane, which are those of one
  /// server, for instance: the copy would be one more.
  func copySlowBatches() {
    guard let policy = configuration.speculation, sites.contains(where: { $0.executor.isRemote }),
      ending == nil, !hasMore, prepared.source.dispatchOrder == nil,
      clock.now - lastLookForSlow >= 1
    else { return }
    lastLookForSlow = clock.now
    guard policy.isTime(batchesDone: batchesDone, batchesOut: flights.count) else { return }
    for site in sites.indices where sites[site].executor.isRemote {
      dispatcher.enter(site)
      while sites[site].out < sites[site].limits.workers, let slow = slowest(site, policy) {
        guard copy(slow) else { break }
      }
    }
  }

  /// The batch to copy: of those of a site that are slow the one that has run longest.
  private func slowest(_ site: Int, _ policy: SpeculationPolicy) -> BatchIndex? {
    let slow = flights.filter { batch, flight in
      flight.site == site && flight.rival == nil && flight.copies < policy.mostCopies
        && attempt(flight).map(policy.isWorthCopying) ?? false
    }
    return slow.min { ($0.value.beganSeconds ?? 0, $0.key) < ($1.value.beganSeconds ?? 0, $1.key) }?
      .key
  }

  /// Nil for a batch that has not begun, that is not known well enough, or whose rest has gaps.
  private func attempt(_ flight: Flight) -> SpeculationPolicy.Attempt? {
    guard let began = flight.beganSeconds, let planned = flight.planned,
      dispatcher.model.itemProvenance == .measured, flight.left.ranges.count == 1,
      let expected = dispatcher.expectedSeconds(of: planned)
    else { return nil }
    return SpeculationPolicy.Attempt(
      runningSeconds: clock.now - began, expectedSeconds: expected,
      longestItemSeconds: dispatcher.model.items.upperSeconds,
      items: flight.order.assignment.items.count, itemsLeft: flight.left.count,
      copySeconds: dispatcher.secondsAgain(flight.left.bounds),
      deadlineSeconds: flight.order.assignment.deadlineSeconds)
  }

  /// False when the copy may not be paid for, or cannot be made.
  private func copy(_ batch: BatchIndex) -> Bool {
    guard let flight = flights[batch], let planned = flight.planned,
      let began = flight.beganSeconds,
      var assignment = dispatcher.secondAttempt(at: planned, items: flight.left.bounds),
      objectionToAnother(flight.site) == nil
    else { return false }
    assignment.batch = nextIndex()
    do {
      var order = try self.order(assignment)
      order.copyOf = batch
      let copied = RunEvent.copied(order, runningSeconds: clock.now - began)
      flights[batch]?.rival = assignment.batch
      flights[batch]?.copies += 1
      var second = Flight(order: order, site: flight.site, planned: planned, rival: batch)
      second.copies = flight.copies + 1
      log.add(copied)
      tally.copies += 1
      handOut(second)
      return true
    } catch {
      stop(.stopped("\(error)"))
      return false
    }
  }

  // MARK: - Which one counts

  /// Decides the race of a batch that has come back with another attempt; false when this one counts
  /// no more, whatever became of it.
  func countsAfterRace(_ result: BatchResult, _ flight: Flight) -> Bool {
    guard !flight.hasLost else { return false }
    guard let rival = flight.rival, let other = flights[rival] else { return true }
    flights[rival]?.rival = nil
    let copy = flight.order.copyOf == nil ? other : flight
    guard result.wins(raceFor: copy.order.assignment.items) else {
      // Items that have cost a worker get no further one before the other is back.
      if result.mayBeOfItsItems { flights[rival]?.copies = .max }
      return false
    }
    // The executor ends it, and hands nothing over of it any more.
    flights[rival]?.hasLost = true
    if flight.order.copyOf != nil { tally.copiesWon += 1 }
    return true
  }
}
