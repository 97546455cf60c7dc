internal import BatchCore

/// The rows of a CSV file as items; with firms' runs, each batch carries its firm's earlier rows.
struct RowSource: ItemSource {
  let file: CSVFile
  let displayName: String
  let count: Int
  let byteCount: Int
  let contentDigest: String
  /// Nil for methods whose rows stand alone.
  let runs: FirmRuns?

  init(file: CSVFile, displayName: String, limit: Int?, digest: String, runs: FirmRuns?) throws {
    self.file = file
    self.displayName = displayName
    self.runs = runs
    contentDigest = digest
    count = min(file.rowCount, limit ?? .max)
    byteCount = try file.byteRange(ofRows: 0..<count).count
  }

  func prefix(of items: Range<Int>, fitting maxBytes: Int) throws -> Int {
    let rows = firstRow(for: items)..<items.upperBound
    let context = items.lowerBound - rows.lowerBound
    return try naming { max(1, try file.prefix(of: rows, fitting: maxBytes) - context) }
  }

  func input(for items: Range<Int>) throws -> BatchInput {
    let rows = firstRow(for: items)..<items.upperBound
    return try naming {
      BatchInput(
        items: items, contextItems: items.lowerBound - rows.lowerBound,
        bytes: .file(path: file.source.name, range: try file.byteRange(ofRows: rows)),
        firstLine: rows.isEmpty ? 1 : try file.line(ofRow: rows.lowerBound))
    }
  }

  func changed() -> String? {
    do {
      try file.source.checkUnchanged()
      return nil
    } catch {
      return "\(InputError(error.code, input: displayName))"
    }
  }

  private func firstRow(for items: Range<Int>) -> Int {
    guard let runs, !items.isEmpty else { return items.lowerBound }
    return runs.start(ofRunHolding: items.lowerBound)
  }

  private func naming<R>(_ body: () throws -> R) throws -> R {
    do {
      return try body()
    } catch let error as InputError {
      throw TaskError(.cannotRun, "\(InputError(error.code, input: displayName))")
    }
  }
}
