internal import BatchCore
internal import Glibc

/// Reads the options and the list, and puts together what a run needs.
struct ScrapePreparation {
  private let setup: ScrapeSetup
  private let source: PageSource
  private let notes: [String]

  /// - Throws: `TaskError`, or `InputError` for a list that cannot be read.
  init(_ request: TaskRequest) throws {
    let options = try ScrapeOptions(request.options)
    let folder = Self.folder(of: request.input)
    source = try PageSource(
      request.input, urlColumn: options.urlColumn, folder: folder, limit: request.limit)
    setup = ScrapeSetup(
      values: request.options, options: options, shape: source.file.shape, folder: folder)
    var notes: [String] = []
    if source.count == 0 { notes.append("\(request.input.displayName) lists no pages") }
    if options.fetch.ignoresRobots { notes.append("robots.txt is neither asked for nor followed") }
    self.notes = notes
  }

  func preparedTask() -> PreparedTask {
    let task = ScrapeTask(setup)
    let writer = task.writer
    let source = source
    var prepared = PreparedTask(
      name: TaskName(ScrapePlugin.command.name), task: task, workerMessage: setup.message,
      source: source, prologue: writer.prologue,
      identity: setup.options.identity(setup.values), notes: notes, defaultTimeoutSeconds: 60,
      marks: [
        RecordMark(
          "without_abstract", singular: "page without an abstract",
          plural: "pages without an abstract")
      ],
      failureRecord: { failure in
        let buffer = ByteBuffer()
        writer.write(
          PageAnswer(failure: .init(code: failure.code, message: failure.message)),
          of: try source.page(failure.item.index), to: buffer)
        return unsafe buffer.withBytes { unsafe Array($0) }
      })
    prepared.estimate = PoliteEstimate(source.hosts, setup.options.fetch).estimate
    return prepared
  }

  /// The folder of the list, as an absolute path with a slash at its end; for a stream, the current
  /// one.
  private static func folder(of input: InputFile) -> String {
    let isStream = input.displayName != input.path && !input.displayName.contains("/")
    let path = isStream ? "." : directory(of: input.displayName)
    guard let resolved = unsafe realpath(path, nil) else { return path + "/" }
    defer { unsafe free(resolved) }
    let text = unsafe String(cString: resolved)
    return text.hasSuffix("/") ? text : text + "/"
  }

  private static func directory(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }
}
