/// Where the rows of a CSV text are: the header, how many rows, and a mark every so many bytes.
///
/// The marks take 24 bytes for each 256 KiB of text, however long the rows are.
package struct CSVIndex: Sendable {
  /// A place where a row begins; blank lines may come before its first byte.
  struct Mark: Hashable, Sendable {
    let row: Int
    let offset: Int
    /// How many line feeds come before `offset`.
    let lines: Int
  }

  package let header: CSVHeader
  /// How many rows follow the header.
  package let rowCount: Int
  package let sizeBytes: Int
  /// In file order, the first at the first row.
  let marks: [Mark]

  /// The last mark at or before a row.
  ///
  /// - Complexity: O(log marks)
  func mark(beforeRow row: Int) -> Mark { marks[lastMark { $0.row <= row }] }

  /// The last mark at or before an offset.
  func mark(beforeOffset offset: Int) -> Mark { marks[lastMark { $0.offset <= offset }] }

  private func lastMark(_ isBefore: (Mark) -> Bool) -> Int {
    var (low, high) = (0, marks.count)
    while high - low > 1 {
      let middle = (low + high) / 2
      if isBefore(marks[middle]) { low = middle } else { high = middle }
    }
    return low
  }
}

// MARK: - Building

extension CSVIndex {
  /// How a pass over the text is cut; the index does not depend on `chunkBytes`.
  package struct Options: Sendable {
    /// How many bytes are read at a time: few enough that they are still in the cache for the next reader.
    package var chunkBytes = 1 << 18
    /// How many bytes lie between two marks, about; also what finding a row reads at most, but for long rows.
    package var granuleBytes = 1 << 18

    package init() {}
  }

  /// Passes over the whole text once.
  package init(_ source: ByteSource, options: Options = Options()) throws(InputError) {
    try unsafe self.init(source, options: options, onBytes: { _ in })
  }

  /// Passes over the whole text once, in constant memory but for the marks.
  ///
  /// - Parameters:
  ///   - onBytes: sees every byte of the text in order, in pieces.
  ///   - onRow: sees every row in order, with its number and its bytes without the line ending; it makes the
  ///     pass several times slower.
  /// - Throws: `empty`, `unterminatedQuote`, `cannotRead`, `changed`.
  package init(
    _ source: ByteSource, options: Options = Options(),
    onBytes: (UnsafeRawBufferPointer) -> Void,
    onRow: ((Int, UnsafeRawBufferPointer) -> Void)? = nil
  ) throws(InputError) {
    let header = try Self.header(of: source)
    var builder = Builder(header, granuleBytes: options.granuleBytes)
    var chunk = ByteBuffer(capacity: min(max(options.chunkBytes, 1), max(source.sizeBytes, 1)))
    var offset = 0
    while offset < source.sizeBytes {
      chunk.removeAll()
      let end = min(offset + max(options.chunkBytes, 1), source.sizeBytes)
      try source.read(offset..<end, appendingTo: &chunk)
      unsafe onBytes(chunk.bytes)
      let skipped = min(max(header.dataOffset - offset, 0), chunk.count)
      let data = unsafe UnsafeRawBufferPointer(rebasing: chunk.bytes[skipped...])
      if let onRow = unsafe onRow {
        unsafe builder.add(data, onRow)
      } else {
        unsafe builder.add(data)
      }
      offset = end
    }
    try unsafe builder.finish(source.name, onRow)
    self.header = header
    rowCount = builder.cursor.rows
    sizeBytes = source.sizeBytes
    marks = builder.marks
  }

  /// Reads the header alone.
  package static func header(of source: ByteSource) throws(InputError) -> CSVHeader {
    var room = ByteBuffer()
    var length = 1 << 14
    while true {
      let isWhole = length >= source.sizeBytes
      try source.read(room.count..<min(length, source.sizeBytes), appendingTo: &room)
      let header = try unsafe CSVHeader.parse(room.bytes, isWhole: isWhole, input: source.name)
      if let header { return header }
      length *= 4
    }
  }
}

extension CSVIndex {
  /// The state of a pass: a cursor, the marks so far, and the row that the last chunk cut.
  private struct Builder: ~Copyable {
    var cursor: RowCursor
    var marks: [Mark]
    private let granuleBytes: Int
    private var cutRow = ByteBuffer()

    init(_ header: CSVHeader, granuleBytes: Int) {
      cursor = RowCursor(
        separator: header.separator, offset: header.dataOffset, lines: header.dataLines)
      marks = [Mark(row: 0, offset: header.dataOffset, lines: header.dataLines)]
      self.granuleBytes = max(granuleBytes, 1)
    }

    private var nextMark: Int { marks[marks.count - 1].offset + granuleBytes }

    mutating func add(_ data: UnsafeRawBufferPointer) {
      var used = 0
      while used < data.count {
        let rest = unsafe UnsafeRawBufferPointer(rebasing: data[used...])
        let distance = nextMark - cursor.offset
        if distance > 0 {
          let part = unsafe UnsafeRawBufferPointer(rebasing: rest.prefix(distance))
          used += unsafe cursor.advance(part, untilRow: .max)
        } else {
          let row = cursor.rows + 1
          used += unsafe cursor.advance(rest, untilRow: row)
          if cursor.rows == row { mark() }
        }
      }
    }

    mutating func add(
      _ data: UnsafeRawBufferPointer, _ onRow: (Int, UnsafeRawBufferPointer) -> Void
    ) {
      var used = 0
      while used < data.count {
        let rest = unsafe UnsafeRawBufferPointer(rebasing: data[used...])
        let row = cursor.rows
        let begin = cursor.offset
        let length = unsafe cursor.advance(rest, untilRow: row + 1)
        used += length
        guard cursor.rows > row else {
          unsafe cutRow.append(rest)
          return
        }
        unsafe report(rest, begin, onRow)
        if cursor.offset >= nextMark { mark() }
      }
    }

    /// Hands over the row that ended last; `bytes` begin at `begin`, and the row may begin in `cutRow`.
    private mutating func report(
      _ bytes: UnsafeRawBufferPointer, _ begin: Int,
      _ onRow: (Int, UnsafeRawBufferPointer) -> Void
    ) {
      if cutRow.isEmpty {
        let row = cursor.lastRow.lowerBound - begin..<cursor.lastRow.upperBound - begin
        unsafe onRow(cursor.rows - 1, UnsafeRawBufferPointer(rebasing: bytes[row]))
        return
      }
      let first = begin - cutRow.count
      unsafe cutRow.append(UnsafeRawBufferPointer(rebasing: bytes.prefix(cursor.offset - begin)))
      let row = cursor.lastRow.lowerBound - first..<cursor.lastRow.upperBound - first
      unsafe onRow(cursor.rows - 1, UnsafeRawBufferPointer(rebasing: cutRow.bytes[row]))
      cutRow.removeAll()
    }

    private mutating func mark() {
      marks.append(Mark(row: cursor.rows, offset: cursor.offset, lines: cursor.lines))
    }

    mutating func finish(
      _ input: String, _ onRow: ((Int, UnsafeRawBufferPointer) -> Void)?
    ) throws(InputError) {
      if cursor.isQuoted {
        throw InputError(.unterminatedQuote(line: cursor.quoteLine + 1), input: input)
      }
      let rows = cursor.rows
      cursor.finish()
      guard cursor.rows > rows, let onRow = unsafe onRow else { return }
      unsafe report(UnsafeRawBufferPointer(start: nil, count: 0), cursor.offset, onRow)
    }
  }
}
