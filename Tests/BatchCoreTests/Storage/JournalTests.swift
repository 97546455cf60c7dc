import BatchCore
import SampleTask
import Testing

@Suite("The journal's index")
struct JournalIndexTests {
  @Test("keeps the first record of an item, and counts each item once")
  func insert() {
    var index = JournalIndex(total: 4)
    #expect(index.total == 4 && index.count == 0)
    #expect(!index.contains(2) && index.place(of: 2) == nil)
    let isNew = [index.insert(2, offset: 0, length: 7), index.insert(0, offset: 7, length: 0)]
    #expect(isNew == [true, true])
    let isAgain = index.insert(2, offset: 99, length: 1)
    #expect(!isAgain)
    #expect(index.count == 2)
    #expect(index.place(of: 2) == 0..<7)
    #expect(index.place(of: 0) == 7..<7)
    #expect(index.contains(0) && !index.contains(1))
  }

  @Test("holds the places of records beyond four gigabytes")
  func far() {
    var index = JournalIndex(total: 1)
    let isNew = index.insert(0, offset: 5_000_000_000, length: 3_000_000_000)
    #expect(isNew)
    #expect(index.place(of: 0) == 5_000_000_000..<8_000_000_000)
  }

  @Test("takes the items that are in the output for done, once")
  func done() {
    var index = JournalIndex(total: 5)
    _ = index.insert(1, offset: 10, length: 2)
    index.markDone(before: 3)
    #expect(index.count == 3)
    #expect((0..<5).map(index.contains) == [true, true, true, false, false])
    #expect(index.place(of: 1) == 10..<12)
    let isAgain = index.insert(0, offset: 50, length: 2)
    #expect(!isAgain)
    index.markDone(before: 0)
    index.markDone(before: 5)
    #expect(index.count == 5)
  }
}

@Suite("The journal's table")
struct JournalTableTests {
  private let scratch = Scratch()
  private typealias Row = JournalTable.Row

  private func open() throws -> RunLedger { try RunLedger(path: scratch("ledger.sqlite")) }

  private func rows(_ table: JournalTable) throws -> [Row] {
    var rows: [Row] = []
    try table.forEach { rows.append($0) }
    return rows
  }

  @Test("gives records in any order back as they were, also when it is opened again")
  func roundTrip() throws {
    var random = SeededGenerator(seed: 17)
    var written: [Row] = []
    var offset = 0
    for number in 0..<20 {
      let records = (0..<number * 7).map { _ in
        let size = Int.random(in: 0...31, using: &random)
        return Part.Record(
          item: Int.random(in: 0..<1 << size, using: &random),
          length: Int.random(in: 0..<1 << size, using: &random),
          marks: UInt8.random(in: 0...255, using: &random))
      }
      let length = records.reduce(0) { $0 + $1.length }
      written.append(Row(offset: offset, length: length, digest: "d\(number)", records: records))
      offset += length
    }
    do {
      let ledger = try open()
      for row in written { try ledger.journal.add(row) }
    }
    #expect(try rows(open().journal) == written)
    #expect(written.last?.end == offset)
  }

  @Test("forgets the rows from an offset on, or all")
  func removal() throws {
    let table = try open().journal
    for offset in [0, 10, 20] {
      try table.add(Row(offset: offset, length: 10, digest: "", records: []))
    }
    try table.removeAll(from: 10)
    #expect(try rows(table).map(\.offset) == [0])
    try table.removeAll()
    #expect(try rows(table).isEmpty)
  }

  @Test("adds up the counts of marks, less what is taken away")
  func marks() throws {
    do {
      let table = try open().journal
      #expect(try table.marks() == [0, 0, 0, 0, 0, 0, 0, 0])
      try table.addMarks([3, 0, 1])
      try table.addMarks([-1, 0, 0, 0, 0, 0, 0, 9])
    }
    #expect(try open().journal.marks() == [2, 0, 1, 0, 0, 0, 0, 9])
  }
}
