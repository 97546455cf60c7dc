internal import BatchCore

/// Reads the options and the input once, and puts together what a run needs.
struct Preparation {
  private let setup: PriceSetup
  private let source: RowSource
  private let prologue: [UInt8]

  /// - Throws: `TaskError`, or `InputError` for an input that cannot be read.
  init(_ request: TaskRequest) throws {
    let options = try PriceOptions(request.options)
    let name = request.input.displayName
    let bytes = try ByteSource(path: request.input.path)
    let header = try CSVIndex.header(of: bytes)
    let job = try PriceJob(options: options, header: header.names, file: name)

    var hash = Checksum()
    let observer = FirmObserver(
      job: job, separator: header.separator, limit: request.limit ?? .max)
    let index = try Self.index(bytes, &hash, observer, observes: job.usesSeries)
    let file = CSVFile(bytes, index: index)
    if let firstReturn = observer.firstReturn {
      throw try Self.firmReturns(firstReturn, file, name)
    }
    source = try RowSource(
      file: file, displayName: name, limit: request.limit, digest: hash.hexadecimal(),
      runs: job.usesSeries ? observer.runs : nil)
    let head = try Self.head(of: bytes, header)
    setup = PriceSetup(
      values: request.options, header: header, endsInCRLF: head.endsInCRLF, displayName: name,
      dateStyle: observer.dateStyle, version: bytes.fingerprint.map(InputVersion.init), job: job)
    prologue = head.mark + header.text + Self.headerEnd(setup)
  }

  func preparedTask() -> PreparedTask {
    PreparedTask(
      name: TaskName(PricePlugin.command.name), task: PriceTask(setup: setup),
      workerMessage: setup.message, source: source, prologue: prologue,
      identity: setup.job.identity,
      notes: setup.job.notes + (source.count == 0 ? ["\(setup.displayName) has no rows"] : []),
      failureRecord: FailureRecord(setup: setup, source: source).record(for:))
  }

  // MARK: - The input

  private static func index(
    _ bytes: ByteSource, _ hash: inout Checksum, _ observer: FirmObserver, observes: Bool
  ) throws -> CSVIndex {
    guard observes else {
      return try unsafe CSVIndex(bytes, onBytes: { unsafe hash.update($0) })
    }
    return try unsafe CSVIndex(
      bytes, onBytes: { unsafe hash.update($0) }, onRow: { unsafe observer.see(row: $0, $1) })
  }

  private static func firmReturns(
    _ firm: FirmObserver.Return, _ file: CSVFile, _ name: String
  ) throws -> TaskError {
    let earlier = try file.line(ofRow: firm.earlierRow)
    let later = try file.line(ofRow: firm.laterRow)
    return TaskError(
      .cannotRun,
      "\(name): the rows of firm '\(firm.firm)' are not together: they begin on line \(earlier) and "
        + "again, after another firm, on line \(later); sort the file by firm and date")
  }

  /// The byte order mark, if there is one, and how the header line ends.
  private static func head(
    of bytes: ByteSource, _ header: CSVHeader
  ) throws -> (mark: [UInt8], endsInCRLF: Bool) {
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    let start = try read(bytes, 0..<min(3, bytes.sizeBytes))
    let end = try read(bytes, max(header.dataOffset - 2, 0)..<header.dataOffset)
    return (start == mark ? mark : [], end == [0x0D, 0x0A])
  }

  private static func read(_ bytes: ByteSource, _ range: Range<Int>) throws -> [UInt8] {
    var buffer = ByteBuffer(capacity: range.count)
    try bytes.read(range, appendingTo: &buffer)
    return unsafe buffer.withBytes { unsafe [UInt8]($0) }
  }

  private static func headerEnd(_ setup: PriceSetup) -> [UInt8] {
    let names = setup.job.results.names.flatMap { [setup.separator] + Array($0.utf8) }
    return names + Array((setup.endsInCRLF ? "\r\n" : "\n").utf8)
  }
}
