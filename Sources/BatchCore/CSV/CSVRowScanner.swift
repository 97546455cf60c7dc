/// Reads the rows of a text block by block: numbers into columns, other fields as places in the text.
///
/// The text begins at the start of a row, outside quotes, and stays valid and unchanged while the scanner or its
/// blocks are used. Blank lines are left out; rows are those that `CSVIndex` counts.
@safe
package struct CSVRowScanner: ~Copyable {
  private let bytes: UnsafeRawBufferPointer
  private let columns: CSVColumns
  private var tape: CSVTape
  /// How many entries of the tape have been read.
  private var head = 0
  /// Where the next row begins.
  private var rowStart = 0

  package init(_ bytes: UnsafeRawBufferPointer, columns: CSVColumns) {
    unsafe self.bytes = bytes
    self.columns = columns
    tape = unsafe CSVTape(bytes, separator: columns.separator)
  }

  /// Fills a block with the next rows; returns how many, fewer than fit only at the end of the text.
  package mutating func next(_ block: CSVBlock) -> Int {
    precondition(block.columns == columns, "a block made for other columns")
    unsafe block.text = bytes
    block.problems.removeAll(keepingCapacity: true)
    var row = 0
    while row < block.rowCapacity {
      if tape.count - head < columns.count {
        // Too few entries for a whole row: more, or the end, or a short last row.
        if !tape.isAtEnd { refill() }
      }
      row = readRows(block, row)
      if row == block.rowCapacity { break }
      guard readIrregularRow(block, &row) else { break }
    }
    block.rowCount = row
    block.sortProblems()
    return row
  }

  private mutating func refill() {
    tape.fill(dropping: head)
    head = 0
  }

  // MARK: - Rows with as many fields as the header

  /// Reads rows while they have as many fields as the header; returns the number of rows in the block then.
  ///
  /// One pass finds the rows, then one for each column reads it: a column's numbers look alike, which is what
  /// branch prediction wants.
  private mutating func readRows(_ block: CSVBlock, _ first: Int) -> Int {
    let firstEntry = unsafe tape.start + head
    let end = placeRows(block, first)
    let run = first..<end
    for (index, column) in columns.numbers.enumerated() {
      unsafe readNumbers(block, index, run, edges(block, column, firstEntry, first))
    }
    for (index, column) in columns.texts.enumerated() {
      unsafe readTexts(block, index, run, edges(block, column, firstEntry, first))
    }
    return end
  }

  /// Notes where rows of full width begin and end, up to the first row that is not.
  private mutating func placeRows(_ block: CSVBlock, _ first: Int) -> Int {
    let width = columns.count
    var entry = unsafe tape.start + head
    let lastEntry = unsafe tape.start + (tape.count - width)
    var row = first
    var start = rowStart
    while unsafe row < block.rowCapacity && entry <= lastEntry {
      guard unsafe isRegular(entry, width) else { break }
      let feed = unsafe Int(entry[width &- 1] & ~CSVTape.rowEnd)
      var end = feed
      if end > start, unsafe bytes[end &- 1] == 0x0D { end &-= 1 }
      if width == 1, end == start { break }
      unsafe block.rowStarts[row] = UInt32(truncatingIfNeeded: start)
      unsafe block.rowEnds[row] = UInt32(truncatingIfNeeded: end)
      start = feed &+ 1
      row &+= 1
      unsafe entry += width
    }
    rowStart = start
    unsafe head = entry - tape.start
    return row
  }

  /// Whether the next row ends with the entry where a row of full width ends.
  @inline(__always)
  private func isRegular(_ entry: UnsafeMutablePointer<UInt32>, _ width: Int) -> Bool {
    var inner: UInt32 = 0
    for index in 0..<(width &- 1) { unsafe inner |= entry[index] }
    return unsafe inner < CSVTape.rowEnd && entry[width &- 1] >= CSVTape.rowEnd
  }

  /// Where the fields of a column lie in a run of rows of full width.
  @unsafe
  private struct ColumnEdges {
    var starts: UnsafeMutablePointer<UInt32>
    var startStride: Int
    /// What to add to an entry of `starts` to come to the field's first byte.
    var startOffset: Int
    var ends: UnsafeMutablePointer<UInt32>
    var endStride: Int
  }

  private func edges(
    _ block: CSVBlock, _ column: Int, _ entry: UnsafeMutablePointer<UInt32>, _ row: Int
  ) -> ColumnEdges {
    let width = columns.count
    let isFirst = column == 0
    let isLast = column == width - 1
    return unsafe ColumnEdges(
      starts: isFirst ? block.rowStarts + row : entry + (column - 1),
      startStride: isFirst ? 1 : width, startOffset: isFirst ? 0 : 1,
      ends: isLast ? block.rowEnds + row : entry + column, endStride: isLast ? 1 : width)
  }

  private func readNumbers(
    _ block: CSVBlock, _ index: Int, _ run: Range<Int>, _ edges: ColumnEdges
  ) {
    guard let text = unsafe bytes.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return }
    let values = unsafe block.values + index * block.rowCapacity
    var (start, end) = unsafe (edges.starts, edges.ends)
    for row in run {
      let from = unsafe Int(start[0]) &+ edges.startOffset
      let to = unsafe Int(end[0])
      var value = unsafe ShortDecimal.parse(text, from, to)
      if value != value { value = readNumber(block, row, columns.numbers[index], from, to) }
      unsafe values[row] = value
      unsafe start += edges.startStride
      unsafe end += edges.endStride
    }
  }

  private func readTexts(
    _ block: CSVBlock, _ index: Int, _ run: Range<Int>, _ edges: ColumnEdges
  ) {
    let place = index * block.rowCapacity
    var (start, end) = unsafe (edges.starts, edges.ends)
    for row in run {
      unsafe block.textStarts[place + row] =
        start[0] &+ UInt32(truncatingIfNeeded: edges.startOffset)
      unsafe block.textEnds[place + row] = end[0]
      unsafe start += edges.startStride
      unsafe end += edges.endStride
    }
  }

  /// A number by the full grammar; a field that is none is noted.
  @inline(never)
  private func readNumber(
    _ block: CSVBlock, _ row: Int, _ column: Int, _ from: Int, _ to: Int
  ) -> Double {
    do throws(NumberRejection) {
      return try unsafe CSVQuoting.number(UnsafeRawBufferPointer(rebasing: bytes[from..<to]))
    } catch {
      block.problems.append(CSVProblem(row: row, column: column, reason: .number(error)))
      return .nan
    }
  }

  // MARK: - Other rows

  /// Passes a blank line, or reads a row with too few or too many fields; returns false at the end of the text.
  @inline(never)
  private mutating func readIrregularRow(_ block: CSVBlock, _ row: inout Int) -> Bool {
    var fields = 0
    while true {
      if head + fields == tape.count {
        if tape.isAtEnd { return false }
        refill()
        continue
      }
      fields += 1
      if unsafe tape.start[head + fields - 1] >= CSVTape.rowEnd { break }
    }
    let feed = unsafe Int(tape.start[head + fields - 1] & ~CSVTape.rowEnd)
    var end = feed
    if end > rowStart, unsafe bytes[end - 1] == 0x0D { end -= 1 }
    let isBlank = end == rowStart
    // A whole row that only was not on the tape yet is left for the other way.
    if !isBlank, fields == columns.count { return true }
    if !isBlank {
      noteBadRow(block, row, fields, end)
      row += 1
    }
    rowStart = feed + 1
    head += fields
    return true
  }

  private func noteBadRow(_ block: CSVBlock, _ row: Int, _ fields: Int, _ end: Int) {
    unsafe block.rowStarts[row] = UInt32(rowStart)
    unsafe block.rowEnds[row] = UInt32(end)
    for index in columns.numbers.indices {
      unsafe block.values[index * block.rowCapacity + row] = .nan
    }
    for index in columns.texts.indices {
      let place = index * block.rowCapacity + row
      unsafe block.textStarts[place] = UInt32(rowStart)
      unsafe block.textEnds[place] = UInt32(rowStart)
    }
    let reason: CSVProblem.Reason =
      fields < columns.count ? .shortRow(fields: fields) : .longRow(fields: fields)
    block.problems.append(CSVProblem(row: row, column: nil, reason: reason))
  }
}
