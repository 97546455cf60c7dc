extension Simulation.Answer {
  /// The answer as one JSON object.
  ///
  /// Every batch that was not killed ends at `start`, plus the start-up when it was cold, plus the
  /// overhead, plus the times of its first `finished` items (`count` where `finished` is left out). A
  /// killed batch has `"killed": true`; it ends at its time limit, and `finished` counts the items
  /// that it had handed over before.
  package var json: String {
    var text = "{\"makespan_seconds\":\(makespanSeconds),\"billed_seconds\":\(billedSeconds)"
    text += ",\"limit_kills\":\(limitKills),\"exceeds_limit\":["
    text += exceedsLimit.map(String.init).joined(separator: ",")
    text += "],\"batches\":["
    for (index, batch) in batches.enumerated() {
      if index > 0 { text += "," }
      text += "\n" + Self.json(of: batch)
    }
    return text + "]}\n"
  }

  private static func json(of batch: VirtualRun.Invocation) -> String {
    let items = batch.assignment.items
    var text = "{\"first\":\(items.lowerBound),\"count\":\(items.count)"
    if batch.finishedItems < items.count { text += ",\"finished\":\(batch.finishedItems)" }
    text += ",\"worker\":\(batch.worker),\"start\":\(batch.startSeconds)"
    text += ",\"end\":\(batch.endSeconds),\"cold\":\(batch.isCold)"
    if batch.isKilled { text += ",\"killed\":true" }
    return text + "}"
  }
}
