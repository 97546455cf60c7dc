import BatchCore
import SampleTask
import Testing

@Suite("A database")
struct DatabaseTests {
  private let scratch = Scratch()

  @Test("gives values back as they were, absent ones too")
  func values() throws {
    let database = try Database(path: scratch("db"))
    try database.execute("CREATE TABLE t(i INTEGER, s TEXT)")
    let insert = try database.prepare("INSERT INTO t VALUES (?,?)")
    let texts = ["", "é", "nul\u{0}inside", String(repeating: "x", count: 100_000), nil]
    for (place, text) in texts.enumerated() {
      try insert.run(SQLValue(place == 4 ? nil : Int.min + place), SQLValue(text))
    }
    let rows = try database.prepare("SELECT i,s FROM t ORDER BY rowid")
    for (place, text) in texts.enumerated() {
      let isThere = try rows.step()
      #expect(isThere)
      #expect(rows.optionalInteger(0) == (place == 4 ? nil : Int.min + place))
      #expect(rows.text(1) == text)
    }
    let isMore = try rows.step()
    #expect(!isMore)
  }

  @Test("names the file and the cause of an error")
  func errorText() throws {
    let database = try Database(path: scratch("db"))
    let error = #expect(throws: DatabaseError.self) { try database.execute("SELECT * FROM none") }
    #expect(error?.path == scratch("db"))
    #expect(error?.description.contains("no such table: none") == true)
    #expect(throws: DatabaseError.self) { _ = try database.prepare("SELECT") }
    #expect(throws: DatabaseError.self) { _ = try Database(path: scratch("no/db")) }
  }

  @Test("that is no database is damaged, not full or busy")
  func damaged() throws {
    scratch.write("db", String(repeating: "this is no database\n", count: 100))
    let error = #expect(throws: DatabaseError.self) {
      try Database(path: scratch("db")).execute("CREATE TABLE t(i)")
    }
    #expect(error?.isDamaged == true)
    #expect(error?.isFull == false)
  }

  @Test("that another has for itself is busy")
  func busy() throws {
    let first = try Database(path: scratch("db"))
    try first.execute("BEGIN EXCLUSIVE")
    let error = #expect(throws: DatabaseError.self) {
      try Database(path: scratch("db")).execute("CREATE TABLE t(i)")
    }
    #expect(error?.isBusy == true)
    try first.execute("COMMIT")
  }
}
