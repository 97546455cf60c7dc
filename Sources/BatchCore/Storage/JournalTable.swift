/// The part of the ledger that knows the journal: records in the order in which items finished.
///
/// Runs whose items are handed out, or finish, in another order than that of the input keep their
/// records there until their turn comes in the output.
package final class JournalTable {
  /// Records that were written to the journal together.
  package struct Row: Sendable, Equatable {
    package var offset: Int
    package var length: Int
    package var digest: String
    /// In the order of their bytes, by the items' places in the input.
    package var records: [Part.Record]

    package init(offset: Int, length: Int, digest: String, records: [Part.Record]) {
      self.offset = offset
      self.length = length
      self.digest = digest
      self.records = records
    }

    package var end: Int { offset + length }
  }

  static let schema = """
    CREATE TABLE IF NOT EXISTS journal(
      offset INTEGER, length INTEGER, digest TEXT, records BLOB);
    CREATE TABLE IF NOT EXISTS marks(bit INTEGER PRIMARY KEY, count INTEGER);
    """

  private let insert: Statement
  private let select: Statement
  private let delete: Statement
  private let count: Statement
  private let selectMarks: Statement

  init(_ database: borrowing Database) throws(DatabaseError) {
    insert = try database.prepare("INSERT INTO journal VALUES (?,?,?,?)")
    select = try database.prepare("SELECT offset,length,digest,records FROM journal ORDER BY rowid")
    delete = try database.prepare("DELETE FROM journal WHERE offset>=?")
    count = try database.prepare(
      "INSERT INTO marks VALUES (?1,?2) ON CONFLICT(bit) DO UPDATE SET count=count+?2")
    selectMarks = try database.prepare("SELECT bit,count FROM marks")
  }

  package func add(_ row: Row) throws(DatabaseError) {
    try insert.run(
      .integer(row.offset), .integer(row.length), .text(row.digest), .blob(Self.packed(row.records))
    )
  }

  /// Calls `body` for each row in the order in which they were written.
  package func forEach(_ body: (Row) throws -> Void) throws {
    defer { select.reset() }
    while try select.step() {
      try body(
        Row(
          offset: select.integer(0), length: select.integer(1), digest: select.text(2) ?? "",
          records: Self.unpacked(select.blob(3))))
    }
  }

  /// Forgets the rows from the byte `offset` on.
  package func removeAll(from offset: Int = 0) throws(DatabaseError) {
    try delete.run(.integer(offset))
  }

  // MARK: - Marks

  /// How many records carry each mark, by its bit.
  package func marks() throws(DatabaseError) -> [Int] {
    var result = [Int](repeating: 0, count: 8)
    defer { selectMarks.reset() }
    while try selectMarks.step() { result[selectMarks.integer(0) & 7] = selectMarks.integer(1) }
    return result
  }

  /// Adds to the counts of the marks, by their bits.
  package func addMarks(_ counts: [Int]) throws(DatabaseError) {
    for (bit, number) in counts.enumerated() where number != 0 {
      try count.run(.integer(bit), .integer(number))
    }
  }

  // MARK: - Records as bytes

  /// Three numbers for each record, seven bits to a byte; items as differences.
  private static func packed(_ records: [Part.Record]) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(records.count * 5)
    var last = 0
    for record in records {
      let step = record.item - last
      append(UInt64(bitPattern: Int64((step << 1) ^ (step >> 63))), to: &bytes)
      append(UInt64(record.length), to: &bytes)
      bytes.append(record.marks)
      last = record.item
    }
    return bytes
  }

  private static func append(_ number: UInt64, to bytes: inout [UInt8]) {
    var rest = number
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  private static func unpacked(_ bytes: [UInt8]) -> [Part.Record] {
    var records: [Part.Record] = []
    var place = 0
    var item = 0
    func number() -> Int {
      var (result, shift): (UInt64, UInt64) = (0, 0)
      while place < bytes.count {
        let byte = bytes[place]
        place += 1
        result |= UInt64(byte & 0x7F) << shift
        if byte < 0x80 || shift > 56 { break }
        shift += 7
      }
      return Int(truncatingIfNeeded: result)
    }
    while place < bytes.count {
      let step = number()
      item += Int(bitPattern: UInt(bitPattern: step) >> 1) ^ -(step & 1)
      let length = number()
      let marks = place < bytes.count ? bytes[place] : 0
      place += 1
      records.append(Part.Record(item: item, length: length, marks: marks))
    }
    return records
  }
}
