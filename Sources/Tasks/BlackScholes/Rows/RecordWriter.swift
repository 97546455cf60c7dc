internal import BatchCore
internal import Glibc

/// Writes the output rows of a block: the row as it came, then its results and its status.
struct RecordWriter {
  /// Where the rows of a block stand in the bytes of their batch; valid while both are kept.
  @unsafe struct Rows {
    let bytes: UnsafeRawBufferPointer
    /// Where each row begins, and where its text ends, its line end not included.
    let starts: UnsafePointer<Int>
    let ends: UnsafePointer<Int>
    /// How many fields each row has.
    let fieldCounts: UnsafePointer<Int32>
  }

  /// A row that failed, and where its record stands among the bytes written.
  struct FailedRow {
    let row: Int
    let record: Range<Int>
  }

  let separator: UInt8
  /// How many columns the input has.
  let fieldCount: Int
  /// How a record ends when its row has no line end of its own.
  let lineEnd: [UInt8]
  /// The horizons as they stand in a status; empty for the option model.
  let horizonNames: [[UInt8]]
  private let statusWords = RowStatus.allCases.map { Array($0.word.utf8) }

  init(separator: UInt8, fieldCount: Int, endsInCRLF: Bool, horizons: [Double]) {
    self.separator = separator
    self.fieldCount = fieldCount
    lineEnd = Array((endsInCRLF ? "\r\n" : "\n").utf8)
    horizonNames = horizons.map { Array(":\(PriceJob.name(ofHorizon: $0))".utf8) }
  }

  /// Appends the records of `range` of the block's rows, and returns those that failed.
  func write(
    _ range: Range<Int>, of rows: Rows, _ results: ResultBlock, to buffer: ByteBuffer
  ) -> [FailedRow] {
    guard let first = range.first, let last = range.last else { return [] }
    let offset = buffer.count
    var failed: [FailedRow] = []
    let perRow =
      fieldCount + results.columnCount * (NumberText.largestWrite + 1) + 2 * NumberText.largestWrite
    let text = unsafe rows.ends[last] - rows.starts[first]
    unsafe buffer.write(atMost: text + range.count * perRow) { room in
      var out = unsafe room
      for row in range {
        let begin = unsafe out - room
        let status = results.worst(row: row)
        unsafe copyRow(row, of: rows, to: &out)
        unsafe writeResults(row, results, status.status, to: &out)
        unsafe writeStatus(status, to: &out)
        unsafe writeLineEnd(row, of: rows, to: &out)
        if status.status.isFailure {
          let end = unsafe out - room
          failed.append(FailedRow(row: row, record: offset + begin..<offset + end))
        }
      }
      return unsafe out - room
    }
    return failed
  }

  // MARK: - The row as it came

  @inline(__always)
  private func copyRow(_ row: Int, of rows: Rows, to out: inout UnsafeMutableRawPointer) {
    let start = unsafe rows.starts[row]
    let count = unsafe Int(rows.fieldCounts[row])
    var end = unsafe rows.ends[row]
    if count > fieldCount { end = unsafe self.end(ofRow: start..<end, in: rows.bytes) }
    if let base = unsafe rows.bytes.baseAddress {
      unsafe memcpy(out, base + start, end - start)
      unsafe out += end - start
    }
    for _ in 0..<max(fieldCount - count, 0) { unsafe Self.put(separator, to: &out) }
  }

  /// Where the last field of a row that has too many ends, when only the header's number is kept.
  @inline(never)
  private func end(ofRow row: Range<Int>, in bytes: UnsafeRawBufferPointer) -> Int {
    let fields = unsafe RowFields(
      UnsafeRawBufferPointer(rebasing: bytes[row]), separator: separator)
    return row.lowerBound + fields.ranges[fieldCount - 1].upperBound
  }

  // MARK: - What is added

  @inline(__always)
  private func writeResults(
    _ row: Int, _ results: ResultBlock, _ worst: RowStatus,
    to out: inout UnsafeMutableRawPointer
  ) {
    let perHorizon = results.columnCount / results.horizonCount
    for horizon in 0..<results.horizonCount {
      let code = unsafe results.statuses[horizon * results.capacity + row]
      let hasResults = code < RowStatus.windowShort.rawValue
      for index in 0..<perHorizon {
        unsafe Self.put(separator, to: &out)
        guard hasResults else { continue }
        let column = (horizon * perHorizon + index) * results.capacity
        unsafe out += NumberText.write(results.values[column + row], to: out)
      }
    }
  }

  @inline(__always)
  private func writeStatus(
    _ worst: (status: RowStatus, horizon: Int), to out: inout UnsafeMutableRawPointer
  ) {
    unsafe Self.put(separator, to: &out)
    unsafe Self.put(statusWords[Int(worst.status.rawValue)], to: &out)
    let namesHorizon = worst.status == .noSolution || worst.status == .outOfBounds
    if namesHorizon && !horizonNames.isEmpty {
      unsafe Self.put(horizonNames[worst.horizon], to: &out)
    }
  }

  @inline(__always)
  private func writeLineEnd(_ row: Int, of rows: Rows, to out: inout UnsafeMutableRawPointer) {
    let end = unsafe rows.ends[row]
    guard unsafe end < rows.bytes.count else { return unsafe Self.put(lineEnd, to: &out) }
    if unsafe rows.bytes[end] == UInt8(ascii: "\r") {
      unsafe Self.put(UInt8(ascii: "\r"), to: &out)
    }
    unsafe Self.put(UInt8(ascii: "\n"), to: &out)
  }

  @inline(__always)
  private static func put(_ byte: UInt8, to out: inout UnsafeMutableRawPointer) {
    unsafe out.storeBytes(of: byte, as: UInt8.self)
    unsafe out += 1
  }

  @inline(__always)
  private static func put(_ bytes: [UInt8], to out: inout UnsafeMutableRawPointer) {
    for byte in bytes { unsafe put(byte, to: &out) }
  }
}
