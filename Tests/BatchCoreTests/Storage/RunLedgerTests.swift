import BatchCore
import SampleTask
import Testing

@Suite("The run ledger")
struct RunLedgerTests {
  private let scratch = Scratch()
  private func open() throws -> RunLedger { try RunLedger(path: scratch("ledger.sqlite")) }

  private func row(_ items: Range<Int>, at offset: Int, _ length: Int) -> RunLedger.PartRow {
    RunLedger.PartRow(items: items, offset: offset, length: length, digest: "d\(offset)")
  }

  private func failure(
    _ item: Int, _ record: Range<Int>, isEarly: Bool, code: String = "busy"
  ) -> RunLedger.FailureRow {
    RunLedger.FailureRow(
      failure: ItemFailure(
        item: ItemID(item), code: .init(rawValue: code), isTransient: item % 2 == 0,
        message: "why \(item)",
        location: .init(
          line: item == 7 ? nil : item + 2, column: item == 7 ? nil : "rate", value: "a\u{0}ü\n")),
      attempts: item + 1, host: "here", isEarly: isEarly, record: record)
  }

  private func failures(_ ledger: RunLedger, inOutput: Bool = false) throws
    -> [RunLedger.FailureRow]
  {
    var rows: [RunLedger.FailureRow] = []
    try ledger.forEachFailure(inOutput: inOutput) { rows.append($0) }
    return rows
  }

  @Test("keeps identity, values, parts and failures when it is opened again")
  func roundTrip() throws {
    let identity = RunIdentity(fields: [
      .init("task", "sample"), .init("option b", "1"), .init("option a", "é"), .init("input", ""),
    ])
    do {
      let ledger = try open()
      #expect(try ledger.state() == nil)
      try ledger.transaction("test") {
        try ledger.setIdentity(RunIdentity(fields: [.init("gone", "x")]))
        try ledger.setIdentity(identity)
        try ledger.set("state", "retrying")
        try ledger.set("total", "12")
        try ledger.add(part: row(0..<3, at: 7, 20))
        try ledger.add(part: row(3..<9, at: 27, 0))
        try ledger.add(early: row(10..<12, at: 0, 5))
        try ledger.add(failure: failure(7, 27..<27, isEarly: false))
        try ledger.add(failure: failure(11, 2..<5, isEarly: true, code: "bad"))
      }
    }
    let ledger = try open()
    #expect(try ledger.identity() == identity)
    #expect(try ledger.state() == .retrying)
    #expect(try ledger.integer("total") == 12)
    #expect(try ledger.value("missing") == nil)
    var parts: [RunLedger.PartRow] = []
    try ledger.forEachPart { parts.append($0) }
    #expect(parts == [row(0..<3, at: 7, 20), row(3..<9, at: 27, 0)])
    #expect(try ledger.lastPart() == row(3..<9, at: 27, 0))
    #expect(try ledger.earlyParts() == [row(10..<12, at: 0, 5)])
    #expect(try ledger.failureCounts() == ["busy": 1, "bad": 1])
    #expect(try ledger.failureCounts(early: true) == ["bad": 1])
    let rows = try failures(ledger)
    let expected = [
      failure(7, 27..<27, isEarly: false), failure(11, 2..<5, isEarly: true, code: "bad"),
    ]
    #expect(rows.map(\.failure) == expected.map(\.failure))
    #expect(rows.map(\.record) == [27..<27, 2..<5])
    #expect(rows.map(\.attempts) == [8, 12])
    #expect(rows.map(\.isEarly) == [false, true])
    #expect(rows.map(\.host) == ["here", "here"])
  }

  @Test("knows no state by a name of another version")
  func unknownState() throws {
    let ledger = try open()
    try ledger.set("state", "hibernating")
    #expect(try ledger.state() == nil)
    try ledger.set("total", "many")
    #expect(try ledger.integer("total") == nil)
  }

  @Test("moves an early part to the output with the places of its failures, and no others")
  func moveEarly() throws {
    let ledger = try open()
    try ledger.add(early: row(10..<13, at: 0, 30))
    try ledger.add(early: row(13..<15, at: 30, 30))
    for (item, record) in [(10, 0..<4), (12, 20..<30), (13, 3..<8)] {
      try ledger.add(failure: failure(item, record, isEarly: true))
    }
    try ledger.add(failure: failure(11, 90..<95, isEarly: false))
    try ledger.moveEarly(items: 10..<13, toOutput: 1000)
    #expect(try ledger.earlyParts().map(\.items) == [13..<15])
    let rows = try failures(ledger)
    #expect(rows.map(\.failure.item.index) == [10, 11, 12, 13])
    #expect(rows.map(\.record) == [1000..<1004, 90..<95, 1020..<1030, 3..<8])
    #expect(rows.map(\.isEarly) == [false, false, false, true])
    #expect(try failures(ledger, inOutput: true).count == 3)
  }

  @Test("puts the failure of a retried item in the place of the old one only with its bytes")
  func retriedFailure() throws {
    let ledger = try open()
    try ledger.add(part: row(0..<5, at: 0, 50))
    try ledger.add(early: row(2..<3, at: 0, 9))
    try ledger.add(failure: failure(2, 20..<24, isEarly: false, code: "old"))
    try ledger.add(failure: failure(4, 40..<44, isEarly: false, code: "old"))
    try ledger.add(failure: failure(2, 0..<9, isEarly: true, code: "new"))
    #expect(try failures(ledger, inOutput: true).map(\.failure.code.rawValue) == ["old", "old"])
    try ledger.replaceAll(parts: [row(0..<5, at: 0, 55)])
    try ledger.moveEarly(items: 2..<3, toOutput: 20)
    #expect(try ledger.failureCounts() == ["new": 1])
    #expect(try failures(ledger).map(\.record) == [20..<29])
    #expect(try ledger.lastPart() == row(0..<5, at: 0, 55))
  }

  @Test("forgets nothing and adds nothing when a transaction fails")
  func rollback() throws {
    struct Refused: Error {}
    let ledger = try open()
    try ledger.add(part: row(0..<3, at: 0, 3))
    #expect(throws: Refused.self) {
      try ledger.transaction("test") {
        try ledger.set("state", "finished")
        try ledger.removeParts(from: 0)
        try ledger.add(part: row(0..<9, at: 0, 9))
        throw Refused()
      }
    }
    #expect(try ledger.state() == nil)
    #expect(try ledger.lastPart() == row(0..<3, at: 0, 3))
    try ledger.transaction("test") { try ledger.set("state", "finished") }
    #expect(try ledger.state() == .finished)
  }

  @Test("refuses a second part or failure in the same place of a run it already has")
  func duplicatePart() throws {
    let ledger = try open()
    try ledger.add(part: row(0..<3, at: 0, 3))
    #expect(throws: DatabaseError.self) { try ledger.add(part: row(0..<4, at: 0, 4)) }
    try ledger.add(part: row(3..<4, at: 3, 1))
    #expect(try ledger.lastPart()?.items == 3..<4)
  }
}
