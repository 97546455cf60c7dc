import BatchCore
import Testing

@Suite("Scanning CSV rows")
struct CSVScanTests {
  @Test("index and scan agree with a byte-by-byte reading", arguments: UInt64(1)...400)
  func agreesWithModel(seed: UInt64) throws {
    var random = RandomCSV(seed: seed)
    let columns = Int.random(in: 1...9, using: &random.generator)
    let rows = Int.random(in: 0...60, using: &random.generator)
    let text = random.text(columns: columns, rows: rows, quirks: seed % 4 > 0)
    let model = NaiveCSV(text, separator: 0x2C)
    guard model.openQuoteLine == nil else {
      let error = #expect(throws: InputError.self, "seed \(seed)") {
        try CSVIndex(ByteSource(bytes: text))
      }
      let line = try #require(model.openQuoteLine)
      #expect(error?.code == .unterminatedQuote(line: line), "seed \(seed)")
      return
    }
    let data = Array(model.rows.dropFirst())
    for chunk in [1, 7, 64, 100, 1 << 20] {
      try checkIndex(text, data, chunkBytes: chunk, granuleBytes: 1 + Int(seed % 200), seed)
    }
    for capacity in [1, 3, 1000] { try checkScan(text, data, columns, capacity, seed) }
    try checkCuts(text, data, seed)
  }

  private func file(_ text: [UInt8], chunkBytes: Int, granuleBytes: Int) throws -> CSVFile {
    var options = CSVIndex.Options()
    options.chunkBytes = chunkBytes
    options.granuleBytes = granuleBytes
    let source = ByteSource(bytes: text)
    return CSVFile(source, index: try CSVIndex(source, options: options), options: options)
  }

  private func checkIndex(
    _ text: [UInt8], _ rows: [NaiveCSV.Row], chunkBytes: Int, granuleBytes: Int, _ seed: UInt64
  ) throws {
    let file = try file(text, chunkBytes: chunkBytes, granuleBytes: granuleBytes)
    #expect(file.rowCount == rows.count, "seed \(seed), chunk \(chunkBytes)")
    guard file.rowCount == rows.count else { return }
    for row in rows.indices.reversed() + Array(rows.indices) {
      let end = row + 1 < rows.count ? rows[row + 1].begin : text.count
      #expect(try file.byteRange(ofRows: row..<row + 1) == rows[row].begin..<end, "seed \(seed)")
      #expect(try file.line(ofRow: row) == rows[row].line, "seed \(seed)")
    }
  }

  private func checkScan(
    _ text: [UInt8], _ rows: [NaiveCSV.Row], _ columns: Int, _ capacity: Int, _ seed: UInt64
  ) throws {
    let file = try file(text, chunkBytes: 1 << 20, granuleBytes: 1 << 10)
    let start = file.header.dataOffset
    let all = CSVColumns(file.header, numbers: Array(0..<columns), texts: Array(0..<columns))
    let block = CSVBlock(all, rowCapacity: capacity)
    unsafe text.withUnsafeBytes { bytes in
      var scanner = unsafe CSVRowScanner(
        UnsafeRawBufferPointer(rebasing: bytes[start...]), columns: all)
      var done = 0
      while scanner.next(block) > 0 {
        for row in 0..<block.rowCount where done + row < rows.count {
          check(block, row, rows[done + row], text, columns, seed)
        }
        done += block.rowCount
      }
      #expect(done == rows.count, "seed \(seed), capacity \(capacity)")
    }
  }

  private func check(
    _ block: CSVBlock, _ row: Int, _ expected: NaiveCSV.Row, _ text: [UInt8], _ columns: Int,
    _ seed: UInt64
  ) {
    #expect(unsafe Array(block.row(row)) == Array(text[expected.range]), "seed \(seed)")
    let problems = block.problems.filter { $0.row == row }
    guard expected.fields.count == columns else {
      let count = expected.fields.count
      let reason: CSVProblem.Reason =
        count < columns ? .shortRow(fields: count) : .longRow(fields: count)
      #expect(problems == [CSVProblem(row: row, column: nil, reason: reason)], "seed \(seed)")
      return
    }
    for column in 0..<columns {
      let field = Array(text[expected.fields[column]])
      #expect(
        unsafe block.field(column, row: row).map { unsafe Array($0) } == field, "seed \(seed)")
      let content = unsafe field.withUnsafeBytes { unsafe CSVQuoting.content($0) }
      let plain = unsafe Array(block.text(column, row: row))
      #expect(plain == content || plain == field, "seed \(seed)")
      let value = unsafe block.numbers(column)[row]
      let string = String(decoding: content, as: UTF8.self)
      switch Result(catching: { try NumberText.parse(string) }) {
      case .success(let number): #expect(value.bitPattern == number.bitPattern, "seed \(seed)")
      case .failure(let reason):
        #expect(value.isNaN, "seed \(seed)")
        let problem = problems.first { $0.column == column }
        #expect(problem?.reason == (reason as? NumberRejection).map { .number($0) }, "seed \(seed)")
      }
    }
  }

  /// Every cut into two batches gives the rows of the whole, and `prefix` never passes its limit.
  private func checkCuts(_ text: [UInt8], _ rows: [NaiveCSV.Row], _ seed: UInt64) throws {
    let file = try file(text, chunkBytes: 1 << 20, granuleBytes: 128)
    let columns = CSVColumns(file.header, numbers: [])
    for cut in 0...rows.count {
      var seen: [[UInt8]] = []
      for part in [0..<cut, cut..<rows.count] {
        let range = try file.byteRange(ofRows: part)
        seen += self.rows(Array(text[range]), columns)
      }
      #expect(seen == rows.map { Array(text[$0.range]) }, "seed \(seed), cut \(cut)")
      let limit = Int(seed * 37 + UInt64(cut) * 11) % 400
      let count = try file.prefix(of: cut..<rows.count, fitting: limit)
      let ends = (cut...rows.count).map { $0 < rows.count ? rows[$0].begin : text.count }
      let begin = cut == 0 ? file.header.dataOffset : ends[0]
      #expect(
        count == ends.lastIndex { $0 - begin <= limit }, "seed \(seed), cut \(cut), limit \(limit)")
    }
  }

  private func rows(_ text: [UInt8], _ columns: CSVColumns) -> [[UInt8]] {
    let block = CSVBlock(columns, rowCapacity: 5)
    var rows: [[UInt8]] = []
    unsafe text.withUnsafeBytes { bytes in
      var scanner = unsafe CSVRowScanner(bytes, columns: columns)
      while scanner.next(block) > 0 {
        rows += (0..<block.rowCount).map { unsafe Array(block.row($0)) }
      }
    }
    return rows
  }
}
