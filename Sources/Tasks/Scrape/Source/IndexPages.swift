internal import BatchCore
internal import Glibc

/// Index pages, such as the papers of a year, and the pages that they link to.
///
/// They are read before the run begins, because the run has to know its items. What they gave is kept,
/// so that a run that is continued has the items with which it began.
struct IndexPages {
  private let list: ListFile
  private let folder: String
  private let selector: ValueSelector
  private let fetch: FetchOptions

  /// What a selector found, and on how many pages.
  struct Links {
    /// The file that lists them, one on each line.
    var path: String
    var note: String
  }

  init(
    _ input: InputFile, folder: String, selector: ValueSelector, options: ScrapeOptions,
    retries: Int
  ) throws {
    list = try ListFile(input, urlColumn: options.urlColumn, limit: nil, onItem: { _ in })
    self.folder = folder
    self.selector = selector
    var fetch = options.fetch
    fetch.retries = retries
    self.fetch = fetch
  }

  /// The list of links: the one kept in `directory`, or a new one that is kept there.
  ///
  /// - Parameter key: What the links depend on besides the list.
  /// - Throws: `TaskError` when one of the pages cannot be read: some items would be missing.
  func links(keptIn directory: String, key: String, isFresh: Bool) throws -> Links {
    var hash = SHA256()
    for text in [list.digest, "\n", key] { hash.update(text) }
    let mark = "# \(hash.hexadecimal())\n"
    let path = "\(directory)/links-\(mark.dropFirst(2).prefix(12))"
    if !isFresh, let kept = try? TextFile.read(path), kept.starts(with: Array(mark.utf8)) {
      let count = kept.count { $0 == UInt8(ascii: "\n") } - 1
      return Links(path: path, note: note(count) + ", as found before")
    }
    let found = try read()
    let text = mark + found.map { $0 + "\n" }.joined()
    unsafe mkdir(directory, 0o700)
    let draft = try DurableFile(path: path + ".new", role: "links")
    try draft.truncate(to: 0)
    let bytes = ByteBuffer(Array(text.utf8))
    unsafe try bytes.withBytes { (raw) throws(SystemError) in unsafe try draft.write(raw, at: 0) }
    try draft.sync()
    try DirectoryEntry.rename(path + ".new", to: path, role: "links")
    return Links(path: path, note: note(found.count))
  }

  private func note(_ links: Int) -> String {
    let word = links == 1 ? "links" : "link"
    let pages =
      list.count == 1 ? "the index page links" : "\(Quantity.count(list.count)) index pages \(word)"
    return "\(pages) to \(Quantity.count(links, "page"))"
  }

  // MARK: - Reading

  private func read() throws -> [String] {
    let requests = try requests()
    let fetcher = try Fetcher(fetch)
    let inbox = PageInbox()
    fetcher.submit(requests, to: inbox)
    let extractor = Extractor(
      ExtractionRequest(fields: [], rules: try RuleSet.builtIn(), follow: selector))
    var readers: [Int: PageReader] = [:]
    var links = [[String]](repeating: [], count: requests.count)
    var left = requests.count
    var messages: [PageMessage] = []
    while left > 0 {
      inbox.receive(into: &messages, waiting: 1)
      for message in messages {
        let item = message.id.rawValue
        if let head = message.head {
          readers[item] = PageReader(
            extractor, finalURL: head.url.text, contentType: head.contentType)
        }
        if let body = message.body, let reader = readers[item] {
          _ = unsafe body.buffer.withBytes { unsafe reader.feed($0) }
        }
        guard let result = message.end else { continue }
        links[item] = try self.links(readers.removeValue(forKey: item), result, requests[item].url)
        left -= 1
      }
    }
    return Self.unique(links.joined()).map(relative)
  }

  /// The index pages, each once.
  private func requests() throws -> [PageRequest] {
    var buffer = ByteBuffer()
    var urls: [WebURL] = []
    var seen = Set<WebURL>()
    for item in 0..<list.count {
      let page = try list.page(item, buffer: &buffer)
      do throws(ListedPage.Objection) {
        let url = try page.url(from: folder)
        if seen.insert(url).inserted { urls.append(url) }
      } catch {
        throw TaskError(.cannotRun, "\(list.displayName):\(page.line): \(error.sentence)")
      }
    }
    return urls.enumerated().map { PageRequest(PageID($0), $1) }
  }

  private func links(_ reader: PageReader?, _ result: PageResult, _ url: WebURL) throws -> [String]
  {
    if let failure = result.failure {
      throw TaskError(
        .cannotRun,
        "the index page \(url) could not be read: \(failure.message); nothing has begun, run the same "
          + "command again")
    }
    return reader?.finish().links ?? []
  }

  private static func unique(_ links: some Sequence<String>) -> [String] {
    var seen = Set<String>()
    return links.filter { seen.insert($0).inserted }
  }

  /// A file below the list's folder by its path from there, which is the same on every machine.
  private func relative(_ link: String) -> String {
    guard let path = try? WebURL(link).filePath, path.hasPrefix(folder) else { return link }
    let rest = String(path.dropFirst(folder.count))
    return rest.hasPrefix("#") || rest.contains("\n") || rest.contains(":") ? link : rest
  }
}
