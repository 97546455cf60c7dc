/// The commit thread's state for a run whose items finish in any order.
///
/// Every record is first appended to the journal, in whatever order they come, and counts as finished
/// with the transaction that knows it there. As soon as all items before it are there too, it is
/// copied to the output, which grows in the order of the input. The journal is the truth until the
/// output is complete; what is in the output follows from it.
final class JournalSession: CommitKeeper {
  private let files: CommitFiles
  private let ledger: RunLedger
  private let buffers: PartBuffers
  private let clock: MonotonicClock
  private let report: @Sendable (CommitWriter.Report) -> Void

  private var index: JournalIndex
  /// Every item before this one stands in the output.
  private var frontier: Int
  private var outputEnd: Int
  private var journalEnd: Int
  /// Failed items whose records are not in the output.
  private var failedAhead: Set<Int>

  private let staging = ByteBuffer(capacity: 1 << 20)
  private let gathered = ByteBuffer(capacity: 1 << 20)
  private var rowStart: Int
  private var rowDigest = Checksum()
  /// The digest of the row that is being committed.
  private var closedDigest: String?
  private var rowRecords: [Part.Record] = []
  private var failures: [RunLedger.FailureRow] = []
  private var marks = [Int](repeating: 0, count: 8)
  private var progress: CommitWriter.Progress
  private var lastCommit: Double
  private var partsTaken = 0
  private(set) var hasFailed = false

  init(
    files: consuming CommitFiles, ledger: RunLedger, state: LedgerState, index: JournalIndex,
    buffers: PartBuffers, clock: MonotonicClock,
    report: @escaping @Sendable (CommitWriter.Report) -> Void
  ) {
    self.files = files
    self.ledger = ledger
    self.buffers = buffers
    self.clock = clock
    self.report = report
    self.index = index
    frontier = state.frontier
    outputEnd = state.outputEnd
    journalEnd = state.earlyEnd
    rowStart = state.earlyEnd
    failedAhead = state.failedAhead
    progress = state.progress
    lastCommit = clock.now
  }

  private var hasNews: Bool { !rowRecords.isEmpty || isNextThere }

  private var isNextThere: Bool { frontier < index.total && index.contains(frontier) }

  var secondsUntilCommit: Double {
    guard hasNews, !hasFailed else { return 3600 }
    return max(0, lastCommit + CommitWriter.commitSeconds - clock.now)
  }

  // MARK: - Taking parts in

  func take(_ submission: CommitWriter.Submission) {
    let part = submission.part
    defer { buffers.giveBack(part) }
    guard !hasFailed else { return }
    partsTaken += 1
    let records =
      part.records.isEmpty
      ? [Part.Record(item: part.items.lowerBound, length: part.bytes.count)] : part.records
    var offset = journalEnd
    var news = Set<Int>()
    for record in records {
      if index.insert(record.item, offset: offset, length: record.length) {
        news.insert(record.item)
        for bit in 0..<8 where record.marks & (1 << UInt8(bit)) != 0 { marks[bit] += 1 }
      } else {
        report(.dropped(record.item..<record.item + 1))
      }
      offset += record.length
    }
    guard !news.isEmpty else { return }
    addFailures(of: submission, news: news)
    // A record that was dropped stays in the journal as bytes that nothing names.
    rowRecords += records
    journalEnd = offset
    unsafe part.bytes.withBytes { unsafe rowDigest.update($0) }
    staging.append(contentsOf: part.bytes)
    if staging.count >= 1 << 20 { guarded { try self.flush() } }
  }

  private func addFailures(of submission: CommitWriter.Submission, news: Set<Int>) {
    for failed in submission.part.failures where news.contains(failed.failure.item.index) {
      failedAhead.insert(failed.failure.item.index)
      failures.append(
        RunLedger.FailureRow(
          failure: failed.failure, attempts: submission.attempts, host: submission.host,
          isEarly: true, record: 0..<failed.record.count))
    }
  }

  func commitIfDue() {
    if secondsUntilCommit <= 0 || failures.count > 20_000 { commit(all: false) }
  }

  /// How many bytes of the output one transaction answers for.
  private static let gatherBytes = 16 << 20

  /// Makes everything written so far count as finished, and lets the output grow.
  func commit(all: Bool) {
    repeat {
      guarded { try self.commitOnce() }
    } while all && hasNews && !hasFailed
    lastCommit = clock.now
  }

