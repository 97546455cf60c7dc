internal import Glibc

// MARK: - From the last record to the finished output

extension RunSession {
  /// Gives the complete output its name, or the stream its last bytes.
  func publish(
    _ ledger: RunLedger, _ outcome: RunOutcome, sink: any ResultSink, isRetry: Bool
  ) throws -> RunOutcome {
    var outcome = outcome
    do {
      if let change = prepared.source.changed() { throw TaskError(.cannotRun, change) }
      let length = try isRetry ? splice(ledger) : outcome.tally.outputBytes
      if !isRetry {
        try ledger.transaction("publish") { () throws(DatabaseError) in
          try ledger.set("output_bytes", String(length))
          if case .file = target {
            try ledger.set("state", RunLedger.State.publishing.rawValue)
          }
        }
      }
      outcome.tally.outputBytes = length
      try writeFailures(ledger)
      try name(ledger, length: length, sink: isRetry ? nil : sink)
      outcome.tally.failuresByCode = try ledger.failureCounts()
      outcome.tally.marks = try ledger.journal.marks()
      outcome.tally.outputBytes = try ledger.integer("assembled_bytes") ?? length
      if case .file(let path) = target { outcome.outputPath = path }
    } catch let interruption as Interruption {
      outcome.ending = .interrupted(signal: interruption.signal)
    } catch {
      outcome.ending = .stopped("\(error)")
    }
    // Making the output of the records may take as long as many items.
    outcome.tally.elapsedSeconds = clock.now
    return outcome
  }

  /// Continues after a sudden end between the last record and the finished state.
  func finishPublishing(_ ledger: RunLedger) throws -> RunOutcome {
    try writeFailures(ledger)
    let length = try ledger.integer("output_bytes") ?? 0
    return try unlessInterrupted(try verdict(ledger)) {
      try name(ledger, length: length, sink: nil)
    }
  }

  /// The verdict of a finished run, once more; a stream gets the output again.
  func repeatVerdict(_ ledger: RunLedger) throws -> RunOutcome {
    let outcome = try verdict(ledger)
    guard case .stream(let descriptor, let streamName) = target else { return outcome }
    let stream = StreamSink(
      descriptor: descriptor, name: streamName, spool: directory.file(.output),
      onFailure: { _ in })
    return try unlessInterrupted(outcome) { try send(stream, length: outcome.tally.outputBytes) }
  }

  private func unlessInterrupted(
    _ outcome: @autoclosure () throws -> RunOutcome, _ body: () throws -> Void
  ) throws -> RunOutcome {
    do {
      try body()
      return try outcome()
    } catch let interruption as Interruption {
      var outcome = try outcome()
      outcome.ending = .interrupted(signal: interruption.signal)
      return outcome
    }
  }

  /// Waits until the stream has it all, or a signal comes.
  private func send(_ stream: any ResultSink, length: Int) throws {
    configuration.interrupts?.listen { stream.interrupt($0) }
    try stream.publish(from: directory.file(.output), length: length)
  }

  private func verdict(_ ledger: RunLedger) throws -> RunOutcome {
    var tally = RunTally()
    tally.total = try ledger.integer("total") ?? 0
    tally.done = tally.total
    tally.resumed = tally.total
    // A retry that was cut off has told nobody of its failures.
    tally.failuresByCode = try ledger.failureCounts(early: false)
    tally.outputBytes =
      try ledger.integer("assembled_bytes") ?? ledger.integer("output_bytes") ?? 0
    tally.marks = try ledger.journal.marks()
    tally.elapsedSeconds = clock.now
    var outcome = RunOutcome(ending: .complete, tally: tally, runDirectory: directory.path)
    outcome.wasFinished = true
    if case .file(let path) = target { outcome.outputPath = path }
    return outcome
  }

  /// Puts the retried records in their places; the length of the new output.
  private func splice(_ ledger: RunLedger) throws -> Int {
    let old =
      switch target {
      case .file(let path) where prepared.assembly == nil: path
      case .file, .stream: directory.file(.output)
      }
    return try Splice(ledger: ledger, directory: directory).write(from: old)
  }

