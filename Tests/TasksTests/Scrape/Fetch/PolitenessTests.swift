import BatchCore
import HTTPServer
import Scrape
import Testing

@Suite("Politeness")
struct PolitenessTests {
  @Test("asks one host for no more pages at once than allowed")
  func perHost() throws {
    let server = TestServer { _ in TestAnswer.page("x").after(0.02) }
    defer { server.stop() }
    let reader = try PageReader(.quick.with { $0.perHost = 3 })
    let pages = reader.pages((0..<12).map { server.url("/\($0)") })
    #expect(pages.allSatisfy { $0.result?.outcome == .complete })
    #expect(server.mostAtOnce == 3)
    #expect(server.connectionCount == 3)
  }

  @Test("leaves time between the requests to one host, and tells who waits")
  func delay() throws {
    let server = TestServer { _ in .page("x") }
    defer { server.stop() }
    let reader = try PageReader(.quick.with { $0.delaySeconds = 0.1 })
    _ = reader.pages((0..<4).map { server.url("/\($0)") })
    let times = server.requests.map(\.time)
    #expect(times.count == 4)
    #expect(zip(times, times.dropFirst()).allSatisfy { $1 - $0 > 0.08 })
  }

  @Test("leaves the time that robots.txt asks for, when that is longer")
  func crawlDelay() throws {
    let server = TestServer(pages: [
      "/robots.txt": .page("User-agent: *\nCrawl-delay: 0.2\n"), "/0": .page("x"), "/1": .page("x"),
      "/2": .page("x"),
    ])
    defer { server.stop() }
    for (delay, least) in [(0.0, 0.18), (0.35, 0.33)] {
      let options = FetchOptions.quick.with {
        $0.ignoresRobots = false
        $0.delaySeconds = delay
      }
      let before = server.requests.count
      let pages = try PageReader(options).pages((0..<3).map { server.url("/\($0)") })
      #expect(pages.allSatisfy { $0.result?.outcome == .complete })
      let times = server.requests.dropFirst(before + 1).map(\.time)
      #expect(times.count == 3)
      for (one, next) in zip(times, times.dropFirst()) { #expect(next - one > least) }
    }
  }

  @Test("does not let a slow host hold up the others")
  func slowHost() throws {
    let slow = TestServer(host: "127.0.0.2") { _ in TestAnswer([.stall]) }
    let fast = TestServer(host: "127.0.0.3") { _ in .page("x") }
    defer {
      slow.stop()
      fast.stop()
    }
    let reader = try PageReader(.quick)
    let urls = (0..<50).map { slow.url("/\($0)") } + (0..<50).map { fast.url("/\($0)") }
    reader.fetcher.submit(
      urls.enumerated().map { PageRequest(PageID($0.offset), $0.element) }, to: reader.inbox)
    var ended: Set<Int> = []
    var messages: [PageMessage] = []
    let clock = MonotonicClock()
    while ended.count < 50, clock.now < 10 {
      reader.inbox.receive(into: &messages, waiting: 1)
      for message in messages where message.end != nil { ended.insert(message.id.rawValue) }
    }
    #expect(ended == Set(50..<100))
    reader.fetcher.cancel((0..<50).map { PageID($0) }, in: reader.inbox)
  }

  @Test("gets every page through a storm of 429, in both forms of Retry-After and without")
  func storm() throws {
    let counter = Counter()
    let server = TestServer { _ in
      let number = counter.next()
      guard number <= 12 else { return .page("x") }
      let field =
        [
          ["Retry-After: 0"], [],
          [
            "Date: Sun, 06 Nov 1994 08:49:37 GMT", "Retry-After: Sun, 06 Nov 1994 08:49:37 GMT",
          ],
        ][number % 3]
      return .status(number % 2 == 0 ? 429 : 503, headers: field)
    }
    defer { server.stop() }
    let reader = try PageReader(.quick.with { $0.perHost = 8 })
    let pages = reader.pages((0..<20).map { server.url("/\($0)") })
    #expect(pages.allSatisfy { $0.result?.outcome == .complete })
    #expect(pages.contains { ($0.result?.attempts ?? 0) > 1 })
    #expect(reader.fetcher.counters.pushBacks == 12)
  }

  @Test("waits as long as Retry-After says, and gives up when that is too long")
  func retryAfter() throws {
    let counter = Counter()
    let server = TestServer { request in
      if request.path == "/never" { return .status(429, headers: ["Retry-After: 86400"]) }
      return counter.next() == 1 ? .status(503, headers: ["Retry-After: 1"]) : .page("x")
    }
    defer { server.stop() }
    let reader = try PageReader(.quick.with { $0.perHost = 1 })
    let page = reader.page(server.url("/once"))
    #expect(page.result?.outcome == .complete)
    let times = server.requests.map(\.time)
    #expect(times.count == 2 && times[1] - times[0] >= 0.95)
    #expect(page.waits.first?.reason == .pushedBack || page.waits.isEmpty)
    let never = reader.page(server.url("/never"))
    #expect(never.code == "http_429")
    #expect(never.result?.failure?.isTransient == true)
  }

  @Test("loses nothing when a server dies and comes back")
  func comesBack() throws {
    let first = TestServer { request in
      request.path == "/5" ? TestAnswer([.stall]) : .page("x")
    }
    let urls = (0..<20).map { first.url("/\($0)") }
    let reader = try PageReader(.quick.with { $0.firstWaitSeconds = 0.05 })
    reader.fetcher.submit(
      urls.enumerated().map { PageRequest(PageID($0.offset), $0.element) }, to: reader.inbox)
    while !first.paths.contains("/5") {
      var nothing: [PageMessage] = []
      PageInbox().receive(into: &nothing, waiting: 0.005)
    }
    let port = first.port
    first.stop()
    var nothing: [PageMessage] = []
    PageInbox().receive(into: &nothing, waiting: 0.15)
    let second = TestServer(port: port) { _ in .page("x") }
    defer { second.stop() }
    let pages = reader.read(20)
    #expect(pages.allSatisfy { $0.result?.outcome == .complete })
    #expect(!second.requests.isEmpty)
  }

  @Test("fails the pages of a host that stays away, and soon")
  func staysAway() throws {
    let server = TestServer { _ in .page("x") }
    let urls = (0..<200).map { server.url("/\($0)") }
    server.stop()
    let reader = try PageReader(.quick.with { $0.unreachableSeconds = 0.1 })
    let pages = reader.pages(urls)
    #expect(pages.allSatisfy { $0.result?.failure?.isTransient == true })
    #expect(pages.filter { $0.code == "host_unreachable" }.count > 190)
  }
}
