internal import BatchCore
internal import Glibc
internal import Synchronization

/// Pages that come from the disk, read by a thread of its own: files, and what the cache holds.
///
/// The messages are those of a page of a server. A file has no status; its content type is guessed
/// from its name, then from its first bytes.
final class DiskPages: Sendable {
  private let options: FetchOptions
  private let pool: ReceivePool
  private let cache: PageCache?
  private let orders: FetchOrders
  private let requests = Mailbox<Order>()
  /// What the reader of a file has said about it since it was asked for.
  private let words = Mutex<[PageJob.Key: Word]>([:])

  private enum Word {
    case wanted
    /// Wanted, and its server has been asked: only who gives up what has begun gives it up.
    case begun
    case enough
    case cancelled
  }

  private enum Order: Sendable {
    case read(PageRequest, PageInbox)
    /// Tells the fetcher what the cache knows of a page.
    case look(PageRequest, PageInbox)
    /// Hands over the body of an entry, with the result that was prepared for it.
    case serve(PageRequest, PageInbox, PageResult)
    case stop
  }

  init(
    _ options: FetchOptions, _ pool: ReceivePool, _ cache: PageCache?, _ orders: FetchOrders,
    wake: @escaping @Sendable () -> Void
  ) {
    self.cache = cache
    self.orders = orders
    self.options = options
    self.pool = pool
    WorkThread.start("page-files") { [self] in
      while follow(requests.takeFirst(), wake: wake) {}
    }
  }

  private func follow(_ order: Order, wake: () -> Void) -> Bool {
    switch order {
    case .read(let page, let inbox): answer(page, inbox)
    case .look(let page, let inbox):
      if orders.append(.looked(page.id, inbox, cache?.entry(of: page.url)?.page)) { wake() }
    case .serve(let page, let inbox, let result):
      if !serve(page, inbox, result), orders.append(.submitAgain(page, inbox)) { wake() }
    case .stop: return false
    }
    return true
  }

  func look(_ page: PageRequest, for inbox: PageInbox) { requests.post(.look(page, inbox)) }

  func serve(_ page: PageRequest, to inbox: PageInbox, _ result: PageResult) {
    words.withLock { $0[Self.key(page.id, inbox)] = .begun }
    requests.post(.serve(page, inbox, result))
  }

  func read(_ page: PageRequest, to inbox: PageInbox) {
    words.withLock { $0[Self.key(page.id, inbox)] = .wanted }
    requests.post(.read(page, inbox))
  }

  func enough(_ id: PageID, in inbox: PageInbox) { say(.enough, id, inbox) }
  func cancel(_ id: PageID, in inbox: PageInbox, startedToo: Bool) {
    words.withLock { words in
      let key = Self.key(id, inbox)
      guard let word = words[key], startedToo || word != .begun else { return }
      words[key] = .cancelled
    }
  }
  func stop() { requests.post(.stop) }

  private func say(_ word: Word, _ id: PageID, _ inbox: PageInbox) {
    words.withLock { words in
      let key = Self.key(id, inbox)
      if words[key] != nil { words[key] = word }
    }
  }

  private static func key(_ id: PageID, _ inbox: PageInbox) -> PageJob.Key {
    PageJob.Key(inbox: ObjectIdentifier(inbox), id: id)
  }

  // MARK: - Reading

  private func answer(_ page: PageRequest, _ inbox: PageInbox) {
    let clock = MonotonicClock()
    var message = PageMessage(page.id)
    var result = PageResult(outcome: .notStarted, url: page.url, attempts: 1, source: .file)
    if word(page.id, inbox) == .cancelled {
      result.attempts = 0
    } else if page.url.scheme == .file {
      result.outcome = read(page, inbox, &message, &result.bodyBytes)
    } else {
      result.source = .cache
      result.outcome = readCache(page, inbox, &message, &result)
    }
    result.elapsedSeconds = clock.now
    message.end = result
    words.withLock { $0[Self.key(page.id, inbox)] = nil }
    inbox.post(message, wakes: true)
  }

  private func word(_ id: PageID, _ inbox: PageInbox) -> Word {
    words.withLock { $0[Self.key(id, inbox)] ?? .cancelled }
  }

  /// What the cache alone says about a page.
  private func readCache(
    _ page: PageRequest, _ inbox: PageInbox, _ message: inout PageMessage,
    _ result: inout PageResult
  ) -> PageResult.Outcome {
    let missing = PageFailure(
      .notInCache, message: "the cache does not have this page; leave out --offline to fetch it")
    guard let entry = cache?.entry(of: page.url) else { return .failed(missing) }
    result.status = entry.page.status > 0 ? entry.page.status : nil
    result.url = entry.page.url
    result.redirects = entry.page.redirects
    if let failure = entry.page.failure { return .failed(failure) }
    return hand(over: entry, of: page, inbox, &message, &result.bodyBytes) ?? .failed(missing)
  }

  /// Hands over an entry that the server has confirmed; false when it is not there any more.
  private func serve(_ page: PageRequest, _ inbox: PageInbox, _ prepared: PageResult) -> Bool {
    var message = PageMessage(page.id)
    var result = prepared
    guard let entry = cache?.entry(of: page.url), entry.page.failure == nil else { return false }
    let outcome = hand(over: entry, of: page, inbox, &message, &result.bodyBytes)
    words.withLock { $0[Self.key(page.id, inbox)] = nil }
    guard let outcome else { return false }
    result.outcome = outcome
    message.end = result
    inbox.post(message, wakes: true)
    return true
  }

