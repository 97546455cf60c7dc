internal import Glibc

/// The two files that a run writes records to.
struct CommitFiles: ~Copyable {
  let output: DurableFile
  let early: DurableFile
  let reserve: DiskReserve

  private init(
    output: consuming DurableFile, early: consuming DurableFile, reserve: consuming DiskReserve
  ) {
    self.output = output
    self.early = early
    self.reserve = reserve
  }

  /// Opens the files and forgets what was written but never committed.
  static func open(
    _ directory: RunDirectory, _ state: LedgerState
  ) throws(SystemError) -> CommitFiles {
    let output = try DurableFile(path: directory.file(.output), role: "output", isForUser: true)
    let early = try DurableFile(path: directory.file(.early), role: "early")
    if !state.isRetry, output.size != state.outputEnd { try output.truncate(to: state.outputEnd) }
    if early.size != state.earlyEnd { try early.truncate(to: state.earlyEnd) }
    let reserve = DiskReserve(path: directory.file(.reserve))
    return CommitFiles(output: output, early: early, reserve: reserve)
  }
}

/// The state of the commit thread: what is written, what is in the open transaction.
final class CommitSession: CommitKeeper {
  private let files: CommitFiles
  private let ledger: RunLedger
  private let buffers: PartBuffers
  private let clock: MonotonicClock
  private let report: @Sendable (CommitWriter.Report) -> Void
  private let isRetry: Bool

  private var committer: Committer
  /// Where the records end that are written or staged.
  private var outputEnd: Int
  private var attempts: [Int: (count: Int, host: String)] = [:]
  private var pending = PendingCommit()
  private var pendingMarks = [Int](repeating: 0, count: 8)
  private var staging = ByteBuffer(capacity: 1 << 20)
  private var stagingOffset = 0
  private var scratch = ByteBuffer()
  private var progress: CommitWriter.Progress
  private var lastCommit: Double
  private var partsTaken = 0
  /// How many parts had been taken at the last commits.
  private var recentParts: [(seconds: Double, parts: Int)] = []
  private(set) var hasFailed = false

  init(
    files: consuming CommitFiles, ledger: RunLedger, state: LedgerState, buffers: PartBuffers,
    clock: MonotonicClock, report: @escaping @Sendable (CommitWriter.Report) -> Void
  ) {
    self.files = files
    self.ledger = ledger
    self.buffers = buffers
    self.clock = clock
    self.report = report
    isRetry = state.isRetry
    committer = state.committer(memoryBytes: buffers.limit / 2)
    outputEnd = state.outputEnd
    progress = state.progress
    lastCommit = clock.now
  }

  var secondsUntilCommit: Double {
    guard !pending.isEmpty || committer.hasWaiting else { return 3600 }
    return max(0, lastCommit + CommitWriter.commitSeconds - clock.now)
  }

  // MARK: - Taking parts in

  func take(_ submission: CommitWriter.Submission) {
    partsTaken += 1
    accept(submission)
  }

  private func accept(_ submission: CommitWriter.Submission) {
    guard submission.part.records.isEmpty else { return takeEach(submission) }
    let part = submission.part
    guard !hasFailed, committer.accept(part, now: clock.now) else {
      buffers.giveBack(part)
      if !hasFailed { report(.dropped(part.items)) }
      return
    }
    if !part.failures.isEmpty {
      attempts[part.items.lowerBound] = (submission.attempts, submission.host)
    }
    guarded { try self.write(self.committer.dueWrites(now: self.clock.now, all: self.isRetry)) }
  }

  /// Takes the records of retried items that finished in any order, each as a part of its own.
  private func takeEach(_ submission: CommitWriter.Submission) {
    let whole = submission.part
    var failures = whole.failures[...]
    var offset = 0
    buffers.release(whole)
    for record in whole.records {
      var bytes = ByteBuffer(capacity: 0)
      if !hasFailed {
        bytes = whole.bytes.copy(offset..<offset + record.length)
        addMarks(record.marks)
      }
      offset += record.length
      var own: [Part.FailedItem] = []
      if let failed = failures.first, failed.failure.item.index == record.item {
        own = [Part.FailedItem(failure: failed.failure, record: 0..<record.length)]
        failures.removeFirst()
      }
      let part = Part(items: record.item..<record.item + 1, bytes: bytes, failures: own)
      buffers.chargeAtOnce(part)
      accept(
        CommitWriter.Submission(part: part, attempts: submission.attempts, host: submission.host))
    }
  }

  private func addMarks(_ marks: UInt8) {
    for bit in 0..<8 where marks & (1 << UInt8(bit)) != 0 { pendingMarks[bit] += 1 }
  }

  func commitIfDue() {
    if secondsUntilCommit <= 0 || pending.failureCount > Self.mostFailures { commit(all: false) }
  }

  /// So many failures are not kept in memory until the next commit is due.
  private static let mostFailures = 20_000

