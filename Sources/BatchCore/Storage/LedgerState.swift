/// Where a run stands, read from its ledger when the program starts.
struct LedgerState: Sendable {
  /// Every item before this one stands in the output.
  var frontier = 0
  var outputEnd = 0
  var early: [Committer.EarlyPart] = []
  var earlyEnd = 0
  var failuresByCode: [String: Int] = [:]
  /// The items still to be done, in order.
  var remaining: [Range<Int>] = []
  /// Whether the failed items of a finished run are being tried again.
  var isRetry = false
  var total = 0

  /// A run that has not begun.
  init(total: Int, prologueBytes: Int) {
    self.total = total
    outputEnd = prologueBytes
    remaining = total > 0 ? [0..<total] : []
  }

  /// A run that was interrupted.
  init(running ledger: RunLedger, total: Int) throws(DatabaseError) {
    self.total = total
    let last = try ledger.lastPart()
    frontier = last?.items.upperBound ?? 0
    outputEnd = last?.end ?? 0
    if last == nil { outputEnd = try ledger.integer("prologue_bytes") ?? 0 }
    try readEarly(ledger)
    failuresByCode = try ledger.failureCounts()
    var done = ItemSet(early.map(\.items))
    done.insert(0..<frontier)
    remaining = done.gaps(in: 0..<total)
  }

  /// A finished run whose failed items are to be tried again.
  init(retrying ledger: RunLedger, total: Int) throws {
    self.total = total
    isRetry = true
    try readEarly(ledger)
    failuresByCode = try ledger.failureCounts(early: true)
    let done = ItemSet(early.map(\.items))
    var failed = ItemSet()
    try ledger.forEachFailure(inOutput: true) { row in
      failed.insert(row.failure.item.index..<row.failure.item.index + 1)
    }
    for range in failed.ranges { remaining += done.gaps(in: range) }
  }

  private mutating func readEarly(_ ledger: RunLedger) throws(DatabaseError) {
    let rows = try ledger.earlyParts()
    early = rows.map {
      Committer.EarlyPart(items: $0.items, offset: $0.offset, length: $0.length)
    }
    earlyEnd = rows.map(\.end).max() ?? 0
  }

  var remainingCount: Int { remaining.reduce(0) { $0 + $1.count } }

  var progress: CommitWriter.Progress {
    CommitWriter.Progress(
      itemsDone: total - remainingCount, outputEnd: outputEnd, failuresByCode: failuresByCode)
  }

  func committer(memoryBytes: Int) -> Committer {
    // A retry never appends: its frontier stands before every item.
    Committer(
      frontier: isRetry ? -1 : frontier, outputEnd: outputEnd, early: early, earlyEnd: earlyEnd,
      memoryBytes: memoryBytes)
  }
}
