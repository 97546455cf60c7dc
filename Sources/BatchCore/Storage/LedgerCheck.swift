internal import Glibc

/// Whether the bytes on the disk are those that the ledger knows.
package enum LedgerCheck {
  /// A name for this boot of the machine; files written before another one may have lost bytes.
  package static func bootID() -> String {
    let descriptor = unsafe open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return "" }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: 64)
    let count = unsafe read(descriptor, &bytes, bytes.count)
    return String(decoding: bytes[..<max(0, count)], as: UTF8.self).filter { $0 != "\n" }
  }

  /// After a power failure, or when a file is shorter than it should be: forgets every part from the
  /// first one whose bytes are not there.
  ///
  /// - Parameter prologue: What stands before the first record; nil for a retry, whose output is
  ///   finished and has its name, so that only early parts are at stake.
  package static func repair(
    _ ledger: RunLedger, directory: RunDirectory, prologue: [UInt8]?
  ) throws {
    let boot = bootID()
    let output = directory.file(.output)
    let early = directory.file(.early)
    let parts = try prologue == nil ? [] : outputParts(ledger)
    let earlyParts = try ledger.earlyParts()
    guard
      try ledger.value("boot") != boot || size(output) < parts.last?.end ?? prologue?.count ?? 0
        || size(early) < earlyParts.map(\.end).max() ?? 0
    else { return }
    // Written again in any case: that is less than finding out whether it is there.
    if let prologue { try write(ByteBuffer(prologue), to: output) }
    let bad = try firstBad(parts, path: output)
    let badEarly = try firstBad(earlyParts, path: early)
    try ledger.transaction("repair") {
      if let bad { try ledger.removeParts(from: bad.items.lowerBound) }
      if let badEarly { try ledger.removeEarly(from: badEarly.offset) }
      try ledger.set("boot", boot)
    }
  }

  /// The same for a run whose records are in a journal, from which the output can be made again.
  static func repairJournaled(
    _ ledger: RunLedger, directory: RunDirectory, prologue: [UInt8]
  ) throws {
    let boot = bootID()
    let output = directory.file(.output)
    let early = directory.file(.early)
    let parts = try outputParts(ledger)
    var rows: [RunLedger.PartRow] = []
    try ledger.journal.forEach { row in
      rows.append(
        RunLedger.PartRow(
          items: 0..<0, offset: row.offset, length: row.length, digest: row.digest))
    }
    guard
      try ledger.value("boot") != boot || size(output) < parts.last?.end ?? prologue.count
        || size(early) < rows.map(\.end).max() ?? 0
    else { return }
    try write(ByteBuffer(prologue), to: output)
    let bad = try firstBad(parts, path: output)
    let badRow = try firstBad(rows, path: early)
    try ledger.transaction("repair") {
      if let bad { try ledger.withdrawParts(from: bad.items.lowerBound) }
      if let badRow { try forget(ledger, from: badRow.offset) }
      try ledger.set("boot", boot)
    }
  }

  /// Forgets the records of the journal from a byte on, except those that are in the output.
  private static func forget(_ ledger: RunLedger, from offset: Int) throws {
    let frontier = try ledger.lastPart()?.items.upperBound ?? 0
    var kept = Set<Int>()
    var lost: [Part.Record] = []
    try ledger.journal.forEach { row in
      if row.offset < offset {
        kept.formUnion(row.records.lazy.map(\.item))
      } else {
        lost += row.records
      }
    }
    lost.removeAll { $0.item < frontier || kept.contains($0.item) }
    var marks = [Int](repeating: 0, count: 8)
    for record in lost {
      try ledger.removeFailure(of: record.item)
      for bit in 0..<8 where record.marks & (1 << UInt8(bit)) != 0 { marks[bit] -= 1 }
    }
    try ledger.journal.addMarks(marks)
    try ledger.journal.removeAll(from: offset)
  }

  private static func write(_ prologue: ByteBuffer, to path: String) throws(SystemError) {
    let file = try DurableFile(path: path, role: "output", isForUser: true)
    unsafe try file.write(prologue.bytes, at: 0)
  }

  private static func outputParts(_ ledger: RunLedger) throws -> [RunLedger.PartRow] {
    var rows: [RunLedger.PartRow] = []
    try ledger.forEachPart { rows.append($0) }
    return rows
  }

  /// The first row, by offset, whose digest is not that of its bytes.
  static func firstBad(
    _ rows: [RunLedger.PartRow], path: String
  ) throws -> RunLedger.PartRow? {
    let rows = rows.sorted { $0.offset < $1.offset }
    guard !rows.isEmpty, DirectoryEntry.exists(path) else { return rows.first }
    let file = try DurableFile(path: path, role: "check", flags: O_RDONLY)
    return rows.first { !holds($0, in: file) }
  }

  /// Whether the bytes of the row are in the file.
  static func holds(_ row: RunLedger.PartRow, in file: borrowing DurableFile) -> Bool {
    var hash = Checksum()
    let buffer = ByteBuffer(capacity: 1 << 20)
    for offset in stride(from: row.offset, to: row.end, by: 1 << 20) {
      buffer.removeAll()
      do {
        try file.read(at: offset, count: min(1 << 20, row.end - offset), into: buffer)
      } catch {
        return false
      }
      unsafe buffer.withBytes { unsafe hash.update($0) }
    }
    return hash.hexadecimal() == row.digest
  }

  private static func size(_ path: String) -> Int {
    var status = stat()
    return unsafe stat(path, &status) == 0 ? Int(status.st_size) : 0
  }
}
