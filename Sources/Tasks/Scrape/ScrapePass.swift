internal import BatchCore

/// One batch of pages on its way: asked for, read as they arrive, written as they end.
struct ScrapePass {
  /// A page that is on its way, for all items of the batch that list it.
  private struct OpenPage {
    var offsets: Range<Int>
    var url: WebURL
    var head: PageHead?
    var reader: PageReader?
    var memory: PageMemory?
    /// Whether the reader has all it needs.
    var isSettled = false
    /// Why the page cannot be asked for yet.
    var wait: PoliteWait?
  }

  private let task: ScrapeTask
  private let fetcher: Fetcher
  private let pages: [ListedPage]
  private let input: BatchInput
  private let output: BatchOutput
  private let inbox = PageInbox()
  /// Memory for pages that are being read; kept by the worker for its next batch.
  private(set) var memories: [PageMemory]
  private var open: [Int: OpenPage] = [:]
  private var isStopping = false
  private var hasManyHosts = false
  private let clock = MonotonicClock()
  private var lastNews = 0.0

  /// So long a batch waits for hosts that are left alone, while others of its lane could go on.
  private static let patienceSeconds = 2.0

  init(
    task: ScrapeTask, fetcher: Fetcher, pages: [ListedPage], input: BatchInput,
    output: BatchOutput, memories: [PageMemory]
  ) {
    self.task = task
    self.fetcher = fetcher
    self.pages = pages
    self.input = input
    self.output = output
    self.memories = memories
  }

  /// - Throws: `TaskError` when pages cannot be kept that the user wants kept.
  mutating func run() throws(TaskError) {
    submit()
    var messages: [PageMessage] = []
    while !open.isEmpty {
      inbox.receive(into: &messages, waiting: 0.2)
      output.waits()
      if output.shouldStop || isOnlyWaiting { stop() }
      for message in messages { try take(message) }
      messages.removeAll(keepingCapacity: true)
    }
  }

  /// Before a page counts as finished it is in the cache: it is not fetched again.
  private func checkCache() throws(TaskError) {
    guard task.setup.options.keepsBodies, !task.setup.options.fetch.isOffline else { return }
    fetcher.flushCache()
    guard let problem = fetcher.cacheProblem else { return }
    throw TaskError(
      .cannotRun, "\(problem); free some space or mend it, and run the same command again")
  }

  // MARK: - Asking

  private mutating func submit() {
    var requests: [PageRequest] = []
    var hosts = Set<String>()
    var offset = 0
    while offset < pages.count {
      let first = offset
      offset += 1
      do throws(ListedPage.Objection) {
        let url = try pages[first].url(from: task.setup.folder)
        while offset < pages.count, isSame(url, as: offset) { offset += 1 }
        open[first] = OpenPage(offsets: first..<offset, url: url)
        let local = url.filePath.map { input.localPath(of: $0) }
        requests.append(PageRequest(PageID(first), url, localPath: local))
        if hosts.count < 2 { hosts.insert(url.origin) }
      } catch {
        finish(
          first..<offset,
          PageAnswer(failure: .init(code: .badInput, message: error.sentence)))
      }
    }
    hasManyHosts = hosts.count > 1
    lastNews = clock.now
    fetcher.submit(requests, to: inbox)
  }

  private func isSame(_ url: WebURL, as offset: Int) -> Bool {
    (try? pages[offset].url(from: task.setup.folder)) == url
  }

  /// Whether nothing has come for a while and every page waits for a host that is left alone; the
  /// runner hands such pages out again, behind those of other hosts.
  private var isOnlyWaiting: Bool {
    guard hasManyHosts, clock.now - lastNews > Self.patienceSeconds else { return false }
    return open.values.allSatisfy { $0.wait != nil && $0.head == nil }
  }

  private mutating func stop() {
    guard !isStopping else { return }
    isStopping = true
    fetcher.cancel(open.keys.map { PageID($0) }, in: inbox, startedToo: false)
  }

  // MARK: - Reading