  /// Gives the output its name and notes that the run is finished.
  ///
  /// - Parameter sink: The sink that followed the run; nil when nothing was sent yet.
  private func name(_ ledger: RunLedger, length: Int, sink: (any ResultSink)?) throws {
    let isSpliced = try ledger.state() == .republishing
    let spool = directory.file(isSpliced ? .spliced : .output)
    switch target {
    case .file(let path) where prepared.assembly != nil:
      if isSpliced, DirectoryEntry.exists(spool) {
        try DirectoryEntry.rename(spool, to: directory.file(.output), role: "splice")
      }
      try assemble(ledger, path, length: length, sink: sink)
    case .file(let path):
      if DirectoryEntry.exists(spool) {
        try FileSink(path: path).publish(from: spool, length: length)
      }
      guard let mark = FileMark(path), mark.size == length else {
        throw TaskError(
          .cannotRun, "the complete output did not get to \(path); begin anew with --fresh")
      }
      try finish(ledger, mark: mark, path: path)
    case .stream(let descriptor, let streamName):
      if isSpliced, DirectoryEntry.exists(spool) {
        try DirectoryEntry.rename(spool, to: directory.file(.output), role: "splice")
      }
      let stream =
        sink
        ?? StreamSink(
          descriptor: descriptor, name: streamName, spool: directory.file(.output),
          onFailure: { _ in })
      try send(stream, length: length)
      try finish(ledger, mark: nil, path: nil)
    }
    DirectoryEntry.remove(directory.file(.early))
  }

  /// Makes the output of the records and gives it its name.
  ///
  /// The records stay until the output has its name, and for as long as a retry may need them.
  private func assemble(
    _ ledger: RunLedger, _ path: String, length: Int, sink: (any ResultSink)?
  ) throws {
    let draft = directory.file(.assembled)
    let records = directory.file(.output)
    if let sink = sink ?? prepared.assembly.map({ makeSink($0) }) {
      try sink.publish(from: records, length: length)
    }
    let (length, digest) = try sealed(draft)
    try ledger.transaction("assemble") { () throws(DatabaseError) in
      try ledger.set("assembled_bytes", String(length))
      try ledger.set("assembled_digest", digest)
    }
    try FileSink(path: path).publish(from: draft, length: length)
    try finish(ledger, mark: FileMark(path), path: path)
    if try ledger.failureCounts().isEmpty { DirectoryEntry.remove(records) }
  }

  /// Makes the file survive a power failure; its length and digest.
  private func sealed(_ path: String) throws -> (length: Int, digest: String) {
    let file = try DurableFile(path: path, role: "assembled", isForUser: true)
    let length = file.size
    file.startWriteback(0..<length)
    var hash = Checksum()
    let buffer = ByteBuffer(capacity: 1 << 20)
    for offset in stride(from: 0, to: length, by: 1 << 20) {
      buffer.removeAll()
      try file.read(at: offset, count: min(1 << 20, length - offset), into: buffer)
      unsafe buffer.withBytes { unsafe hash.update($0) }
    }
    try file.sync()
    return (length, hash.hexadecimal())
  }

  private func finish(_ ledger: RunLedger, mark: FileMark?, path: String?) throws {
    try ledger.transaction("finish") { () throws(DatabaseError) in
      if let mark, let path {
        try ledger.set("published_as", path)
        try ledger.set("published_mark", mark.text)
      }
      try ledger.set("state", RunLedger.State.finished.rawValue)
      try ledger.journal.removeAll()
    }
    try ledger.checkpoint()
  }

  /// Writes `failures.jsonl`, one line for each failed item, in input order.
  private func writeFailures(_ ledger: RunLedger) throws {
    let draft = directory.file(.failuresDraft)
    let file = try DurableFile(path: draft, role: "failures")
    try file.truncate(to: 0)
    let buffer = ByteBuffer()
    var length = 0
    try ledger.forEachFailure { row in
      buffer.append(FailureLine(row).text)
      guard buffer.count > 1 << 20 else { return }
      unsafe try file.write(buffer.bytes, at: length)
      length += buffer.count
      buffer.removeAll()
    }
    unsafe try file.write(buffer.bytes, at: length)
    try DirectoryEntry.rename(draft, to: directory.file(.failures), role: "failures")
  }
}
