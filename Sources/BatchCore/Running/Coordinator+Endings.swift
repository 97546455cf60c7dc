// What follows from how a batch ended.

extension Coordinator {
  func takePlanned(_ result: BatchResult, _ planned: BatchIndex) {
    let rest = result.unfinished
    // A second attempt has only what the first had left.
    let all = dispatcher.items(of: planned) ?? result.items
    let times = all == result.items ? result.times : ItemTimes()
    // What is finished counts from the front; items that finish in any order leave gaps.
    let isPrefix = rest.isEmpty || rest.ranges == [rest.bounds.lowerBound..<all.upperBound]
    let finished = isPrefix ? all.count - rest.count : all.count
    switch result.ending {
    case .done:
      let outside = result.timings.outsideSeconds
      let isCold = result.timings.isCold
      let overhead = dispatcher.model.batchOverheadSeconds.value
      dispatcher.finished(
        planned, finishedItems: finished,
        startUpSeconds: isCold ? outside.map { max(0, $0 - overhead) } : nil,
        overheadSeconds: isCold ? nil : outside, times: times)
      if !isPrefix { giveBack(rest) }
    case .stopped(let sentence):
      dispatcher.finished(planned, finishedItems: finished, times: times)
      stop(.stopped(sentence))
    case .hung(let items):
      dispatcher.finished(planned, finishedItems: all.count, times: times)
      suspect(items, among: rest, because: "hung")
    case .exceeded(let items):
      dispatcher.finished(planned, finishedItems: all.count, times: times)
      suspect(items, among: rest, because: "exceeded the time limit")
    case .lost(let sentence):
      dispatcher.finished(planned, finishedItems: all.count, times: times)
      giveBack(rest)
      noteLoss(sentence)
    case .died:
      dispatcher.finished(planned, finishedItems: all.count, times: times)
      suspect(rest.bounds, among: rest, because: "died")
    }
  }

  /// So many workers in a row may go away without having finished anything.
  private static let mostLosses = 20

  private func noteLoss(_ sentence: String) {
    lossesInRow += 1
    guard lossesInRow >= Self.mostLosses else { return }
    stop(
      .stopped(
        "\(lossesInRow) workers in a row were lost and nothing got on; the last: \(sentence)"))
  }

  /// Queues the suspects for isolation and gives the other unfinished items back.
  private func suspect(_ named: Range<Int>, among rest: ItemSet, because reason: String) {
    // An item that finished at the last moment is none.
    let items = rest.clamped(to: named)
    for range in items.ranges {
      log.add(
        RunEvent(
          .suspect,
          [
            ("first", .integer(range.lowerBound)), ("count", .integer(range.count)),
            ("reason", .string(reason)),
          ]))
      suspects.add(range)
    }
    giveBack(rest, except: items)
  }

  private func giveBack(_ rest: ItemSet, except items: ItemSet = ItemSet()) {
    var usual = rest
    usual.remove(items)
    for range in usual.ranges { dispatcher.giveBack(range) }
  }

  func takeIsolated(_ result: BatchResult, _ limits: ExecutorLimits) {
    let rest = result.unfinished
    switch result.ending {
    case .done: for range in rest.ranges { suspects.add(range) }
    case .stopped(let sentence): stop(.stopped(sentence))
    case .died(let sentence):
      guard !rest.isEmpty, case .culprit(let item) = suspects.died(rest) else { return }
      giveUp(item, .crashed, "the worker process died on this item alone: \(sentence)")
    case .lost(let sentence):
      for range in rest.ranges { suspects.add(range) }
      noteLoss(sentence)
    case .exceeded(let items):
      guard !rest.isEmpty else { return }
      giveBack(rest, except: rest.clamped(to: items))
      guard case .culprit(let item) = suspects.died(rest, closer: items) else { return }
      giveUp(
        item, .exceedsLimit,
        "alone in a worker of its own it was not done within the time limit of "
          + "\(Quantity.seconds(limits.deadlineSeconds)); raise the limit, or make it smaller"
      )
    case .hung(let items):
      guard !rest.isEmpty else { return }
      giveBack(rest, except: rest.clamped(to: items))
      guard case .culprit(let item) = suspects.died(rest, closer: items) else { return }
      giveUp(
        item, .timedOut,
        "no sign of life for \(timeoutSeconds) s, alone in a process of its own; raise --timeout")
    }
  }

  /// Whether the run may go on when an item has failed so; its record is committed then.
  func tolerates(_ failure: ItemFailure) -> Bool {
    prepared.assembly?.tolerates(failure) ?? true
  }

  /// Records that an item failed for good, on the runner's own account.
  ///
  /// - Parameter attempts: How often it was tried; nil for what the retries say and one attempt alone.
  func giveUp(
    _ item: Int, _ code: ItemFailure.Code, _ message: String, attempts: Int? = nil
  ) {
    let place = prepared.source.inputIndex(of: item)
    var failure = ItemFailure(item: ItemID(place), code: code, message: message)
    guard tolerates(failure) else {
      return stop(.stopped("item \(place) cannot be done: \(message)"))
    }
    do {
      let input = try prepared.source.input(for: item..<item + 1)
      if input.contextItems == 0 { failure.location.line = input.firstLine }
      let record = ByteBuffer(try prepared.failureRecord(failure))
      let failed = Part.FailedItem(failure: failure, record: 0..<record.count)
      let part = Part(items: place..<place + 1, bytes: record, failures: [failed])
      buffers.charge(part)
      submit(
        CommitWriter.Submission(
          part: part, attempts: attempts ?? retries.attempts(of: item) + 2, host: hostName()))
    } catch {
      stop(.stopped("\(error)"))
    }
  }
}
