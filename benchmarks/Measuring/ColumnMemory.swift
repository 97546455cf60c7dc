import Glibc

/// Columns of doubles that stay in their place, for kernels to read and write.
@safe final class ColumnMemory {
  let rows: Int
  private let spacing: Int
  private let start: UnsafeMutablePointer<Double>

  init(columns: Int, rows: Int) {
    self.rows = rows
    // A cache line more than the rows need, so that columns do not fall on the same sets of a cache.
    spacing = (rows + 7) / 8 * 8 + 8
    unsafe start = .allocate(capacity: columns * spacing + 8)
    unsafe start.initialize(repeating: 0, count: columns * spacing + 8)
  }

  deinit { unsafe start.deallocate() }

  /// The first row of a column.
  subscript(column: Int) -> UnsafeMutablePointer<Double> { unsafe start + column * spacing }

  /// A value by row and column.
  subscript(row: Int, column: Int) -> Double {
    get { unsafe self[column][row] }
    set { unsafe self[column][row] = newValue }
  }

  /// Writes some columns one after the other, as they lie in memory; false when that fails.
  func write(columns: [Int], rows: Int? = nil, to path: String) -> Bool {
    guard let file = unsafe fopen(path, "w") else { return false }
    let rows = rows ?? self.rows
    var isWritten = true
    for column in columns {
      isWritten = unsafe fwrite(self[column], 8, rows, file) == rows && isWritten
    }
    return unsafe fclose(file) == 0 && isWritten
  }
}
