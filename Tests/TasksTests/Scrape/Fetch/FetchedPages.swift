import BatchCore
import Scrape

/// One page as its reader saw it.
struct FetchedPage {
  var messages = 0
  var heads = 0
  var head: PageHead?
  var body: [UInt8] = []
  var waits: [PoliteWait] = []
  var result: PageResult?

  var text: String { String(decoding: body, as: UTF8.self) }
  var code: String? { result?.failure?.code.rawValue }

  mutating func add(_ message: PageMessage) {
    messages += 1
    if let wait = message.wait { waits.append(wait) }
    if let head = message.head {
      self.head = head
      heads += 1
      body = []
    }
    if let piece = message.body {
      unsafe piece.buffer.withBytes { unsafe body.append(contentsOf: $0) }
    }
    if let end = message.end { result = end }
  }
}

extension FetchOptions {
  /// Options for tests: no robots.txt, no proxy of the environment, and short waits.
  static var quick: FetchOptions {
    var options = FetchOptions()
    options.proxy = .none
    options.ignoresRobots = true
    options.timeoutSeconds = 10
    options.firstWaitSeconds = 0.01
    return options
  }

  func with(_ change: (inout FetchOptions) -> Void) -> FetchOptions {
    var options = self
    change(&options)
    return options
  }
}

/// Fetches pages and reads everything that comes, up to a limit that only a broken fetcher meets.
struct PageReader {
  let fetcher: Fetcher
  let inbox = PageInbox()

  init(_ options: FetchOptions) throws { fetcher = try Fetcher(options) }

  func pages(_ urls: [WebURL]) -> [FetchedPage] {
    fetcher.submit(urls.enumerated().map { PageRequest(PageID($0.offset), $0.element) }, to: inbox)
    return read(urls.count)
  }

  func page(_ url: WebURL) -> FetchedPage { pages([url])[0] }

  /// Reads until `count` pages have ended; `each` sees every message.
  func read(
    _ count: Int, each: (PageMessage) -> Void = { _ in }
  ) -> [FetchedPage] {
    var pages = [FetchedPage](repeating: FetchedPage(), count: count)
    var messages: [PageMessage] = []
    let clock = MonotonicClock()
    while pages.contains(where: { $0.result == nil }), clock.now < 30 {
      inbox.receive(into: &messages, waiting: 1)
      for message in messages {
        pages[message.id.rawValue].add(message)
        each(message)
      }
    }
    return pages
  }
}
