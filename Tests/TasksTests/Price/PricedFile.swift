import BatchCore
import BlackScholes
import Glibc
import Testing

/// A CSV text priced batch by batch without a runner: what a run would put into its output.
struct PricedFile {
  var output: [UInt8]
  var failures: [ItemFailure] = []
  var notes: [String]

  /// Writes `csv` to a file of its own, prices it in batches of `batchSize` rows, and removes the file.
  ///
  /// With `inAnotherProcess` the tasks are made from the worker message, as remote workers do.
  init(
    _ csv: [UInt8], _ options: [String: [String]] = [:], batchSize: Int = 1_000_000,
    limit: Int? = nil, inAnotherProcess: Bool = false
  ) throws {
    let file = try TemporaryFile(csv)
    let prepared = try PricePlugin.prepare(file.request(options, limit: limit))
    output = prepared.prologue
    notes = prepared.notes
    let task =
      inAnotherProcess
      ? try PricePlugin.makeTask(message: prepared.workerMessage) : prepared.task
    try run(task, prepared.source, batchSize)
  }

  init(
    _ csv: String, _ options: [String: [String]] = [:], batchSize: Int = 1_000_000,
    inAnotherProcess: Bool = false
  ) throws {
    try self.init(
      Array(csv.utf8), options, batchSize: batchSize, inAnotherProcess: inAnotherProcess)
  }

  private mutating func run<T: BatchTask>(
    _ task: T, _ source: any ItemSource, _ batchSize: Int
  ) throws {
    var workspace = try task.makeWorkspace()
    var first = 0
    while first < source.count {
      let items = first..<min(first + batchSize, source.count)
      var next = first
      for part in try task.parts(of: try source.input(for: items), in: &workspace) {
        #expect(part.items.lowerBound == next)
        next = part.items.upperBound
        for failed in part.failures {
          let record = unsafe part.bytes.withBytes { unsafe [UInt8]($0[failed.record]) }
          #expect(record.last == 0x0A && !record.dropLast().isEmpty)
        }
        failures += part.failures.map(\.failure)
        output += unsafe part.bytes.withBytes { unsafe [UInt8]($0) }
      }
      #expect(next == items.upperBound)
      first = items.upperBound
    }
  }

  var text: String { String(decoding: output, as: UTF8.self) }
  /// The output's lines, the header first.
  var lines: [String] { text.split(separator: "\n").map(String.init) }
  /// The fields of one row, the first after the header being 0; for outputs without quotes.
  func fields(_ row: Int) -> [String] {
    lines[row + 1].split(separator: ",", omittingEmptySubsequences: false).map(String.init)
  }
  /// The value of a named column in a row.
  func value(_ column: String, _ row: Int = 0) -> String {
    let names = fields(-1)
    return names.firstIndex(of: column).map { fields(row)[$0] } ?? "no column \(column)"
  }
  func number(_ column: String, _ row: Int = 0) -> Double { Double(value(column, row)) ?? .nan }
}

/// A file that lives as long as the value that made it.
final class TemporaryFile {
  let path: String
  let name: String

  init(_ bytes: [UInt8], name: String = "in.csv") throws {
    var template = Array("/tmp/price-test-XXXXXX".utf8CString)
    let descriptor = unsafe template.withUnsafeMutableBufferPointer { buffer -> Int32 in
      guard let start = buffer.baseAddress else { return -1 }
      return unsafe mkstemp(start)
    }
    try #require(descriptor >= 0)
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    self.name = name
    let written = unsafe bytes.withUnsafeBytes {
      unsafe write(descriptor, $0.baseAddress, $0.count)
    }
    close(descriptor)
    try #require(written == bytes.count)
  }

  deinit { unsafe unlink(path) }

  func append(_ text: String) throws {
    let descriptor = unsafe open(path, O_WRONLY | O_APPEND)
    let bytes = Array(text.utf8)
    let written = unsafe bytes.withUnsafeBytes {
      unsafe write(descriptor, $0.baseAddress, $0.count)
    }
    close(descriptor)
    try #require(written == bytes.count)
  }

  func request(_ options: [String: [String]] = [:], limit: Int? = nil) -> TaskRequest {
    TaskRequest(
      options: OptionValues(options), input: InputFile(path: path, displayName: name),
      limit: limit)
  }
}
