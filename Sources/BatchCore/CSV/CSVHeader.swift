/// The first row of a CSV text: the columns' names, and what separates fields.
package struct CSVHeader: Hashable, Sendable {
  /// The names without quotes, one per column, in file order; duplicates are kept.
  package let names: [String]
  /// The byte between fields: `,`, `;` or a tab.
  package let separator: UInt8
  /// The row as it stands in the file, without byte order mark and line ending.
  package let text: [UInt8]
  /// Offset of the first byte after the header.
  package let dataOffset: Int
  /// How many line feeds come before `dataOffset`.
  package let dataLines: Int

  package var columnCount: Int { names.count }

  /// Reads the header at the start of a text.
  ///
  /// - Returns: nil when the header has no end in `bytes` and `isWhole` says that more bytes follow.
  /// - Throws: `empty`, `unterminatedQuote`.
  static func parse(
    _ bytes: UnsafeRawBufferPointer, isWhole: Bool, input: String
  ) throws(InputError) -> CSVHeader? {
    let hasMark = unsafe bytes.starts(with: [0xEF, 0xBB, 0xBF])
    let start = hasMark ? 3 : 0
    let text = unsafe UnsafeRawBufferPointer(rebasing: bytes[start...])
    guard let separator = unsafe separator(of: text, isWhole: isWhole) else {
      if !isWhole { return nil }
      throw InputError(.empty, input: input)
    }
    var cursor = RowCursor(separator: separator, offset: start)
    _ = unsafe cursor.advance(text, untilRow: 1)
    if cursor.rows == 0 {
      if !isWhole { return nil }
      if cursor.isQuoted {
        throw InputError(.unterminatedQuote(line: cursor.quoteLine + 1), input: input)
      }
      cursor.finish()
    }
    return unsafe CSVHeader(bytes, cursor, separator)
  }

  private init(_ bytes: UnsafeRawBufferPointer, _ cursor: RowCursor, _ separator: UInt8) {
    let row = unsafe UnsafeRawBufferPointer(rebasing: bytes[cursor.lastRow])
    var fields = CSVFields(separator: separator)
    unsafe fields.split(row)
    names = (0..<fields.count).map { fields.text($0) }
    self.separator = separator
    text = unsafe [UInt8](row)
    dataOffset = cursor.offset
    dataLines = cursor.lines
  }

  /// The candidate that the first line with bytes has outside quotes: a comma if there is one, else the more
  /// frequent of semicolon and tab.
  ///
  /// - Returns: nil when no such line ends in `text` and more follows, or there is none.
  private static func separator(of text: UnsafeRawBufferPointer, isWhole: Bool) -> UInt8? {
    var counts: [UInt8: Int] = [comma: 0, semicolon: 0, tab: 0]
    var isQuoted = false
    var isStart = true
    var hasBytes = false
    var ended = false
    for index in 0..<text.count {
      let byte = unsafe text[index]
      if byte == 0x0A, !isQuoted {
        if hasBytes {
          ended = true
          break
        }
        isStart = true
        continue
      }
      if byte != 0x0D { hasBytes = true }
      let isCandidate = counts[byte] != nil
      if byte == 0x22 {
        if isQuoted || isStart { isQuoted.toggle() }
      } else if !isQuoted, isCandidate {
        counts[byte, default: 0] += 1
      }
      // After a closing quote a second one opens again, so that a doubled quote changes nothing.
      isStart = !isQuoted && (isCandidate || byte == 0x22)
    }
    guard hasBytes, ended || isWhole else { return nil }
    if counts[comma, default: 0] > 0 { return comma }
    let (semicolons, tabs) = (counts[semicolon, default: 0], counts[tab, default: 0])
    if semicolons == 0, tabs == 0 { return comma }
    return semicolons >= tabs ? semicolon : tab
  }

  private static let comma = UInt8(ascii: ",")
  private static let semicolon = UInt8(ascii: ";")
  private static let tab = UInt8(ascii: "\t")
}
