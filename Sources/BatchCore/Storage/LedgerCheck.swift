internal import Glibc

/// Whether the bytes on the disk are those that the ledger knows.
enum LedgerCheck {
  /// A name for this boot of the machine; files written before another one may have lost bytes.
  static func bootID() -> String {
    let descriptor = unsafe open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return "" }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: 64)
    let count = unsafe read(descriptor, &bytes, bytes.count)
    return String(decoding: bytes[..<max(0, count)], as: UTF8.self).filter { $0 != "\n" }
  }

  /// After a power failure, or when a file is shorter than it should be: forgets every part from the
  /// first one whose bytes are not there.
  static func repair(_ ledger: RunLedger, directory: RunDirectory) throws {
    let boot = bootID()
    let output = size(directory.file(.output))
    let early = size(directory.file(.early))
    let outputEnd =
      try ledger.lastPart()?.end ?? ledger.integer("prologue_bytes") ?? 0
    let earlyParts = try ledger.earlyParts()
    let earlyEnd = earlyParts.map(\.end).max() ?? 0
    guard try ledger.value("boot") != boot || output < outputEnd || early < earlyEnd else { return }
    let bad = try firstBadPart(ledger, path: directory.file(.output))
    let badEarly = try firstBad(earlyParts, path: directory.file(.early))
    try ledger.transaction("repair") {
      if let bad { try ledger.removeParts(from: bad) }
      if let badEarly { try ledger.removeEarly(from: badEarly.offset) }
      try ledger.set("boot", boot)
    }
  }

  private static func firstBadPart(_ ledger: RunLedger, path: String) throws -> Int? {
    var rows: [RunLedger.PartRow] = []
    try ledger.forEachPart { rows.append($0) }
    return try firstBad(rows, path: path)?.items.lowerBound
  }

  /// The first row, by offset, whose digest is not that of its bytes.
  static func firstBad(
    _ rows: [RunLedger.PartRow], path: String
  ) throws -> RunLedger.PartRow? {
    guard !rows.isEmpty else { return nil }
    let file = try DurableFile(path: path, role: "check", flags: O_RDONLY)
    return rows.sorted { $0.offset < $1.offset }.first { !holds($0, in: file) }
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
