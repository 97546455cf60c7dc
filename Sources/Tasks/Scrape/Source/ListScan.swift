internal import BatchCore

/// Cuts a list into records and reads the address and the other fields of each.
struct ListScan: Sendable {
  let shape: ListShape
  /// The column of the address in a CSV list.
  private let urlIndex: Int
  private let dataOffset: Int
  private let dataLine: Int

  /// - Throws: `TaskError` when the list has no such column, or its first line cannot be read.
  init(_ bytes: ByteSource, name: String, urlColumn: String?) throws {
    try Self.checkEncoding(bytes, name: name)
    guard let urlColumn else {
      shape = ListShape(format: .lines)
      (urlIndex, dataOffset, dataLine) = (0, 0, 1)
      return
    }
    if try Self.beginsWithBrace(bytes) {
      shape = try Self.jsonShape(bytes, name: name, column: urlColumn)
      (urlIndex, dataOffset, dataLine) = (0, 0, 1)
      return
    }
    let header = try CSVIndex.header(of: bytes)
    guard let index = header.names.firstIndex(of: urlColumn) else {
      throw TaskError(
        .cannotRun,
        "\(name) has no column '\(urlColumn)' for the addresses; its columns are "
          + header.names.prefix(20).joined(separator: ", "))
    }
    shape = ListShape(
      format: .csv, column: urlColumn, columns: header.names, separator: header.separator)
    (urlIndex, dataOffset, dataLine) = (index, header.dataOffset, header.dataLines + 1)
  }

  private static func checkEncoding(_ bytes: ByteSource, name: String) throws {
    var head = ByteBuffer()
    try bytes.read(0..<min(bytes.sizeBytes, 2), appendingTo: &head)
    let mark = unsafe head.withBytes { unsafe Array($0) }
    guard mark == [0xFF, 0xFE] || mark == [0xFE, 0xFF] else { return }
    throw TaskError(
      .cannotRun, "\(name) is in UTF-16; save it as UTF-8, or use iconv -f UTF-16 -t UTF-8")
  }

  private static func beginsWithBrace(_ bytes: ByteSource) throws(InputError) -> Bool {
    var head = ByteBuffer()
    try bytes.read(0..<min(bytes.sizeBytes, 4096), appendingTo: &head)
    return unsafe head.withBytes { raw in
      unsafe raw.first { ![0x20, 0x09, 0x0A, 0x0D, 0xEF, 0xBB, 0xBF].contains($0) }
        == UInt8(ascii: "{")
    }
  }

  private static func jsonShape(
    _ bytes: ByteSource, name: String, column: String
  ) throws -> ListShape {
    var head = ByteBuffer()
    try bytes.read(0..<min(bytes.sizeBytes, 1 << 20), appendingTo: &head)
    let line = unsafe head.withBytes { raw -> [UInt8] in
      let start = unsafe raw.firstIndex(of: UInt8(ascii: "{")) ?? 0
      let end = unsafe raw[start...].firstIndex(of: 0x0A) ?? raw.count
      return unsafe Array(raw[start..<end])
    }
    do throws(JSONLine.Fault) {
      let first = try JSONLine(line)
      guard first[column] != nil else {
        throw JSONLine.Fault(column: 1, what: "it has no key '\(column)'")
      }
      return ListShape(format: .jsonLines, column: column, columns: first.fields.map(\.name))
    } catch {
      throw TaskError(
        .cannotRun,
        "\(name):1:\(error.column): the first line cannot be used: \(error.what); "
          + "write one JSON object on each line, with the address under the key of --url-column")
    }
  }

  // MARK: - Records

  /// Calls `body` with the bytes of each record, its line and its text; the checksum of the file.
  func forEachRecord(
    of bytes: ByteSource,
    _ body: (_ range: Range<Int>, _ line: Int, _ text: ArraySlice<UInt8>) -> Void
  ) throws -> String {
    var hash = Checksum()
    var window = ByteBuffer(capacity: 1 << 20)
    var pending: [UInt8] = []
    var place = 0
    var line = 1
    while place < bytes.sizeBytes {
      let end = min(bytes.sizeBytes, place + (1 << 20))
      window.removeAll()
      try bytes.read(place..<end, appendingTo: &window)
      unsafe window.withBytes { raw in
        unsafe hash.update(raw)
        unsafe pending.append(contentsOf: raw)
      }
      place = end
      cut(&pending, endingAt: place, isLast: place == bytes.sizeBytes, line: &line, body)
    }
    return hash.hexadecimal()
  }

