import BatchCore
import Glibc

/// Reading and writing the text of a table, one thread, next to the C library and Swift's own conversions.
///
/// Every result is compared with the reference before anything is timed. CPU seconds, medians of `repetitions`.
enum TextBenchmark {
  static let rows = 500_000
  static let repetitions = 7

  /// Prints what was measured; false when an answer is wrong.
  static func run() -> Bool {
    let text = optionsTable(word: "call")
    let source = ByteSource(bytes: text)
    guard let index = try? CSVIndex(source), index.rowCount == rows else {
      print("FAILED: the index does not count the rows of the table")
      return false
    }
    guard readingIsRight(text, index.header), writingIsRight() else { return false }
    print("table: \(rows) rows, \(text.count) bytes, 6 numeric columns and a word")
    let bytes = Double(text.count) / 1e9
    let rowCount = Double(rows) / 1e9
    let copy = seconds { copyBytes(text) }
    report("copy of the bytes (memcpy)", bytes / copy, "GB/s")
    report("index", bytes / seconds { _ = try? CSVIndex(source).rowCount }, "GB/s")
    report("scan into columns", bytes / seconds { _ = scan(text, index.header) }, "GB/s")
    report(
      "table to table, 6 results a row", seconds { rewrite(text, index.header) } / rowCount,
      "ns a row")
    let long = longTable()
    report(
      "scan, 17 digits", Double(long.count) / 1e9 / seconds { _ = scan(long, index.header) }, "GB/s"
    )
    report("  a number", seconds { _ = scan(long, index.header) } / rowCount / 6, "ns")
    let quoted = optionsTable(word: "\"a \"\"quoted\"\", word\"")
    let quotedBytes = Double(quoted.count) / 1e9
    let quotedSource = ByteSource(bytes: quoted)
    report(
      "index, a quoted word in each row", quotedBytes / seconds { _ = try? CSVIndex(quotedSource) },
      "GB/s")
    report(
      "scan, a quoted word in each row", quotedBytes / seconds { _ = scan(quoted, index.header) },
      "GB/s")
    report("strtod, fields of the same table", bytes / seconds { _ = strtodFields(text) }, "GB/s")
    for (name, values) in samples() {
      let count = Double(values.count) / 1e9
      report("write, \(name)", seconds { write(values) } / count, "ns")
      report("  Swift description", seconds { describe(values) } / count, "ns")
      report("  parse of the same", seconds { parse(values) } / count, "ns, write included")
    }
    return true
  }
}

// MARK: - Inputs

extension TextBenchmark {
  /// - Parameter word: what stands in the last column, as it is written.
  private static func optionsTable(word: String) -> [UInt8] {
    var generator = SystemRandomNumberGenerator()
    let buffer = ByteBuffer(capacity: 32 << 20)
    buffer.append("spot,strike,rate,dividend,volatility,maturity,type\n")
    for _ in 0..<rows {
      let spot = Double.random(in: 20...300, using: &generator)
      let fields = [
        (spot, 1e4), (spot * Double.random(in: 0.5...1.5, using: &generator), 1e2),
        (Double.random(in: 0...0.08, using: &generator), 1e4),
        (Double.random(in: 0...0.04, using: &generator), 1e4),
        (Double.random(in: 0.05...0.9, using: &generator), 1e4),
        (Double.random(in: 0.01...3, using: &generator), 1e6),
      ]
      for (value, scale) in fields {
        buffer.append((value * scale).rounded() / scale)
        buffer.append(UInt8(ascii: ","))
      }
      buffer.append(word + "\n")
    }
    return unsafe [UInt8](buffer.bytes)
  }

  /// The same shape with all digits that a random double has.
  private static func longTable() -> [UInt8] {
    var generator = SystemRandomNumberGenerator()
    let buffer = ByteBuffer(capacity: 64 << 20)
    buffer.append("spot,strike,rate,dividend,volatility,maturity,type\n")
    for _ in 0..<rows {
      for scale in [100.0, 100, 0.1, 0.1, 1, 3] {
        buffer.append(Double.random(in: 0...scale, using: &generator))
        buffer.append(UInt8(ascii: ","))
      }
      buffer.append("call\n")
    }
    return unsafe [UInt8](buffer.bytes)
  }

  private static func samples() -> [(String, [Double])] {
    var generator = SystemRandomNumberGenerator()
    let uniform = (0..<1_000_000).map { _ in Double.random(in: 0...1, using: &generator) }
    let signed = uniform.map { ($0 - 0.5) * 100 }
    let prices = uniform.map { ($0 * 1e6).rounded() / 1e4 }
    return [
      ("uniform in 0...1", uniform), ("uniform in -50...50", signed), ("four decimals", prices),
    ]
  }
}

// MARK: - Work

extension TextBenchmark {
  private static func copyBytes(_ text: [UInt8]) {
    let buffer = ByteBuffer(capacity: text.count)
    buffer.append(text)
  }

  /// The sum of all numbers, so that nothing is left out.
  private static func scan(_ text: [UInt8], _ header: CSVHeader) -> Double {
    let columns = CSVColumns(header, numbers: Array(0..<6), texts: [6])
    let block = CSVBlock(columns, rowCapacity: 1024)
    var sum = 0.0
    unsafe text.withUnsafeBytes { bytes in
      let data = unsafe UnsafeRawBufferPointer(rebasing: bytes[header.dataOffset...])
      var scanner = unsafe CSVRowScanner(data, columns: columns)
      while scanner.next(block) > 0 {
        for column in 0..<6 { sum += unsafe block.numbers(column)[block.rowCount - 1] }
      }
    }
    return sum
  }