  /// Nil when the body cannot be decompressed.
  private func hand(
    over entry: CacheEntry, of page: PageRequest, _ inbox: PageInbox, _ message: inout PageMessage,
    _ bodyBytes: inout Int
  ) -> PageResult.Outcome? {
    var outcome = PageResult.Outcome.complete
    var current = message
    current.head = entry.page.head
    let isWhole = entry.decode(into: pool) { piece in
      while pool.isFull { usleep(1000) }
      bodyBytes += piece.count
      if current.body != nil {
        inbox.post(current, wakes: true)
        current = PageMessage(page.id)
      }
      current.body = piece
      switch word(page.id, inbox) {
      case .wanted, .begun: return true
      case .enough: outcome = .enough
      case .cancelled: outcome = .notStarted
      }
      return false
    }
    message = current
    return isWhole ? outcome : nil
  }

  /// Posts all but the last message, which is left in `message`.
  private func read(
    _ page: PageRequest, _ inbox: PageInbox, _ message: inout PageMessage, _ bodyBytes: inout Int
  ) -> PageResult.Outcome {
    guard !options.publicOnly else {
      return .failed(
        PageFailure(.forbiddenScheme, message: "files are not read with --public-only"))
    }
    guard let path = page.url.filePath else {
      return .failed(PageFailure(.fileNotFound, message: "the address names no file"))
    }
    let file = unsafe open(page.localPath ?? path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return .failed(Self.failure(path, errno)) }
    defer { close(file) }
    var status = stat()
    unsafe fstat(file, &status)
    guard status.st_mode & S_IFMT == S_IFREG else {
      return .failed(
        PageFailure(.fileUnreadable, message: "\(path) is not a file"))
    }
    var isFirst = true
    while true {
      let piece: ReceivedBytes?
      do throws(SystemError) { piece = try nextPiece(file, path) } catch {
        return .failed(Self.failure(path, error.code))
      }
      if isFirst {
        message.head = PageHead(
          status: nil, url: page.url, contentType: ContentGuess.type(path, piece),
          contentLength: Int(status.st_size))
        isFirst = false
      }
      guard let piece else { return .complete }
      bodyBytes += piece.count
      guard bodyBytes <= options.bodyBytes else {
        return .failed(
          PageFailure(.tooLarge, message: "\(path) is larger than \(options.bodyBytes) bytes"))
      }
      if message.body != nil {
        inbox.post(message, wakes: true)
        message = PageMessage(page.id)
      }
      message.body = piece
      switch word(page.id, inbox) {
      case .wanted, .begun: break
      case .enough: return .enough
      case .cancelled: return .notStarted
      }
    }
  }

  /// Nil at the end of the file.
  private func nextPiece(_ file: Int32, _ path: String) throws(SystemError) -> ReceivedBytes? {
    // Readers free memory by reading on; a millisecond is nothing to them.
    while pool.isFull { usleep(1000) }
    let buffer = pool.take(expecting: Int.max)
    var failure: SystemError?
    unsafe buffer.write(atMost: 64 << 10) { target in
      let count = unsafe Glibc.read(file, target, 64 << 10)
      if count < 0 { failure = SystemError("read", path, code: errno) }
      return max(0, count)
    }
    if let failure { throw failure }
    let piece = pool.piece(buffer)
    return buffer.isEmpty ? nil : piece
  }

  private static func failure(_ path: String, _ code: Int32) -> PageFailure {
    let reason = SystemError("read", path, code: code).reason
    return PageFailure(
      code == ENOENT || code == ENOTDIR ? .fileNotFound : .fileUnreadable,
      message: "cannot read \(path): \(reason)")
  }
}

/// The content type of a file.
enum ContentGuess {
  static func type(_ path: String, _ piece: ReceivedBytes?) -> String? {
    let ending = path.split(separator: "/").last?.split(separator: ".").last?.lowercased()
    switch ending {
    case "html", "htm", "shtml": return "text/html"
    case "xhtml", "xht": return "application/xhtml+xml"
    case "xml": return "application/xml"
    case "txt": return "text/plain"
    case "json": return "application/json"
    case "pdf": return "application/pdf"
    default: return piece.flatMap { sniff($0.buffer) }
    }
  }

  /// By the signatures of the WHATWG's MIME sniffing standard that matter here.
  private static func sniff(_ buffer: ByteBuffer) -> String? {
    let start = unsafe buffer.withBytes { bytes in
      unsafe String(decoding: bytes.prefix(512), as: UTF8.self)
    }
    let text = start.drop { $0.isWhitespace || $0 == "\u{feff}" }.lowercased()
    if text.hasPrefix("%pdf-") { return "application/pdf" }
    let tags = [
      "<!doctype html", "<html", "<head", "<title", "<body", "<meta", "<!--", "<h1", "<p>",
    ]
    if tags.contains(where: { text.hasPrefix($0) }) { return "text/html" }
    return text.hasPrefix("<?xml") ? "application/xml" : nil
  }
}
