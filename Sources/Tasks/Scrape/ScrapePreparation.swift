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
    var notes: [String] = []
    var input = request.input
    var urlColumn = options.urlColumn
    if let selector = options.follow {
      let links = try Self.links(request, options, selector, folder: folder)
      notes.append(links.note)
      input = InputFile(path: links.path, displayName: links.path)
      urlColumn = nil
    }
    source = try PageSource(input, urlColumn: urlColumn, folder: folder, limit: request.limit)
    setup = ScrapeSetup(
      values: request.options, options: options, shape: source.file.shape, folder: folder)
    if urlColumn == nil, let hint = Self.columnHint(source) { notes.append(hint) }
    if source.count == 0 { notes.append("\(request.input.displayName) lists no pages") }
    if options.fetch.ignoresRobots { notes.append("robots.txt is neither asked for nor followed") }
    self.notes = notes
  }

  /// What a list of tables or objects needs, when none of its columns was named.
  private static func columnHint(_ source: PageSource) -> String? {
    guard source.count > 0, let first = try? source.page(0), first.isPath else { return nil }
    let isObject = first.typed.hasPrefix("{")
    guard isObject || first.typed.contains(where: { ",;\t".contains($0) }) else { return nil }
    return
      "the first line looks like \(isObject ? "JSON" : "the header of a table"): --url-column NAME "
      + "says where its addresses are"
  }

  private static func links(
    _ request: TaskRequest, _ options: ScrapeOptions, _ selector: ValueSelector, folder: String
  ) throws -> IndexPages.Links {
    guard let directory = request.keptFiles else {
      throw TaskError(
        .cannotRun,
        "a plan asks no server for anything, and what --follow finds is not known before that; plan the "
          + "run of a list of pages instead")
    }
    let pages = try IndexPages(
      request.input, folder: folder, selector: selector, options: options,
      retries: request.options.integer("retries") ?? 2)
    let key = options.identity(request.options).map { "\($0.name)=\($0.value)" }
    return try pages.links(
      keptIn: directory, key: key.joined(separator: "\n"),
      isFresh: request.options.isSet("fresh"))
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
    if setup.options.fetch.cachePath != nil {
      prepared.localOnly =
        "--cache is a folder of this machine, which other workers do not have; leave it out, or --on"
    }
    prepared.estimate =
      PoliteEstimate(source.hosts, lanes: source.laneHosts, setup.options.fetch).estimate
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
