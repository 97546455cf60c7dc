/// Where a run stands, read from its ledger when the program starts.
struct LedgerState: Sendable {
  /// Every item before this one stands in the output.
  var frontier = 0
  var outputEnd = 0
  var early: [Committer.EarlyPart] = []
  var earlyEnd = 0
  var failuresByCode: [String: Int] = [:]
  /// The items still to be done, in order; positions, with a dispatch order.
  var remaining: [Range<Int>] = []
  /// Where the records stand of a run whose items finish in any order; nil for other runs.
  var journal: JournalIndex?
  /// Failed items whose records are in the journal and not in the output.
  var failedAhead: Set<Int> = []
  /// How many records carry each mark, by its bit.
  var marks = [Int](repeating: 0, count: 8)
  /// Whether the failed items of a finished run are being tried again.
  var isRetry = false
  var total = 0

  /// A run that has not begun.
  init(total: Int, prologueBytes: Int, isJournaled: Bool = false) {
    self.total = total
    outputEnd = prologueBytes
    remaining = total > 0 ? [0..<total] : []
    if isJournaled { journal = JournalIndex(total: total) }
  }

  /// A run that was interrupted.
  init(running ledger: RunLedger, total: Int, order: DispatchOrder? = nil) throws {
    self.total = total
    let last = try ledger.lastPart()
    frontier = last?.items.upperBound ?? 0
    outputEnd = last?.end ?? 0
    if last == nil { outputEnd = try ledger.integer("prologue_bytes") ?? 0 }
    failuresByCode = try ledger.failureCounts()
    if let order {
      try readJournal(ledger, order)
      return
    }
    try readEarly(ledger)
    var done = ItemSet(early.map(\.items))
    done.insert(0..<frontier)
    remaining = done.gaps(in: 0..<total)
  }

  /// A finished run whose failed items are to be tried again.
  init(retrying ledger: RunLedger, total: Int, order: DispatchOrder? = nil) throws {
    self.total = total
    isRetry = true
    marks = try ledger.journal.marks()
    try readEarly(ledger)
    failuresByCode = try ledger.failureCounts(early: true)
    let done = ItemSet(early.map(\.items))
    var failed = ItemSet()
    try ledger.forEachFailure(inOutput: true) { row in
      failed.insert(row.failure.item.index..<row.failure.item.index + 1)
    }
    for range in failed.ranges { remaining += done.gaps(in: range) }
    guard let order else { return }
    let places = ItemSet(remaining)
    remaining = order.positions { places.overlaps($0..<$0 + 1) }
  }

  private mutating func readJournal(_ ledger: RunLedger, _ order: DispatchOrder) throws {
    var index = JournalIndex(total: total)
    var end = 0
    try ledger.journal.forEach { row in
      var offset = row.offset
      for record in row.records where record.item < total {
        _ = index.insert(record.item, offset: offset, length: record.length)
        offset += record.length
      }
      end = max(end, row.end)
    }
    index.markDone(before: frontier)
    earlyEnd = end
    marks = try ledger.journal.marks()
    try ledger.forEachFailure { row in
      if row.isEarly { failedAhead.insert(row.failure.item.index) }
    }
    remaining = order.positions { !index.contains($0) }
    journal = index
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
      itemsDone: total - remainingCount, outputEnd: outputEnd, failuresByCode: failuresByCode,
      marks: marks)
  }

  func committer(memoryBytes: Int) -> Committer {
    // A retry never appends: its frontier stands before every item.
    Committer(
      frontier: isRetry ? -1 : frontier, outputEnd: outputEnd, early: early, earlyEnd: earlyEnd,
      memoryBytes: memoryBytes)
  }
}