  private func commitOnce() throws {
    try flush()
    let first = frontier
    let start = outputEnd
    let moved = try gather()
    guard !rowRecords.isEmpty || frontier > first else { return }
    try ledger.transaction("commit") {
      try self.recordJournal()
      try self.recordOutput(from: first, at: start, moved)
    }
    isCommitted()
  }

  private func isCommitted() {
    for failure in failures {
      progress.failuresByCode[failure.failure.code.rawValue, default: 0] += 1
    }
    for bit in marks.indices { progress.marks[bit] += marks[bit] }
    progress.itemsDone = index.count
    progress.outputEnd = outputEnd
    progress.partsTaken = partsTaken
    closedDigest = nil
    rowStart = journalEnd
    rowRecords.removeAll(keepingCapacity: true)
    failures.removeAll()
    marks = [Int](repeating: 0, count: 8)
    report(.committed(progress))
  }

  /// What was appended to the output: its digest, and the failed items in it with their places.
  private struct Moved {
    var digest: String
    var failures: [(item: Int, offset: Int)]
  }

  /// Copies the records that are next from the journal to the output.
  private func gather() throws -> Moved {
    var digest = Checksum()
    var failures: [(item: Int, offset: Int)] = []
    let start = outputEnd
    while isNextThere, outputEnd - start < Self.gatherBytes {
      // Records that lie side by side in the journal are read together.
      guard let place = index.place(of: frontier) else { break }
      var end = place.lowerBound
      while let next = nextPlace, next.lowerBound == end, end - place.lowerBound < 1 << 20 {
        if !failedAhead.isEmpty, failedAhead.remove(frontier) != nil {
          failures.append((frontier, outputEnd))
        }
        end = next.upperBound
        outputEnd += next.count
        frontier += 1
      }
      try files.early.read(
        at: place.lowerBound, count: end - place.lowerBound, into: gathered)
      if gathered.count >= 1 << 20 || !isNextThere {
        unsafe gathered.withBytes { unsafe digest.update($0) }
        try writeGathered()
      }
    }
    unsafe gathered.withBytes { unsafe digest.update($0) }
    try writeGathered()
    return Moved(digest: digest.hexadecimal(), failures: failures)
  }

  private var nextPlace: Range<Int>? {
    frontier < index.total ? index.place(of: frontier) : nil
  }

  private func writeGathered() throws(SystemError) {
    guard gathered.count > 0 else { return }
    let offset = outputEnd - gathered.count
    unsafe try files.output.write(gathered.bytes, at: offset)
    files.output.startWriteback(offset..<outputEnd)
    gathered.removeAll()
  }

  private func recordJournal() throws(DatabaseError) {
    guard !rowRecords.isEmpty else { return }
    let digest = closedDigest ?? rowDigest.hexadecimal()
    closedDigest = digest
    try ledger.journal.add(
      JournalTable.Row(
        offset: rowStart, length: journalEnd - rowStart, digest: digest, records: rowRecords))
    for failure in failures { try ledger.add(failure: failure) }
    try ledger.journal.addMarks(marks)
  }

  private func recordOutput(
    from first: Int, at start: Int, _ moved: Moved
  ) throws(DatabaseError) {
    guard frontier > first else { return }
    try ledger.add(
      part: RunLedger.PartRow(
        items: first..<frontier, offset: start, length: outputEnd - start, digest: moved.digest))
    for failed in moved.failures {
      try ledger.moveFailures(of: failed.item..<failed.item + 1, toOutput: failed.offset)
    }
  }

  private func flush() throws(SystemError) {
    guard staging.count > 0 else { return }
    unsafe try files.early.write(staging.bytes, at: journalEnd - staging.count)
    staging.removeAll()
  }

  /// Syncs the output, so that its new name never stands for missing bytes.
  func close() { guarded { try self.files.output.sync() } }

  private func guarded(_ body: () throws -> Void) {
    guard !hasFailed else { return }
    do {
      try body()
    } catch {
      hasFailed = true
      rescue()
      report(.failed("\(error)"))
    }
  }

  /// Commits what was finished before the disk was full, in the space kept for that.
  ///
  /// Only to the journal: what the output had not got is copied to it when the run goes on.
  private func rescue() {
    files.reserve.release()
    do {
      try flush()
      try ledger.transaction("commit") { try self.recordJournal() }
      outputEnd = progress.outputEnd
      isCommitted()
    } catch {
      // Nothing more can be written: the items since the last commit will be computed again.
    }
  }
}
