internal import CSQLite

/// An open SQLite database, used by one thread.
@safe
package struct Database: ~Copyable {
  private let handle: OpaquePointer
  package let path: String

  package enum Mode {
    case readWrite
    case readOnly
  }

  package init(path: String, mode: Mode = .readWrite) throws(DatabaseError) {
    unsafe handle = try Self.open(path, mode)
    self.path = path
  }

  private static func open(_ path: String, _ mode: Mode) throws(DatabaseError) -> OpaquePointer {
    var handle: OpaquePointer?
    let flags =
      mode == .readWrite ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY
    let code = unsafe sqlite3_open_v2(path, &handle, flags | SQLITE_OPEN_NOMUTEX, nil)
    guard let opened = unsafe handle else {
      throw DatabaseError(path: path, code: code, message: "no memory")
    }
    guard code == SQLITE_OK else {
      let message = unsafe String(cString: sqlite3_errmsg(opened))
      unsafe sqlite3_close_v2(opened)
      throw DatabaseError(path: path, code: code, message: message)
    }
    unsafe sqlite3_extended_result_codes(opened, 1)
    return unsafe opened
  }

  deinit { unsafe sqlite3_close_v2(handle) }

  package func execute(_ sql: String) throws(DatabaseError) {
    let code = unsafe sqlite3_exec(handle, sql, nil, nil, nil)
    guard code == SQLITE_OK else { throw error(code) }
  }

  package func prepare(_ sql: String) throws(DatabaseError) -> Statement {
    var statement: OpaquePointer?
    let code = unsafe sqlite3_prepare_v3(
      handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &statement, nil)
    guard code == SQLITE_OK, let prepared = unsafe statement else { throw error(code) }
    return unsafe Statement(prepared, database: handle, path: path)
  }

  private func error(_ code: Int32) -> DatabaseError {
    unsafe DatabaseError(
      path: path, code: code, message: String(cString: sqlite3_errmsg(handle)))
  }
}

/// A prepared statement; rows are read through `step` and the typed accessors.
@safe
package struct Statement: ~Copyable {
  private let handle: OpaquePointer
  private let database: OpaquePointer
  private let path: String

  fileprivate init(_ handle: OpaquePointer, database: OpaquePointer, path: String) {
    unsafe self.handle = handle
    unsafe self.database = database
    self.path = path
  }

  deinit { unsafe sqlite3_finalize(handle) }

  /// Binds the values in order, runs the statement to its end, and makes it ready again.
  package func run(_ values: SQLValue...) throws(DatabaseError) {
    bind(values)
    defer { reset() }
    while try step() {}
  }

  /// Binds the values in order; `step` then gives the rows.
  package func bind(_ values: [SQLValue]) {
    for (index, value) in values.enumerated() {
      let place = Int32(index + 1)
      switch value {
      case .integer(let number): unsafe sqlite3_bind_int64(handle, place, Int64(number))
      case .text(let text):
        unsafe sqlite3_bind_text(
          handle, place, text, Int32(clamping: text.utf8.count), batchrun_sqlite_transient())
      case .blob(let bytes):
        unsafe sqlite3_bind_blob(
          handle, place, bytes, Int32(clamping: bytes.count), batchrun_sqlite_transient())
      case .null: unsafe sqlite3_bind_null(handle, place)
      }
    }
  }

  package func reset() { unsafe sqlite3_reset(handle) }

  /// Whether there is another row.
  package func step() throws(DatabaseError) -> Bool {
    switch unsafe sqlite3_step(handle) {
    case SQLITE_ROW: return true
    case SQLITE_DONE: return false
    case let code:
      throw unsafe DatabaseError(
        path: path, code: code, message: String(cString: sqlite3_errmsg(database)))
    }
  }

  package func integer(_ column: Int) -> Int {
    unsafe Int(sqlite3_column_int64(handle, Int32(column)))
  }

  package func text(_ column: Int) -> String? {
    guard let start = unsafe sqlite3_column_text(handle, Int32(column)) else { return nil }
    let count = unsafe Int(sqlite3_column_bytes(handle, Int32(column)))
    return unsafe String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
  }

  package func blob(_ column: Int) -> [UInt8] {
    let count = unsafe Int(sqlite3_column_bytes(handle, Int32(column)))
    guard let start = unsafe sqlite3_column_blob(handle, Int32(column)) else { return [] }
    return unsafe Array(UnsafeRawBufferPointer(start: start, count: count))
  }

  package func optionalInteger(_ column: Int) -> Int? {
    unsafe sqlite3_column_type(handle, Int32(column)) == SQLITE_NULL ? nil : integer(column)
  }
}

/// A value for a place in a statement.
package enum SQLValue {
  case integer(Int)
  case text(String)
  case blob([UInt8])
  case null

  package init(_ text: String?) { self = text.map(SQLValue.text) ?? .null }
  package init(_ number: Int?) { self = number.map(SQLValue.integer) ?? .null }
}

/// What SQLite reports, with the file it was about.
public struct DatabaseError: Error, Sendable, CustomStringConvertible {
  public let path: String
  public let code: Int32
  public let message: String

  /// Whether another process has the database.
  package var isBusy: Bool { code & 0xff == SQLITE_BUSY }
  /// Whether the disk is full or its quota used up.
  package var isFull: Bool { code & 0xff == SQLITE_FULL }

  /// Whether the file is not, or no longer, a database.
  package var isDamaged: Bool { [SQLITE_CORRUPT, SQLITE_NOTADB].contains(code & 0xff) }

  public var description: String {
    let cure =
      isFull
      ? "; free some space and run the same command again: at most the last second is repeated" : ""
    return "cannot write the ledger \(path): \(message)\(cure)"
  }
}
