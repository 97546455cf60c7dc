/// The fields of one row, found slowly: for messages and for rows of the wrong length.
///
/// Same rules as the scanner: a quote opens a quoted field only as the field's first byte, a doubled quote
/// inside stands for one, and after a closing quote the rest of the field is plain.
struct RowFields {
  /// Where each field stands in the row, quotes included.
  private(set) var ranges: [Range<Int>] = []
  /// The bytes of each field, unquoted.
  private(set) var values: [[UInt8]] = []

  init(_ row: UnsafeRawBufferPointer, separator: UInt8) {
    var start = 0
    while start <= row.count {
      start = unsafe readField(row, at: start, separator) + 1
    }
  }

  /// Reads the field that begins at `start`; returns where its separator stands, or the row's end.
  private mutating func readField(
    _ row: UnsafeRawBufferPointer, at start: Int, _ separator: UInt8
  ) -> Int {
    let quote = UInt8(ascii: "\"")
    var value: [UInt8] = []
    var at = start
    var isQuoted = unsafe start < row.count && row[start] == quote
    if isQuoted { at += 1 }
    while at < row.count {
      let byte = unsafe row[at]
      if isQuoted && byte == quote {
        let isDoubled = unsafe at + 1 < row.count && row[at + 1] == quote
        if !isDoubled { isQuoted = false } else { value.append(quote) }
        at += isDoubled ? 2 : 1
        continue
      }
      if !isQuoted && byte == separator { break }
      value.append(byte)
      at += 1
    }
    ranges.append(start..<at)
    values.append(value)
    return at
  }
}
