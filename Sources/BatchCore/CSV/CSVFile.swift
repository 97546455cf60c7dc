import Synchronization

/// A CSV text with its index: finds the bytes of any rows.
///
/// Rows asked for in order are found in one pass over the text; any other row costs reading one granule.
package final class CSVFile: Sendable {
  package let source: ByteSource
  package let index: CSVIndex
  private let locator: Mutex<RowLocator>

  package init(_ source: ByteSource, index: CSVIndex, options: CSVIndex.Options = .init()) {
    self.source = source
    self.index = index
    locator = Mutex(RowLocator(granuleBytes: options.granuleBytes))
  }

  package var header: CSVHeader { index.header }
  package var rowCount: Int { index.rowCount }

  /// The bytes of some rows: whole lines, blank ones between and before them included.
  ///
  /// Neighbouring row ranges give neighbouring byte ranges.
  /// - Throws: `cannotRead`, `changed`.
  package func byteRange(ofRows rows: Range<Int>) throws(InputError) -> Range<Int> {
    precondition(rows.lowerBound >= 0 && rows.upperBound <= rowCount, "rows outside the file")
    return try locator.withLock { locator throws(InputError) in
      let start = try locator.locate(rows.lowerBound, self)
      return start..<max(start, try locator.locate(rows.upperBound, self))
    }
  }

  /// The line on which a row begins, from 1, for messages; quoted line breaks count.
  package func line(ofRow row: Int) throws(InputError) -> Int {
    precondition(0 <= row && row < rowCount, "a row outside the file")
    return try locator.withLock { locator throws(InputError) in
      try locator.line(row, self)
    }
  }

  /// How many of the first of `rows` have byte ranges of at most `maxBytes` together; possibly none.
  package func prefix(of rows: Range<Int>, fitting maxBytes: Int) throws(InputError) -> Int {
    precondition(rows.lowerBound >= 0 && rows.upperBound <= rowCount, "rows outside the file")
    return try locator.withLock { locator throws(InputError) in
      let start = try locator.locate(rows.lowerBound, self)
      return try locator.rows(rows, endingBy: start + maxBytes, self) - rows.lowerBound
    }
  }
}

/// Finds rows by passing over the text from the nearest known place, and remembers where it got to.
private struct RowLocator: ~Copyable {
  private let granuleBytes: Int
  private var cursor: RowCursor?
  /// A piece of the text, and where it begins.
  private var window = ByteBuffer()
  private var windowOffset = 0

  init(granuleBytes: Int) { self.granuleBytes = max(granuleBytes, 1) }

  /// The offset at which a row begins, blank lines before it included; past the last row, the end of the text.
  mutating func locate(_ row: Int, _ file: borrowing CSVFile) throws(InputError) -> Int {
    if row == file.rowCount { return file.index.sizeBytes }
    var cursor = nearest(file.index.mark(beforeRow: row), row, file.header)
    try advance(&cursor, untilRow: row, file)
    self.cursor = cursor
    return cursor.offset
  }

  /// The line on which a row begins, from 1.
  mutating func line(_ row: Int, _ file: borrowing CSVFile) throws(InputError) -> Int {
    var cursor = nearest(file.index.mark(beforeRow: row), row, file.header)
    try advance(&cursor, untilRow: row + 1, file)
    return cursor.lastRowLines + 1
  }

  /// The last row of a range, or its end, that begins at or before an offset.
  mutating func rows(
    _ rows: Range<Int>, endingBy limit: Int, _ file: borrowing CSVFile
  ) throws(InputError) -> Int {
    if try locate(rows.upperBound, file) <= limit { return rows.upperBound }
    let mark = file.index.mark(beforeOffset: limit)
    var cursor = nearest(mark, max(mark.row, rows.lowerBound), file.header)
    try advance(&cursor, untilRow: max(mark.row, rows.lowerBound), file)
    var last = rows.lowerBound
    while cursor.offset <= limit, cursor.rows < rows.upperBound {
      last = cursor.rows
      self.cursor = cursor
      try advance(&cursor, untilRow: last + 1, file)
    }
    return max(last, rows.lowerBound)
  }

  /// Where to start from to find a row: the last place, if it lies between the mark and the row, or the mark.
  private func nearest(_ mark: CSVIndex.Mark, _ row: Int, _ header: CSVHeader) -> RowCursor {
    if let cursor, mark.row <= cursor.rows, cursor.rows <= row { return cursor }
    return RowCursor(
      separator: header.separator, offset: mark.offset, rows: mark.row, lines: mark.lines)
  }

  private mutating func advance(
    _ cursor: inout RowCursor, untilRow row: Int, _ file: borrowing CSVFile
  ) throws(InputError) {
    while cursor.rows < row {
      if cursor.offset == file.index.sizeBytes {
        cursor.finish()
        if cursor.rows < row { throw InputError(.changed, input: file.source.name) }
        return
      }
      if cursor.offset < windowOffset || cursor.offset >= windowOffset + window.count {
        try load(cursor.offset, file)
      }
      let start = cursor.offset - windowOffset
      let part = unsafe UnsafeRawBufferPointer(rebasing: window.bytes[start...])
      _ = unsafe cursor.advance(part, untilRow: row)
    }
  }

  private mutating func load(_ offset: Int, _ file: borrowing CSVFile) throws(InputError) {
    window.removeAll()
    windowOffset = offset
    let end = min(offset + granuleBytes, file.index.sizeBytes)
    try file.source.read(offset..<end, appendingTo: &window)
  }
}