  /// Makes everything written so far count as finished.
  func commit(all: Bool) {
    guarded {
      try self.write(self.committer.dueWrites(now: self.clock.now, all: all))
      try self.flush()
      guard !self.pending.isEmpty else { return }
      try self.record()
      if self.committer.isEarlyFileFree, !self.isRetry {
        try self.files.early.truncate(to: 0)
        self.committer.earlyFileWasEmptied()
      }
    }
    lastCommit = clock.now
  }

  /// Puts into the ledger what is written.
  private func record() throws {
    try ledger.transaction("commit") { () throws(DatabaseError) in
      try self.pending.record(in: self.ledger)
      try self.ledger.journal.addMarks(self.pendingMarks)
    }
    for bit in pendingMarks.indices { progress.marks[bit] += pendingMarks[bit] }
    pendingMarks = [Int](repeating: 0, count: 8)
    progress.itemsDone += pending.newItems
    for code in pending.newFailures { progress.failuresByCode[code, default: 0] += 1 }
    progress.outputEnd = outputEnd
    pending = PendingCommit()
    noteParts()
    report(.committed(progress))
  }

  /// A part that waits in memory for earlier ones does so no longer than the committer's patience.
  private func noteParts() {
    let now = clock.now
    recentParts.append((now, partsTaken))
    while let first = recentParts.first,
      !committer.hasWaiting || now - first.seconds >= Committer.patienceSeconds
    {
      progress.partsTaken = first.parts
      recentParts.removeFirst()
    }
  }

  /// Commits what was finished before the disk was full, in the space kept for that.
  private func rescue() {
    files.reserve.release()
    do {
      try flush()
      if !pending.isEmpty { try record() }
    } catch {
      // Nothing more can be written: the items since the last commit will be computed again.
    }
  }

  /// Syncs the output, so that its new name never stands for missing bytes.
  func close() {
    guarded {
      if !self.isRetry { try self.files.output.sync() }
    }
  }

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

  // MARK: - Writing

  private func write(_ writes: [Committer.Write]) throws {
    for write in writes {
      switch write {
      case .append(let part, let offset): try append(part, at: offset)
      case .appendEarly(let part, let offset): try move(part, to: offset)
      case .spill(let part, let offset): try spill(part, at: offset)
      }
    }
  }

  private func append(_ part: Part, at offset: Int) throws(SystemError) {
    defer { buffers.giveBack(part) }
    if part.bytes.count >= 128 << 10 {
      try flush()
      try write(part.bytes, at: offset)
    } else {
      if staging.count == 0 { stagingOffset = offset }
      staging.append(contentsOf: part.bytes)
    }
    note(part.items, part.bytes, at: offset)
    addFailures(of: part, base: offset, isEarly: false)
    if staging.count >= 1 << 20 { try flush() }
  }

  /// What is noted is written or staged, so that it can be committed even after a write has failed.
  private func note(_ items: Range<Int>, _ bytes: ByteBuffer, at offset: Int) {
    unsafe bytes.withBytes { unsafe pending.append(items: items, bytes: $0, at: offset) }
    outputEnd = offset + bytes.count
  }

  private func move(_ part: Committer.EarlyPart, to offset: Int) throws(SystemError) {
    try flush()
    scratch.removeAll()
    try files.early.read(at: part.offset, count: part.length, into: scratch)
    try write(scratch, at: offset)
    note(part.items, scratch, at: offset)
    pending.moved(part.items, to: offset)
  }

  private func spill(_ part: Part, at offset: Int) throws(SystemError) {
    defer { buffers.giveBack(part) }
    try writeAll(part.bytes, to: files.early, at: offset)
    let digest = unsafe part.bytes.withBytes { bytes in unsafe Checksum.hexadecimal(of: bytes) }
    pending.addEarly(
      RunLedger.PartRow(
        items: part.items, offset: offset, length: part.bytes.count, digest: digest))
    addFailures(of: part, base: 0, isEarly: true)
  }

  private func addFailures(of part: Part, base: Int, isEarly: Bool) {
    guard !part.failures.isEmpty else { return }
    let attempt = attempts.removeValue(forKey: part.items.lowerBound) ?? (1, "")
    for failed in part.failures {
      pending.add(
        RunLedger.FailureRow(
          failure: failed.failure, attempts: attempt.count, host: attempt.host, isEarly: isEarly,
          record: failed.record.lowerBound + base..<failed.record.upperBound + base))
    }
  }

  private func flush() throws(SystemError) {
    guard staging.count > 0 else { return }
    try write(staging, at: stagingOffset)
    staging.removeAll()
  }

  private func write(_ bytes: ByteBuffer, at offset: Int) throws(SystemError) {
    try writeAll(bytes, to: files.output, at: offset)
    files.output.startWriteback(offset..<offset + bytes.count)
  }

  private func writeAll(
    _ bytes: ByteBuffer, to file: borrowing DurableFile, at offset: Int
  ) throws(SystemError) {
    unsafe try bytes.withBytes { (raw) throws(SystemError) in unsafe try file.write(raw, at: offset)
    }
  }
}
