internal import BatchCore

/// One batch of pages on its way: asked for, read as they arrive, written as they end.
struct ScrapePass {
  private let task: ScrapeTask
  private let fetcher: Fetcher
  private let pages: [ListedPage]
  private let input: BatchInput
  private let output: BatchOutput
  private let inbox = PageInbox()
  private var open: [Int: OpenPage] = [:]
  private var order = ReadingOrder()
  private var isStopping = false
  /// The hosts of all pages of the batch.
  private var hosts: Set<String> = []
  /// When the hosts may be asked again that the batch has not waited for.
  private var resumesAt = -Double.infinity
  /// What is handed on to the next batch of these hosts; nil where they share a fetcher.
  private var memory: LaneMemory?
  private let clock = MonotonicClock()
  private var lastNews = 0.0

  /// So long a batch waits for hosts that are left alone before it lets go of them.
  private static let patienceSeconds = 2.0
  /// For longer a worker elsewhere, which is paid for, does not wait for hosts that are left alone.
  private static let paidPatienceSeconds = 10.0

  init(
    task: ScrapeTask, fetcher: Fetcher, pages: [ListedPage], input: BatchInput,
    output: BatchOutput
  ) {
    self.task = task
    self.fetcher = fetcher
    self.pages = pages
    self.input = input
    self.output = output
    memory = input.laneState.map { LaneMemory($0) }
  }

  /// - Throws: `TaskError` when pages cannot be kept that the user wants kept.
  mutating func run() throws(TaskError) {
    submit()
    var messages: [PageMessage] = []
    while !open.isEmpty {
      inbox.receive(into: &messages, waiting: order.isEmpty ? 0.2 : 0)
      output.waits()
      if let wait = laneWaitSeconds {
        resumesAt = clock.now + wait
        stop()
      } else if output.shouldStop || isOnlyWaiting {
        stop()
      }
      for message in messages { take(message) }
      messages.removeAll(keepingCapacity: true)
      try readNext()
    }
    memory?.update(from: fetcher)
    if let memory {
      output.leave(
        memory.bytes(atMost: BatchInput.mostLaneStateBytes), waitSeconds: resumesAt - clock.now)
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
        hosts.insert(HostQueue.name(of: url))
        memory?.asks(url)
      } catch {
        finish(
          first..<offset,
          PageAnswer(failure: .init(code: .badInput, message: error.sentence)))
      }
    }
    lastNews = clock.now
    if let memory { fetcher.recall(memory.all) }
    fetcher.submit(requests, to: inbox)
  }

  private func isSame(_ url: WebURL, as offset: Int) -> Bool {
    (try? pages[offset].url(from: task.setup.folder)) == url
  }

  /// Whether nothing has come for a while and every page waits for a host that is left alone; the
  /// runner hands such pages out again, behind those of other hosts.
  private var isOnlyWaiting: Bool {
    guard hosts.count > 1, clock.now - lastNews > Self.patienceSeconds else { return false }
    return open.values.allSatisfy { $0.wait != nil && $0.head == nil }
  }

  /// For how long there is nothing to do for the whole lane, as far as this batch can tell, when that
  /// is longer than a worker should be kept for it; nil otherwise.
  private var laneWaitSeconds: Double? {
    guard memory != nil, !isStopping, clock.now - lastNews > Self.patienceSeconds,
      let next = open.values.map(\.waitsUntil).min(),
      next - clock.now > Self.paidPatienceSeconds,
      open.values.allSatisfy({ $0.wait?.mayLeave == true && $0.head == nil }),
      // The lane has more of the other hosts, which can be asked.
      Set(open.values.map { HostQueue.name(of: $0.url) }) == hosts
    else { return nil }
    return next - clock.now
  }

  private mutating func stop() {
    guard !isStopping else { return }
    isStopping = true
    fetcher.cancel(open.keys.map { PageID($0) }, in: inbox, startedToo: false)
  }

  // MARK: - Reading

  private mutating func take(_ message: PageMessage) {
    let first = message.id.rawValue
    guard let page = open[first] else { return }
    if let wait = message.wait { page.takes(wait, at: clock.now) }
    if let head = message.head {
      lastNews = clock.now
      page.begin(head)
    }
    if let body = message.body, !page.isSettled {
      page.unread.append(body)
      order.add(first, hasReader: page.reader != nil)
    }
    if let result = message.end {
      lastNews = clock.now
      if memory != nil {
        for step in result.redirects + [result.url] { memory?.asks(step) }
      }
      page.result = result
      order.add(ended: first)
    }
  }

  /// Reads what has come of one page, and ends it if that was all.
  private mutating func readNext() throws(TaskError) {
    while let first = order.next() {
      guard let page = open[first], page.result != nil || !page.unread.isEmpty else { continue }
      read(page, first)
      guard let result = page.result else { return }
      open[first] = nil
      try checkCache()
      end(page, result, first)
      if let memory = page.memory { task.memories.giveBack(memory) }
      return
    }
  }

  private func read(_ page: OpenPage, _ first: Int) {
    let pieces = page.unread
    page.unread = []
    // Also of a page that broke off: all that was wanted may have come before.
    guard !pieces.isEmpty, let head = page.head else { return }
    let reader = reader(of: page, head)
    let appetite = output.compute(input.items.lowerBound + first) {
      for piece in pieces {
        let appetite = unsafe piece.buffer.withBytes { unsafe reader.feed($0) }
        if appetite == .enough { return appetite }
      }
      return .more
    }
    guard appetite == .enough else { return }
    page.isSettled = true
    // A cache wants whole bodies.
    if page.result == nil, !task.setup.options.keepsBodies {
      fetcher.enough(PageID(first), in: inbox)
    }
  }

  private func reader(of page: OpenPage, _ head: PageHead) -> PageReader {
    if let reader = page.reader { return reader }
    let memory = page.memory ?? task.memories.take()
    page.memory = memory
    let reader = PageReader(
      task.extractor, finalURL: head.url.text, contentType: head.contentType, memory: memory)
    page.reader = reader
    return reader
  }

  // MARK: - Ending

  private func end(_ page: OpenPage, _ result: PageResult, _ first: Int) {
    var answer = PageAnswer(head: page.head, result: result)
    answer.fetchedAt = task.setup.options.isDeterministic ? 0 : RunEvent.now()
    answer.earlierAttempts = input.earlierAttempts
    // What breaks behind all that was wanted changes nothing, whichever the reader hears of first.
    let hadEnough = page.isSettled && page.reader != nil && result.outcome != .notStarted
    switch hadEnough ? .enough : result.outcome {
    case .notStarted: return
    case .failed(let failure):
      // A path is named as it was typed, which is the same on every machine.
      let message =
        page.url.filePath.map { failure.message.replacing($0, with: pages[first].shown) }
      answer.failure = .init(
        code: .init(rawValue: failure.code.rawValue), isTransient: failure.isTransient,
        message: message ?? failure.message)
    case .complete, .enough:
      if let head = page.head {
        let reader = reader(of: page, head)
        answer.page = output.compute(input.items.lowerBound + first) { reader.finish() }
      }
      answer.failure = objection(to: answer)
    }
    finish(page.offsets, answer)
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