  /// Takes the whole records off the front of `pending`.
  private func cut(
    _ pending: inout [UInt8], endingAt fileEnd: Int, isLast: Bool, line: inout Int,
    _ body: (_ range: Range<Int>, _ line: Int, _ text: ArraySlice<UInt8>) -> Void
  ) {
    let base = fileEnd - pending.count
    var start = 0
    while start < pending.count {
      guard let (end, next, breaks) = recordEnd(pending[start...], isLast: isLast) else { break }
      if base + start >= dataOffset { body(base + start..<base + next, line, pending[start..<end]) }
      line += breaks
      start = next
    }
    pending.removeFirst(start)
  }

  /// Where a record ends, where the next begins, and how many lines it takes; nil when the end is not
  /// there yet.
  private func recordEnd(
    _ bytes: ArraySlice<UInt8>, isLast: Bool
  ) -> (end: Int, next: Int, lines: Int)? {
    var isQuoted = false
    var lines = 1
    for place in bytes.indices {
      let byte = bytes[place]
      if byte == UInt8(ascii: "\""), shape.format == .csv { isQuoted.toggle() }
      guard byte == 0x0A else { continue }
      if isQuoted {
        lines += 1
        continue
      }
      let end = place > bytes.startIndex && bytes[place - 1] == 0x0D ? place - 1 : place
      return (end, place + 1, lines)
    }
    return isLast ? (bytes.endIndex, bytes.endIndex, lines) : nil
  }

  /// The first record of some bytes.
  func firstRecord(of bytes: UnsafeRawBufferPointer) -> ArraySlice<UInt8> {
    let copy = unsafe Array(bytes)
    guard let (end, _, _) = recordEnd(copy[...], isLast: true) else { return copy[...] }
    return copy[..<end]
  }

  // MARK: - Fields

  /// What a record names; nil for one that is blank or a comment.
  func page(_ record: ArraySlice<UInt8>, line: Int) -> ListedPage? {
    let text = Self.trimmed(record)
    guard let first = text.first else { return nil }
    switch shape.format {
    case .lines:
      guard first != UInt8(ascii: "#") else { return nil }
      return ListedPage(line: line, typed: String(decoding: text, as: UTF8.self))
    case .jsonLines: return jsonPage(Array(text), line: line)
    case .csv: return csvPage(Array(record), line: line)
    }
  }

  /// A line that is no JSON names no page, and has nothing to carry.
  private func jsonPage(_ text: [UInt8], line: Int) -> ListedPage {
    guard let fields = try? JSONLine(text) else {
      return ListedPage(
        line: line, typed: "", carried: shape.carriedNames.map { _ in "null" })
    }
    let typed = fields[shape.column].flatMap(JSONLine.string) ?? ""
    return ListedPage(
      line: line, typed: typed, carried: shape.carriedNames.map { fields[$0] ?? "null" })
  }

  private func csvPage(_ record: [UInt8], line: Int) -> ListedPage {
    var fields = CSVFields(separator: shape.separator)
    return unsafe record.withUnsafeBytes { raw in
      unsafe fields.split(raw)
      func text(_ column: Int) -> String { column < fields.count ? fields.text(column) : "" }
      let typed = Self.trimmed(Array(text(urlIndex).utf8)[...])
      var page = ListedPage(line: line, typed: String(decoding: typed, as: UTF8.self))
      for column in shape.columns.indices where column != urlIndex {
        page.carried.append(text(column))
      }
      return page
    }
  }

  private static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
    var result = bytes
    // A byte order mark belongs to the file and not to its first address.
    if result.starts(with: [0xEF, 0xBB, 0xBF]) { result = result.dropFirst(3) }
    result = result.drop(while: isBlank)
    while let last = result.last, isBlank(last) { result = result.dropLast() }
    return result
  }
}
