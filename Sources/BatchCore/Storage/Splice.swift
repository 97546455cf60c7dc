internal import Glibc

/// A finished output with the records of retried items in the place of the old ones.
package struct Splice {
  /// Bytes of the early file that replace a range of the output.
  private struct Patch {
    var items: Range<Int>
    var old: Range<Int>
    var new: RunLedger.PartRow
  }

  private let ledger: RunLedger
  private let directory: RunDirectory
  private var patches: [Patch] = []

  package init(ledger: RunLedger, directory: RunDirectory) throws {
    self.ledger = ledger
    self.directory = directory
    var records: [Int: Range<Int>] = [:]
    try ledger.forEachFailure(inOutput: true) { records[$0.failure.item.index] = $0.record }
    for row in try ledger.earlyParts() {
      guard let first = records[row.items.lowerBound], let last = records[row.items.upperBound - 1]
      else { throw TaskError(.cannotRun, "the ledger lost the place of item \(row.items)") }
      patches.append(
        Patch(items: row.items, old: first.lowerBound..<last.upperBound, new: row))
    }
  }

  /// Writes the spliced output and puts its parts into the ledger; the length of the output.
  package func write(from oldPath: String) throws -> Int {
    let old = try DurableFile(path: oldPath, role: "splice.source", flags: O_RDONLY)
    let early = try DurableFile(path: directory.file(.early), role: "early")
    var draft = SpliceDraft(
      file: try DurableFile(path: directory.file(.spliced), role: "spliced", isForUser: true))
    try draft.file.truncate(to: 0)
    try draft.copy(0..<(ledger.integer("prologue_bytes") ?? 0), of: old)
    draft.beginParts()
    var bases: [(items: Range<Int>, offset: Int)] = []
    var rest = patches[...]
    // Where the last patch ends in the old output; it may reach into the next parts.
    var cut = 0
    // The first item behind it; empty records reach into the next parts without a byte.
    var reach = 0
    try ledger.forEachPart { part in
      var place = max(part.offset, cut)
      while let patch = rest.first, patch.items.lowerBound < part.items.upperBound {
        try draft.copy(place..<patch.old.lowerBound, of: old)
        bases.append((patch.items, draft.length))
        try draft.copy(patch.new.offset..<patch.new.end, of: early)
        cut = patch.old.upperBound
        reach = patch.items.upperBound
        place = cut
        rest.removeFirst()
      }
      if place < part.end { try draft.copy(place..<part.end, of: old) }
      draft.endPart(part.items, isOpen: reach > part.items.upperBound)
    }
    try draft.file.sync()
    let rows = draft.rows
    let length = draft.length
    try ledger.transaction("splice") {
      try ledger.replaceAll(parts: rows)
      for base in bases { try ledger.moveEarly(items: base.items, toOutput: base.offset) }
      try ledger.set("output_bytes", String(length))
      try ledger.set("state", RunLedger.State.republishing.rawValue)
    }
    return length
  }
}

/// The spliced output while it grows.
private struct SpliceDraft: ~Copyable {
  let file: DurableFile
  private(set) var length = 0
  private(set) var rows: [RunLedger.PartRow] = []
  private var partStart = 0
  private var firstItem: Int?
  private var digest = Checksum()
  private let buffer = ByteBuffer(capacity: 1 << 20)

  init(file: consuming DurableFile) { self.file = file }

  mutating func copy(_ range: Range<Int>, of source: borrowing DurableFile) throws(SystemError) {
    for offset in stride(from: range.lowerBound, to: range.upperBound, by: 1 << 20) {
      buffer.removeAll()
      try source.read(at: offset, count: min(1 << 20, range.upperBound - offset), into: buffer)
      unsafe buffer.withBytes { unsafe digest.update($0) }
      unsafe try file.write(buffer.bytes, at: length)
      length += buffer.count
    }
  }

  /// Ends the prologue, which belongs to no part.
  mutating func beginParts() {
    partStart = length
    _ = digest.hexadecimal()
  }

  /// Ends a part; an open one goes on with the items of the next.
  mutating func endPart(_ items: Range<Int>, isOpen: Bool) {
    let first = firstItem ?? items.lowerBound
    guard !isOpen else { return firstItem = first }
    rows.append(
      RunLedger.PartRow(
        items: first..<items.upperBound, offset: partStart, length: length - partStart,
        digest: digest.hexadecimal()))
    partStart = length
    firstItem = nil
  }
}
