// A process that dies suddenly has committed items that its last event does not tell of: the event
// follows the transaction. The ledger knows them.

extension RunStatus {
  /// Takes the numbers of an interrupted run from its ledger; where that cannot be read, those of the
  /// events stay.
  mutating func readLedger(of path: String) {
    let file = path + "/" + RunDirectory.Name.ledger.rawValue
    // Whoever takes the run up meanwhile tells its own numbers.
    guard DirectoryEntry.exists(file), let directory = try? RunDirectory(path: path),
      let ledger = try? RunLedger(path: directory.file(.ledger))
    else { return }
    try? read(ledger)
  }

  private mutating func read(_ ledger: RunLedger) throws {
    guard try ledger.state() == .running, let total = try ledger.integer("total") else { return }
    let last = try ledger.lastPart()
    let frontier = last?.items.upperBound ?? 0
    let failures = try ledger.failureCounts()
    let output = try last?.end ?? ledger.integer("prologue_bytes") ?? 0
    let ahead = try Self.count(ledger, from: frontier, total)
    (totalItems, finishedItems) = (total, frontier + ahead)
    (failuresByCode, outputBytes) = (failures, output)
  }

  /// How many items wait for their place in the output.
  private static func count(_ ledger: RunLedger, from frontier: Int, _ total: Int) throws -> Int {
    var waits = [Bool](repeating: false, count: max(0, total - frontier))
    for part in try ledger.earlyParts() {
      for item in part.items.clamped(to: frontier..<max(frontier, total)) {
        waits[item - frontier] = true
      }
    }
    try ledger.journal.forEach { row in
      for record in row.records where record.item >= frontier && record.item < total {
        waits[record.item - frontier] = true
      }
    }
    return waits.count { $0 }
  }
}