  private mutating func take(_ message: PageMessage) throws(TaskError) {
    let first = message.id.rawValue
    guard var page = open[first] else { return }
    if let wait = message.wait { page.wait = wait }
    if let head = message.head { begin(&page, head) }
    if let body = message.body { read(body, of: &page, first) }
    guard let result = message.end else {
      open[first] = page
      return
    }
    lastNews = clock.now
    open[first] = nil
    try checkCache()
    end(page, result, first)
    if let memory = page.memory { keep(memory) }
  }

  /// A second head means that an attempt broke, and that the page begins anew.
  private mutating func begin(_ page: inout OpenPage, _ head: PageHead) {
    lastNews = clock.now
    page.head = head
    page.wait = nil
    page.isSettled = false
    page.reader = nil
    if head.status ?? 200 >= 400 { page.isSettled = true }
  }

  private mutating func read(_ body: ReceivedBytes, of page: inout OpenPage, _ first: Int) {
    guard !page.isSettled, let head = page.head else { return }
    let reader = page.reader ?? makeReader(for: &page, head)
    page.reader = reader
    let position = input.items.lowerBound + first
    let appetite = output.compute(position) {
      unsafe body.buffer.withBytes { unsafe reader.feed($0) }
    }
    guard appetite == .enough else { return }
    page.isSettled = true
    // A cache wants whole bodies.
    if !task.setup.options.keepsBodies { fetcher.enough(PageID(first), in: inbox) }
  }

  private mutating func makeReader(for page: inout OpenPage, _ head: PageHead) -> PageReader {
    let memory = page.memory ?? memories.popLast() ?? PageMemory()
    page.memory = memory
    return PageReader(
      task.extractor, finalURL: head.url.text, contentType: head.contentType, memory: memory)
  }

  // MARK: - Ending

  private mutating func end(_ page: OpenPage, _ result: PageResult, _ first: Int) {
    var answer = PageAnswer(head: page.head, result: result)
    answer.fetchedAt = task.setup.options.isDeterministic ? 0 : RunEvent.now()
    answer.earlierAttempts = input.earlierAttempts
    switch result.outcome {
    case .notStarted: return
    case .failed(let failure):
      // A path is named as it was typed, which is the same on every machine.
      let message =
        page.url.filePath.map { failure.message.replacing($0, with: pages[first].shown) }
      answer.failure = .init(
        code: .init(rawValue: failure.code.rawValue), isTransient: failure.isTransient,
        message: message ?? failure.message)
    case .complete, .enough:
      var page = page
      let reader =
        page.reader ?? page.head.map { makeReader(for: &page, $0) }
      let position = input.items.lowerBound + first
      answer.page = reader.map { reader in output.compute(position) { reader.finish() } }
      answer.failure = objection(to: answer)
      if let memory = page.memory, answer.page != nil, open[first] == nil { keep(memory, page) }
    }
    finish(page.offsets, answer)
  }

  /// Memory that was taken only to end a page without a body.
  private mutating func keep(_ memory: PageMemory, _ page: OpenPage) {
    if page.reader == nil { keep(memory) }
  }

  /// A tree takes several times the bytes of its page: none waits for the next one.
  private mutating func keep(_ memory: PageMemory) {
    memory.clear()
    memories.append(memory)
  }

  /// Why a page that came whole is no result.
  private func objection(to answer: PageAnswer) -> PageAnswer.Failure? {
    guard let page = answer.page else { return nil }
    guard page.isHTML else {
      let type = answer.contentType.map { ": it is \($0)" } ?? ""
      return .init(code: .notHTML, message: "the page is not HTML\(type)")
    }
    return page.notFoundEvidence.map { .init(code: .softNotFound, message: $0) }
  }

  private func finish(_ offsets: Range<Int>, _ answer: PageAnswer) {
    let lacksAbstract =
      answer.failure == nil && task.extractor.request.fields.contains(.abstract)
      && answer.page?.abstract == nil
    for offset in offsets {
      let position = input.items.lowerBound + offset
      task.writer.write(answer, of: pages[offset], to: output.buffer)
      output.finish(
        item: position, marks: lacksAbstract ? 1 : 0,
        failedWith: answer.failure(of: position, pages[offset]))
    }
  }
}
