internal import BatchCore

/// The record of a row that the runner gave up: the row as it came, no results, the failure's code.
struct FailureRecord: Sendable {
  let setup: PriceSetup
  let source: RowSource

  func record(for failure: ItemFailure) throws -> [UInt8] {
    let row = try text(ofRow: failure.item.index)
    let fields = unsafe row.withUnsafeBytes { unsafe RowFields($0, separator: setup.separator) }
    let fieldCount = setup.header.count
    var record = row
    if fields.ranges.count > fieldCount {
      record = Array(row[..<fields.ranges[fieldCount - 1].upperBound])
    }
    let missing = max(fieldCount - fields.ranges.count, 0) + setup.job.results.names.count
    record += [UInt8](repeating: setup.separator, count: missing)
    record += Array(failure.code.rawValue.utf8)
    return record + Array((setup.endsInCRLF ? "\r\n" : "\n").utf8)
  }

  /// The row's bytes without the blank lines before it and its line end.
  private func text(ofRow row: Int) throws -> [UInt8] {
    var buffer = ByteBuffer()
    let range = try source.file.byteRange(ofRows: row..<row + 1)
    try source.file.source.read(range, appendingTo: &buffer)
    var text = unsafe buffer.withBytes { unsafe [UInt8]($0) }[...]
    while let first = text.first, first == 0x0A || first == 0x0D { text.removeFirst() }
    while text.last == 0x0A || text.last == 0x0D { text.removeLast() }
    return Array(text)
  }
}
