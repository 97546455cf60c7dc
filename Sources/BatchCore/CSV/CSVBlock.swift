/// Which columns of a table a scan reads, by their place in the header.
package struct CSVColumns: Hashable, Sendable {
  /// The byte between fields.
  package let separator: UInt8
  /// How many fields a row should have.
  package let count: Int
  /// The columns read as numbers.
  package let numbers: [Int]
  /// The columns whose bytes are wanted.
  package let texts: [Int]

  package init(separator: UInt8, count: Int, numbers: [Int], texts: [Int] = []) {
    precondition((numbers + texts).allSatisfy { 0..<count ~= $0 }, "a column that the table lacks")
    self.separator = separator
    self.count = count
    self.numbers = numbers
    self.texts = texts
  }

  package init(_ header: CSVHeader, numbers: [Int], texts: [Int] = []) {
    self.init(
      separator: header.separator, count: header.columnCount, numbers: numbers, texts: texts)
  }
}

/// What is wrong with a row, or with a field of it.
package struct CSVProblem: Hashable, Sendable {
  package enum Reason: Hashable, Sendable {
    /// A field that should be a number is not.
    case number(NumberRejection)
    /// The row has this many fields, fewer than the header.
    case shortRow(fields: Int)
    /// The row has this many fields, more than the header.
    case longRow(fields: Int)
  }

  /// The row's place in the block.
  package let row: Int
  /// The column's place in the header; nil where the whole row is wrong.
  package let column: Int?
  package let reason: Reason

  package init(row: Int, column: Int?, reason: Reason) {
    self.row = row
    self.column = column
    self.reason = reason
  }
}

/// Rows as columns of numbers: what a scan fills, over and over, without allocating.
///
/// Row ranges and fields point into the scanned text, and are valid as long as it is.
@safe
package final class CSVBlock {
  package let columns: CSVColumns
  /// How many rows fit, and how many doubles lie between the columns of `numbers`.
  package let rowCapacity: Int
  /// How many rows the last scan put here.
  package internal(set) var rowCount = 0
  /// What was wrong with them, in row order; the numbers of a bad field, or of a bad row, are NaN.
  package internal(set) var problems: [CSVProblem] = []

  var text: UnsafeRawBufferPointer = unsafe UnsafeRawBufferPointer(start: nil, count: 0)
  let values: UnsafeMutablePointer<Double>
  let rowStarts: UnsafeMutablePointer<UInt32>
  let rowEnds: UnsafeMutablePointer<UInt32>
  /// Start and end of each text field, one column after the other.
  let textStarts: UnsafeMutablePointer<UInt32>
  let textEnds: UnsafeMutablePointer<UInt32>

  package init(_ columns: CSVColumns, rowCapacity: Int) {
    precondition(rowCapacity > 0, "a block needs room for a row")
    self.columns = columns
    self.rowCapacity = rowCapacity
    unsafe values = Self.filled(.nan, columns.numbers.count * rowCapacity)
    unsafe rowStarts = Self.filled(0, rowCapacity)
    unsafe rowEnds = Self.filled(0, rowCapacity)
    unsafe textStarts = Self.filled(0, columns.texts.count * rowCapacity)
    unsafe textEnds = Self.filled(0, columns.texts.count * rowCapacity)
  }

  deinit {
    unsafe values.deallocate()
    unsafe rowStarts.deallocate()
    unsafe rowEnds.deallocate()
    unsafe textStarts.deallocate()
    unsafe textEnds.deallocate()
  }

  private static func filled<Value: BitwiseCopyable>(
    _ value: Value, _ count: Int
  ) -> UnsafeMutablePointer<Value> {
    let memory = UnsafeMutablePointer<Value>.allocate(capacity: count)
    unsafe memory.initialize(repeating: value, count: count)
    return unsafe memory
  }
}

extension CSVBlock {
  /// Puts the problems in the order of rows, and of columns in a row; they are found column by column.
  func sortProblems() {
    guard problems.count > 1 else { return }
    problems.sort { ($0.row, $0.column ?? -1) < ($1.row, $1.column ?? -1) }
  }
}

// MARK: - Reading

extension CSVBlock {
  /// The numbers of `columns.numbers[index]`, one for each row.
  package func numbers(_ index: Int) -> UnsafeMutableBufferPointer<Double> {
    precondition(columns.numbers.indices.contains(index), "no such numeric column")
    return unsafe UnsafeMutableBufferPointer(start: values + index * rowCapacity, count: rowCount)
  }

  /// The bytes of a row as they stand, without the line ending.
  package func row(_ row: Int) -> UnsafeRawBufferPointer {
    precondition(0..<rowCount ~= row, "no such row")
    return unsafe bytes(rowStarts[row], rowEnds[row])
  }

  /// The bytes of the field in `columns.texts[index]`, without the quotes around it.
  ///
  /// A field with doubled quotes inside comes with its quotes: take it through `CSVQuoting.content`.
  package func text(_ index: Int, row: Int) -> UnsafeRawBufferPointer {
    precondition(columns.texts.indices.contains(index) && 0..<rowCount ~= row, "no such field")
    let place = index * rowCapacity + row
    let field = unsafe bytes(textStarts[place], textEnds[place])
    return unsafe CSVQuoting.plainContent(field) ?? field
  }

  private func bytes(_ start: UInt32, _ end: UInt32) -> UnsafeRawBufferPointer {
    unsafe UnsafeRawBufferPointer(rebasing: text[Int(start)..<Int(end)])
  }

  /// The bytes of any field of a row as they stand; for messages, since it looks for the field anew.
  package func field(_ column: Int, row: Int) -> UnsafeRawBufferPointer? {
    var fields = CSVFields(separator: columns.separator)
    unsafe fields.split(self.row(row))
    return column < fields.count ? unsafe fields.bytes(column) : nil
  }
}
