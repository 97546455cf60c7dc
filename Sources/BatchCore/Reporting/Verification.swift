internal import Glibc

/// A recount of a run: whether the output holds what the ledger says, in order, byte for byte.
package struct Verification: Sendable, Equatable {
  /// How the run stands, as in the ledger.
  package var state: String
  package var runID: String
  package var totalItems: Int
  /// Items in the output and in the file of early results.
  package var itemsFound: Int
  package var failedItems: Int
  /// Parts of the output whose digests were compared.
  package var parts: Int
  package var bytes: Int
  /// The file that was read.
  package var outputPath: String
  /// What is wrong; empty when nothing is.
  package var problems: [String]

  package var isGood: Bool { problems.isEmpty }
  package var isFinished: Bool { state == RunLedger.State.finished.rawValue }

  /// Recounts the run in the directory.
  ///
  /// - Throws: `TaskError` when there is no run, or it is under way.
  package init(directory path: String) throws {
    let directory = try Self.open(path)
    let ledger = try RunLedger(path: directory.file(.ledger))
    guard let state = try ledger.state() else { throw Self.noRun(path) }
    self.state = state.rawValue
    runID = try ledger.value("run") ?? ""
    totalItems = try ledger.integer("total") ?? 0
    let isPublished = [.finished, .retrying, .republishing].contains(state)
    let published = isPublished ? try ledger.value("published_as") : nil
    outputPath = published ?? directory.file(.output)
    itemsFound = 0
    parts = 0
    bytes = try ledger.integer("prologue_bytes") ?? 0
    problems = []
    failedItems = try ledger.failureCounts(early: isPublished ? false : nil).values.reduce(0, +)
    if isPublished, let digest = try ledger.value("assembled_digest") {
      try checkAssembled(ledger, directory, digest)
      checkWhole()
      return
    }
    do throws(SystemError) {
      let output = try DurableFile(path: outputPath, role: "verify", flags: O_RDONLY)
      checkParts(ledger, in: output)
    } catch {
      problems.append(error.description)
    }
    if isPublished { checkWhole() } else { try checkEarly(ledger, directory) }
  }

  private static func open(_ path: String) throws(TaskError) -> RunDirectory {
    let ledger = path + "/" + RunDirectory.Name.ledger.rawValue
    guard DirectoryEntry.exists(ledger) else { throw noRun(path) }
    return try RunDirectory(path: path)
  }

  private static func noRun(_ path: String) -> TaskError {
    TaskError(
      .cannotRun, "\(path) holds no run; name a run directory, such as out.csv.run beside out.csv")
  }

  /// Checks an output that was made of the records, and the records as far as they are kept.
  private mutating func checkAssembled(
    _ ledger: RunLedger, _ directory: RunDirectory, _ digest: String
  ) throws {
    let length = try ledger.integer("assembled_bytes") ?? 0
    let records = directory.file(.output)
    if DirectoryEntry.exists(records) {
      let file = try DurableFile(path: records, role: "verify", flags: O_RDONLY)
      checkParts(ledger, in: file)
    } else {
      try ledger.forEachPart { part in
        itemsFound += part.items.count
        parts += 1
      }
    }
    bytes = length
    do throws(SystemError) {
      let output = try DurableFile(path: outputPath, role: "verify", flags: O_RDONLY)
      let whole = RunLedger.PartRow(items: 0..<0, offset: 0, length: length, digest: digest)
      if output.size != length || !LedgerCheck.holds(whole, in: output) {
        problems.append("the \(output.size) bytes differ from the \(length) that were published")
      }
    } catch {
      problems.append(error.description)
    }
  }

  private mutating func checkParts(_ ledger: RunLedger, in file: borrowing DurableFile) {
    do {
      try compareParts(ledger, in: file)
    } catch {
      problems.append("\(error)")
    }
  }

  private mutating func compareParts(_ ledger: RunLedger, in file: borrowing DurableFile) throws {
    let prologue = RunLedger.PartRow(
      items: 0..<0, offset: 0, length: bytes, digest: try ledger.value("prologue_digest") ?? "")
    if !LedgerCheck.holds(prologue, in: file) {
      problems.append("the first \(bytes) bytes, before item 0, differ from what was committed")
    }
    var rows: [RunLedger.PartRow] = []
    try ledger.forEachPart { rows.append($0) }
    var next = 0
    for part in rows {
      check(part, after: next, in: file)
      next = part.items.upperBound
    }
    if file.size > bytes, isPublishedState {
      problems.append("there are \(file.size - bytes) bytes after the last item")
    }
  }

  private mutating func check(
    _ part: RunLedger.PartRow, after next: Int, in file: borrowing DurableFile
  ) {
    if part.items.lowerBound != next {
      problems.append("items \(next) to \(part.items.lowerBound - 1) are missing")
    }
    if part.offset != bytes { problems.append("there is a gap at byte \(bytes)") }
    if !LedgerCheck.holds(part, in: file) {
      problems.append(
        "items \(part.items.lowerBound) to \(part.items.upperBound - 1), bytes \(part.offset) to "
          + "\(part.end), differ from what was committed")
    }
    bytes = part.end
    parts += 1
    itemsFound += part.items.count
  }

  private var isPublishedState: Bool {
    [RunLedger.State.finished, .retrying, .republishing].map(\.rawValue).contains(state)
  }

  private mutating func checkWhole() {
    if itemsFound != totalItems {
      problems.append("the output holds \(itemsFound) of \(totalItems) items")
    }
  }

  private mutating func checkEarly(_ ledger: RunLedger, _ directory: RunDirectory) throws {
    try checkJournal(ledger, directory)
    let early = try ledger.earlyParts()
    itemsFound += early.reduce(0) { $0 + $1.items.count }
    if let bad = try LedgerCheck.firstBad(early, path: directory.file(.early)) {
      problems.append(
        "items \(bad.items.lowerBound) to \(bad.items.upperBound - 1), which wait for earlier ones, "
          + "differ from what was committed")
    }
  }

  /// Counts the items that wait in the journal, and compares its digests.
  private mutating func checkJournal(_ ledger: RunLedger, _ directory: RunDirectory) throws {
    var index = JournalIndex(total: totalItems)
    index.markDone(before: itemsFound)
    var rows: [RunLedger.PartRow] = []
    try ledger.journal.forEach { row in
      for record in row.records where record.item < totalItems {
        _ = index.insert(record.item, offset: 0, length: 0)
      }
      rows.append(
        RunLedger.PartRow(
          items: 0..<0, offset: row.offset, length: row.length, digest: row.digest))
    }
    itemsFound = index.count
    if let bad = try LedgerCheck.firstBad(rows, path: directory.file(.early)) {
      problems.append(
        "bytes \(bad.offset) to \(bad.end) of the results that wait for earlier ones differ from "
          + "what was committed")
    }
  }
}
