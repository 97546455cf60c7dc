// Items that are longer than a worker may live: found before they are tried where that can be told.

extension Coordinator {
  /// How long the items of a batch may take at a site, in seconds; infinite without a limit.
  func roomSeconds(_ site: Int) -> Double {
    dispatcher.enter(site)
    return sites[site].limits.deadlineSeconds - dispatcher.model.setUpSeconds(.warm)
  }

  /// Where to end a batch, so that an item which is too long for any worker is alone in one.
  func cut(_ items: Range<Int>, at position: Int, roomSeconds room: Double) -> Int {
    let end = prepared.source.cut(items, at: position)
    guard room.isFinite else { return end }
    let long = (items.lowerBound..<min(end, items.upperBound)).first {
      tooLong($0, roomSeconds: room) != nil
    }
    return long.map { max($0, items.lowerBound + 1) } ?? end
  }

  /// How long an item should take for which no worker has time, even at the best pace seen; nil for
  /// others, and where nothing tells.
  private func tooLong(_ item: Int, roomSeconds: Double) -> WorkPace.Estimate? {
    guard roomSeconds.isFinite, let work = prepared.source.work(of: item),
      let estimate = pace.estimate(ofWork: work), estimate.leastSeconds > roomSeconds
    else { return nil }
    return estimate
  }

  /// Gives up the one item of a batch that is too long, before it is tried, or leaves it to the workers
  /// that have the time; false for other batches.
  func refuseIfTooLong(_ assignment: Assignment, _ site: Int) -> Bool {
    let item = assignment.items.lowerBound
    guard assignment.items.count == 1,
      let estimate = tooLong(item, roomSeconds: roomSeconds(site))
    else { return false }
    // No worker was started for it.
    dispatcher.lost(assignment.batch, finishedItems: 1)
    guard !sites[siteOfSuspects].limits.deadlineSeconds.isFinite else {
      giveUp(item, estimate, sites[site].limits)
      return true
    }
    suspects.add(assignment.items)
    return true
  }

  private func giveUp(_ item: Int, _ estimate: WorkPace.Estimate, _ limits: ExecutorLimits) {
    giveUp(
      item, .exceedsLimit,
      "item \(prepared.source.inputIndex(of: item)) should take about "
        + "\(Quantity.seconds(estimate.seconds)), \(Quantity.seconds(estimate.leastSeconds)) at the "
        + "best pace so far, and was not tried, because a worker has "
        + "\(Quantity.seconds(limits.deadlineSeconds)); raise the time limit, or make it smaller",
      attempts: 0)
  }

  /// Learns the pace from a batch that was finished.
  func notePace(_ result: BatchResult, _ site: Int) {
    guard sites[site].limits.deadlineSeconds.isFinite, result.ending == .done,
      result.unfinished.isEmpty, result.times.count == result.items.count
    else { return }
    var work = 0.0
    for item in result.items {
      guard let more = prepared.source.work(of: item) else { return }
      work += more
    }
    pace.measured(work: work, seconds: result.times.totalSeconds)
  }
}
