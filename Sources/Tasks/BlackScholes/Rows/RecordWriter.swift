internal import BatchCore
internal import Glibc

/// Writes the output rows of a block: the row as it came, then its results and its status.
struct RecordWriter {
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
  ///
  /// - Parameter end: where the bytes of the batch end.
  func write(
    _ range: Range<Int>, of rows: PriceRows, _ results: ResultBlock,
    batchEnd: UnsafeRawPointer, to buffer: ByteBuffer
  ) -> [FailedRow] {
    let offset = buffer.count
    var failed: [FailedRow] = []
    let perRow =
      fieldCount + results.columnCount * (NumberText.largestWrite + 1) + 2 * NumberText.largestWrite
    let text = Self.length(range, of: rows.csv)
    unsafe buffer.write(atMost: text + range.count * perRow) { room in
      var out = unsafe room
      for row in range {
        let begin = unsafe out - room
        let status = results.worst(row: row)
        let text = unsafe rows.csv.row(row)
        unsafe copyRow(text, hasItsFields: rows.fault(row) != .length, to: &out)
        unsafe writeResults(row, results, to: &out)
        unsafe writeStatus(status, to: &out)
        unsafe writeLineEnd(after: text, batchEnd, to: &out)
        if status.status.isFailure {
          let end = unsafe out - room
          failed.append(FailedRow(row: row, record: offset + begin..<offset + end))
        }
      }
      return unsafe out - room
    }
    return failed
  }

  /// The bytes from the first row's start to the last row's end.
  private static func length(_ range: Range<Int>, of csv: CSVBlock) -> Int {
    guard let first = range.first, let last = range.last,
      let start = unsafe csv.row(first).baseAddress, let end = unsafe csv.row(last).baseAddress
    else { return 0 }
    return unsafe end + csv.row(last).count - start
  }

  // MARK: - The row as it came

  @inline(__always)
  private func copyRow(
    _ row: UnsafeRawBufferPointer, hasItsFields: Bool, to out: inout UnsafeMutableRawPointer
  ) {
    guard hasItsFields else { return unsafe copyIrregular(row, to: &out) }
    guard let base = row.baseAddress else { return }
    unsafe memcpy(out, base, row.count)
    unsafe out += row.count
  }

  /// A row with too few fields is filled up; of one with too many the first are kept.
  @inline(never)
  private func copyIrregular(
    _ row: UnsafeRawBufferPointer, to out: inout UnsafeMutableRawPointer
  ) {
    let fields = unsafe RowFields(row, separator: separator).ranges
    let kept = fields[min(fieldCount, fields.count) - 1].upperBound
    unsafe out.copyMemory(from: row.baseAddress ?? UnsafeRawPointer(out), byteCount: kept)
    unsafe out += kept
    for _ in 0..<max(fieldCount - fields.count, 0) { unsafe Self.put(separator, to: &out) }
  }

  // MARK: - What is added

  @inline(__always)
  private func writeResults(
    _ row: Int, _ results: ResultBlock, to out: inout UnsafeMutableRawPointer
  ) {
    let perHorizon = results.columnCount / results.horizonCount
    for horizon in 0..<results.horizonCount {
      let code = unsafe results.statuses[horizon * results.capacity + row]
      guard code < RowStatus.windowShort.rawValue else {
        for _ in 0..<perHorizon { unsafe Self.put(separator, to: &out) }
        continue
      }
      unsafe out += NumberText.write(
        fields: results.values + horizon * perHorizon * results.capacity + row,
        columns: perHorizon, stride: results.capacity, separator: separator, to: out)
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
  private func writeLineEnd(
    after row: UnsafeRawBufferPointer, _ batchEnd: UnsafeRawPointer,
    to out: inout UnsafeMutableRawPointer
  ) {
    guard let base = row.baseAddress, unsafe base + row.count < batchEnd else {
      return unsafe Self.put(lineEnd, to: &out)
    }
    if unsafe (base + row.count).load(as: UInt8.self) == UInt8(ascii: "\r") {
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