  /// What a job from table to table does with text: scan, copy each row, and write six numbers and a word to it.
  private static func rewrite(_ text: [UInt8], _ header: CSVHeader) {
    let columns = CSVColumns(header, numbers: Array(0..<6), texts: [6])
    let block = CSVBlock(columns, rowCapacity: 256)
    let buffer = ByteBuffer(capacity: 1 << 20)
    unsafe text.withUnsafeBytes { bytes in
      let data = unsafe UnsafeRawBufferPointer(rebasing: bytes[header.dataOffset...])
      var scanner = unsafe CSVRowScanner(data, columns: columns)
      while scanner.next(block) > 0 {
        makeLong(block)
        guard let first = unsafe block.numbers(0).baseAddress else { return }
        for row in 0..<block.rowCount {
          unsafe buffer.append(block.row(row))
          unsafe buffer.append(
            fields: first + row, columns: 6, stride: block.rowCapacity, separator: header.separator)
          buffer.append(literal: ",ok\n")
        }
        if buffer.count > 1 << 19 { buffer.removeAll() }
      }
    }
  }

  /// Gives the numbers of a block the 17 digits that results have.
  private static func makeLong(_ block: CSVBlock) {
    for column in 0..<6 {
      let values = unsafe block.numbers(column)
      for row in 0..<block.rowCount { unsafe values[row] /= 3.14159 }
    }
  }

  private static func strtodFields(_ text: [UInt8]) -> Double {
    var sum = 0.0
    unsafe text.withUnsafeBytes { bytes in
      guard var cursor = unsafe bytes.baseAddress?.assumingMemoryBound(to: CChar.self) else {
        return
      }
      let end = unsafe cursor + bytes.count
      while unsafe cursor < end && cursor[0] != 0x0A { unsafe cursor += 1 }
      while unsafe cursor < end {
        unsafe cursor += 1
        for _ in 0..<6 {
          guard unsafe cursor < end else { break }
          var next: UnsafeMutablePointer<CChar>?
          sum += unsafe strtod(cursor, &next)
          guard let after = unsafe next else { return }
          unsafe cursor = UnsafePointer(after) + 1
        }
        while unsafe cursor < end && cursor[0] != 0x0A { unsafe cursor += 1 }
        if unsafe cursor + 1 == end { break }
      }
    }
    return sum
  }

  private static func write(_ values: [Double]) {
    let buffer = ByteBuffer(capacity: 1 << 16)
    unsafe values.withUnsafeBufferPointer { values in
      guard let base = values.baseAddress else { return }
      for start in stride(from: 0, to: values.count - 5, by: 5) {
        unsafe buffer.append(fields: base + start, columns: 5, stride: 1, separator: 0x2C)
        if buffer.count > 60_000 { buffer.removeAll() }
      }
    }
  }

  private static func describe(_ values: [Double]) {
    var length = 0
    for value in values { length &+= value.description.utf8.count }
    precondition(length > 0)
  }

  private static func parse(_ values: [Double]) {
    let buffer = ByteBuffer(capacity: 1 << 16)
    var sum = 0.0
    for value in values {
      buffer.removeAll()
      buffer.append(value)
      sum += unsafe (try? NumberText.parse(buffer.bytes)) ?? 0
    }
    precondition(!sum.isNaN)
  }
}

// MARK: - Checks and clock

extension TextBenchmark {
  private static func readingIsRight(_ text: [UInt8], _ header: CSVHeader) -> Bool {
    let columns = CSVColumns(header, numbers: Array(0..<6), texts: [6])
    let block = CSVBlock(columns, rowCapacity: 1024)
    return unsafe text.withUnsafeBytes { bytes in
      let data = unsafe UnsafeRawBufferPointer(rebasing: bytes[header.dataOffset...])
      var scanner = unsafe CSVRowScanner(data, columns: columns)
      while scanner.next(block) > 0 {
        for row in 0..<block.rowCount {
          let words = unsafe String(decoding: block.row(row), as: UTF8.self).split(separator: ",")
          for column in 0..<6 where unsafe block.numbers(column)[row] != Double(words[column]) {
            print("FAILED: \(words[column]) was read as \(unsafe block.numbers(column)[row])")
            return false
          }
        }
      }
      return true
    }
  }

  private static func writingIsRight() -> Bool {
    for (_, values) in samples() {
      for value in values where Double(NumberText.text(value)) != value {
        print("FAILED: \(value) was written as \(NumberText.text(value))")
        return false
      }
    }
    return true
  }

  private static func seconds(_ body: () -> Void) -> Double {
    let times = (0..<repetitions).map { _ in
      let start = cpuSeconds()
      body()
      return cpuSeconds() - start
    }
    return times.sorted()[repetitions / 2]
  }

  private static func cpuSeconds() -> Double {
    var time = timespec()
    unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  private static func report(_ name: String, _ value: Double, _ unit: String) {
    let padding = String(repeating: " ", count: max(1, 40 - name.count))
    print("\(name)\(padding)\((value * 100).rounded() / 100) \(unit)")
  }
}
