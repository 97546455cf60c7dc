internal import Glibc

/// The memory of a run: which items are done, where their records stand, and what failed.
///
/// SQLite in WAL mode with an exclusive lock; one thread writes. A transaction is the instant at
/// which items become finished.
// @unchecked Sendable: one thread at a time uses it: the session's, except between the start and the
// end of the commit thread, when that one does.
package final class RunLedger: @unchecked Sendable {
  /// How far a run has come.
  package enum State: String {
    /// Items are being worked on, or the run was interrupted.
    case running
    /// All records are there; the output is about to take its name.
    case publishing
    /// The output has its name.
    case finished
    /// A finished run whose failed items are being tried again.
    case retrying
    /// All retried records are there; the output with them is about to take its name.
    case republishing
  }

  private let database: Database
  private let insertPart: Statement
  private let insertEarly: Statement
  private let deleteEarly: Statement
  private let insertFailure: Statement
  private let moveFailures: Statement
  private let setValue: Statement
  private let getValue: Statement
  /// The records of a run whose items finish in any order.
  package let journal: JournalTable

  package init(path: String, mode: Database.Mode = .readWrite) throws(DatabaseError) {
    if let code = FaultPoint.pass("ledger.open") {
      throw DatabaseError(path: path, code: code == ENOSPC ? 13 : 10, message: "injected fault")
    }
    database = try Database(path: path, mode: mode)
    if mode == .readWrite {
      // Not synced while it is empty: a new ledger that a power failure takes held nothing yet.
      try database.execute(
        """
        PRAGMA locking_mode=EXCLUSIVE; PRAGMA synchronous=OFF; PRAGMA journal_mode=WAL;
        BEGIN; \(Self.schema) \(JournalTable.schema) COMMIT; PRAGMA synchronous=NORMAL;
        """)
    }
    insertPart = try database.prepare("INSERT INTO parts VALUES (?,?,?,?,?)")
    insertEarly = try database.prepare("INSERT INTO early VALUES (?,?,?,?,?)")
    deleteEarly = try database.prepare("DELETE FROM early WHERE first=?")
    insertFailure = try database.prepare(
      "INSERT OR REPLACE INTO failures VALUES (?,?,?,?,?,?,?,?,?,?,?,?)")
    moveFailures = try database.prepare(
      "UPDATE failures SET offset=offset+?, early=0 WHERE early=1 AND item>=? AND item<?")
    setValue = try database.prepare("INSERT OR REPLACE INTO run VALUES (?,?)")
    getValue = try database.prepare("SELECT value FROM run WHERE name=?")
    journal = try JournalTable(database)
  }

  private static let schema = """
    CREATE TABLE IF NOT EXISTS run(name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS identity(place INTEGER PRIMARY KEY, name TEXT, value TEXT);
    CREATE TABLE IF NOT EXISTS parts(
      first INTEGER PRIMARY KEY, count INTEGER, offset INTEGER, length INTEGER, digest TEXT);
    CREATE TABLE IF NOT EXISTS early(
      first INTEGER PRIMARY KEY, count INTEGER, offset INTEGER, length INTEGER, digest TEXT);
    CREATE TABLE IF NOT EXISTS failures(
      item INTEGER, early INTEGER, offset INTEGER, length INTEGER, code TEXT,
      transient INTEGER, message TEXT, attempts INTEGER, host TEXT, line INTEGER, column TEXT,
      value TEXT, PRIMARY KEY(item, early)) WITHOUT ROWID;
    """

  // MARK: - Transactions

  /// Runs `body` in one transaction.
  package func transaction<E: Error>(_ name: String, _ body: () throws(E) -> Void) throws {
    _ = FaultPoint.pass("ledger.\(name).before")
    try database.execute("BEGIN IMMEDIATE")
    do {
      try body()
      if let code = FaultPoint.pass("ledger.\(name).commit") {
        throw DatabaseError(
          path: database.path, code: 13, message: unsafe String(cString: strerror(code)))
      }
      try database.execute("COMMIT")
    } catch {
      try? database.execute("ROLLBACK")
      throw error
    }
    _ = FaultPoint.pass("ledger.\(name).after")
  }

  /// Writes the log into the database file and syncs both; done before a name is given.
  package func checkpoint() throws(DatabaseError) {
    _ = FaultPoint.pass("ledger.checkpoint.before")
    try database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    _ = FaultPoint.pass("ledger.checkpoint.after")
  }

  // MARK: - Values of the run

  package func value(_ name: String) throws(DatabaseError) -> String? {
    getValue.bind([.text(name)])
    defer { getValue.reset() }
    return try getValue.step() ? getValue.text(0) : nil
  }

  package func integer(_ name: String) throws(DatabaseError) -> Int? {
    try value(name).flatMap { Int($0) }
  }

  package func set(_ name: String, _ value: String) throws(DatabaseError) {
    try setValue.run(.text(name), .text(value))
  }

  package func state() throws(DatabaseError) -> State? {
    try value("state").flatMap { State(rawValue: $0) }
  }

  package func identity() throws(DatabaseError) -> RunIdentity {
    let rows = try database.prepare("SELECT name,value FROM identity ORDER BY place")
    var fields: [RunIdentity.Field] = []
    while try rows.step() {
      fields.append(RunIdentity.Field(rows.text(0) ?? "", rows.text(1) ?? ""))
    }
    return RunIdentity(fields: fields)
  }

  package func setIdentity(_ identity: RunIdentity) throws(DatabaseError) {
    try database.execute("DELETE FROM identity")
    let insert = try database.prepare("INSERT INTO identity(name,value) VALUES (?,?)")
    for field in identity.fields { try insert.run(.text(field.name), .text(field.value)) }
  }

  // MARK: - Parts

  /// A run of items in the output or in the file of early results.
  package struct PartRow: Sendable, Equatable {
    package var items: Range<Int>
    package var offset: Int
    package var length: Int
    package var digest: String

    package init(items: Range<Int>, offset: Int, length: Int, digest: String) {
      self.items = items
      self.offset = offset
      self.length = length
      self.digest = digest
    }

    package var end: Int { offset + length }
  }

  package func add(part row: PartRow) throws(DatabaseError) {
    try insertPart.run(
      .integer(row.items.lowerBound), .integer(row.items.count), .integer(row.offset),
      .integer(row.length), .text(row.digest))
  }

  package func add(early row: PartRow) throws(DatabaseError) {
    try insertEarly.run(
      .integer(row.items.lowerBound), .integer(row.items.count), .integer(row.offset),
      .integer(row.length), .text(row.digest))
  }

  /// Notes that early items now stand in the output, `offset` bytes into it.
  package func moveEarly(items: Range<Int>, toOutput offset: Int) throws(DatabaseError) {
    try deleteEarly.run(.integer(items.lowerBound))
    try moveFailures(of: items, toOutput: offset)
  }

  /// Notes that the records of early failures now stand in the output, `offset` bytes into it.
  package func moveFailures(
    of items: Range<Int>, toOutput offset: Int
  ) throws(DatabaseError) {
    try moveFailures.run(
      .integer(offset), .integer(items.lowerBound), .integer(items.upperBound))
  }

  /// Takes the parts from `first` on back out of the output; their records are in the journal.
  package func withdrawParts(from first: Int) throws(DatabaseError) {
    try database.execute("DELETE FROM parts WHERE first>=\(first)")
    try database.execute(
      "UPDATE failures SET early=1, offset=0 WHERE early=0 AND item>=\(first)")
  }

  /// Forgets the failure of an item, which must be done again.
  package func removeFailure(of item: Int) throws(DatabaseError) {
    try database.execute("DELETE FROM failures WHERE item=\(item)")
  }

  package func lastPart() throws(DatabaseError) -> PartRow? {
    let rows = try database.prepare(
      "SELECT first,count,offset,length,digest FROM parts ORDER BY first DESC LIMIT 1")
    return try rows.step() ? row(of: rows) : nil
  }

  /// Calls `body` for each part of the output in order.
  package func forEachPart(_ body: (PartRow) throws -> Void) throws {
    let rows = try database.prepare(
      "SELECT first,count,offset,length,digest FROM parts ORDER BY first")
    while try rows.step() { try body(row(of: rows)) }
  }

  package func earlyParts() throws(DatabaseError) -> [PartRow] {
    let rows = try database.prepare(
      "SELECT first,count,offset,length,digest FROM early ORDER BY first")
    var result: [PartRow] = []
    while try rows.step() { result.append(row(of: rows)) }
    return result
  }

  /// Forgets all parts from `first` on; the items must be done again.
  package func removeParts(from first: Int) throws(DatabaseError) {
    try database.execute("DELETE FROM parts WHERE first>=\(first)")
    try database.execute("DELETE FROM failures WHERE early=0 AND item>=\(first)")
  }

  package func removeEarly(from offset: Int) throws(DatabaseError) {
    try database.execute(
      """
      DELETE FROM failures WHERE early=1 AND EXISTS (SELECT 1 FROM early e
        WHERE e.offset+e.length>\(offset) AND item>=e.first AND item<e.first+e.count)
      """)
    try database.execute("DELETE FROM early WHERE offset+length>\(offset)")
  }

  /// Puts new parts in the place of all, and forgets the failures and early results.
  package func replaceAll(parts: [PartRow]) throws(DatabaseError) {
    try database.execute("DELETE FROM parts; DELETE FROM early; DELETE FROM failures WHERE early=0")
    for row in parts { try add(part: row) }
  }

  private func row(of rows: borrowing Statement) -> PartRow {
    PartRow(
      items: rows.integer(0)..<rows.integer(0) + rows.integer(1), offset: rows.integer(2),
      length: rows.integer(3), digest: rows.text(4) ?? "")
  }

  // MARK: - Failures

  /// A failed item with the place of its record.
  package struct FailureRow: Sendable {
    package var failure: ItemFailure
    package var attempts: Int
    package var host: String
    /// Whether `record` counts from the start of the early part, not of the output.
    package var isEarly: Bool
    package var record: Range<Int>

    package init(
      failure: ItemFailure, attempts: Int, host: String, isEarly: Bool, record: Range<Int>
    ) {
      self.failure = failure
      self.attempts = attempts
      self.host = host
      self.isEarly = isEarly
      self.record = record
    }
  }

  package func add(failure row: FailureRow) throws(DatabaseError) {
    let failure = row.failure
    try insertFailure.run(
      .integer(failure.item.index), .integer(row.isEarly ? 1 : 0),
      .integer(row.record.lowerBound), .integer(row.record.count), .text(failure.code.rawValue),
      .integer(failure.isTransient ? 1 : 0), .text(failure.message), .integer(row.attempts),
      .text(row.host), SQLValue(failure.location.line), SQLValue(failure.location.column),
      SQLValue(failure.location.value))
  }

  /// Calls `body` for each failed item in input order; with `inOutput`, for those whose record
  /// stands in the output.
  package func forEachFailure(inOutput: Bool = false, _ body: (FailureRow) throws -> Void) throws {
    let filter = inOutput ? "WHERE early=0" : ""
    let rows = try database.prepare("SELECT * FROM failures \(filter) ORDER BY item")
    while try rows.step() {
      let failure = ItemFailure(
        item: ItemID(rows.integer(0)), code: .init(rawValue: rows.text(4) ?? ""),
        isTransient: rows.integer(5) == 1, message: rows.text(6) ?? "",
        location: .init(
          line: rows.optionalInteger(9), column: rows.text(10), value: rows.text(11)))
      try body(
        FailureRow(
          failure: failure, attempts: rows.integer(7), host: rows.text(8) ?? "",
          isEarly: rows.integer(1) == 1,
          record: rows.integer(2)..<rows.integer(2) + rows.integer(3)))
    }
  }

  /// The number of failed items by code; with `early`, of those whose records wait for their place
  /// or of those whose records stand in the output.
  package func failureCounts(early: Bool? = nil) throws(DatabaseError) -> [String: Int] {
    let filter = early.map { "WHERE early=\($0 ? 1 : 0)" } ?? ""
    let rows = try database.prepare(
      "SELECT code,count(*) FROM failures \(filter) GROUP BY code")
    var result: [String: Int] = [:]
    while try rows.step() { result[rows.text(0) ?? ""] = rows.integer(1) }
    return result
  }
}
