import BatchCore
import HTTPServer
import Scrape
import Testing

@Suite("The fetcher")
struct FetcherTests {
  @Test("gives a small page in one message, with all that is known of it")
  func smallPage() throws {
    let fields = [
      "Content-Type: text/html; charset=utf-8", "Content-Language: de", "Link: </a>; rel=canonical",
    ]
    let server = TestServer(pages: ["/a?b=c": .page("<p>Hello", headers: fields)])
    defer { server.stop() }
    let page = try PageReader(.quick).page(server.url("/a?b=c"))
    #expect(page.result?.outcome == .complete)
    #expect(page.messages == 1)
    #expect(page.text == "<p>Hello")
    #expect(page.head?.status == 200)
    #expect(page.head?.url == server.url("/a?b=c"))
    #expect(page.head?.contentType == "text/html; charset=utf-8")
    #expect(page.head?.contentLanguage == "de")
    #expect(page.head?.link == "</a>; rel=canonical")
    #expect(page.head?.contentLength == 8)
    #expect(page.result?.attempts == 1)
    #expect(page.result?.bodyBytes == 8)
  }

  @Test("says who asks, and sends no cookies back")
  func headers() throws {
    let server = TestServer { _ in .page("x", headers: ["Set-Cookie: a=b"]) }
    defer { server.stop() }
    let reader = try PageReader(
      .quick.with {
        $0.contact = "https://example.org/me"
        $0.headers = ["X-Own: 1", "Accept: text/plain"]
      })
    _ = reader.page(server.url("/1"))
    _ = reader.page(server.url("/2"))
    let request = server.requests.last
    #expect(
      request?.headers["user-agent"]
        == "batchrun/\(ProgramVersion.current) (+https://example.org/me)")
    #expect(request?.headers["x-own"] == "1")
    #expect(request?.headers["accept"] == "text/plain")
    #expect(request?.headers["cookie"] == nil)
    #expect(request?.headers["accept-encoding"]?.contains("gzip") == true)
    #expect(server.connectionCount == 1, "the connection is kept")
  }

  @Test("gives a long page in pieces, all of it, however slowly it is read")
  func longPage() throws {
    let body = (0..<400_000).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
    let server = TestServer { _ in .page(body, headers: ["Content-Type: text/html"]) }
    defer { server.stop() }
    let reader = try PageReader(.quick.with { $0.perHost = 20 })
    reader.fetcher.submit(
      (0..<20).map { PageRequest(PageID($0), server.url("/\($0)")) }, to: reader.inbox)
    // Everything is held for a while: more than the fetcher hands out.
    var held: [PageMessage] = []
    var messages: [PageMessage] = []
    for _ in 0..<20 {
      reader.inbox.receive(into: &messages, waiting: 0.02)
      held += messages
    }
    var pages = [FetchedPage](repeating: FetchedPage(), count: 20)
    for message in held { pages[message.id.rawValue].add(message) }
    #expect(pages.allSatisfy { $0.result == nil && $0.body.count <= 400_000 })
    #expect(pages.allSatisfy { $0.body.count <= 320 << 10 }, "one page may have 256 KiB unread")
    held = []
    messages = []
    let clock = MonotonicClock()
    while pages.contains(where: { $0.result == nil }), clock.now < 20 {
      reader.inbox.receive(into: &messages, waiting: 1)
      for message in messages { pages[message.id.rawValue].add(message) }
      messages = []
    }
    #expect(pages.allSatisfy { $0.result?.outcome == .complete && $0.body == body })
  }

  @Test("keeps the connection when little is left of a page that is read no further")
  func enoughOfLittle() throws {
    let server = TestServer { _ in
      let body = String(repeating: "x", count: 100_000)
      let head = TestAnswer.head(200, ["Content-Length: 100000"])
      return TestAnswer([
        .send(Array((head + body.prefix(70_000)).utf8)), .wait(0.1),
        .send(Array(body.suffix(30_000).utf8)),
      ])
    }
    defer { server.stop() }
    let reader = try PageReader(.quick.with { $0.perHost = 1 })
    reader.fetcher.submit(PageRequest(PageID(0), server.url()), to: reader.inbox)
    let page = reader.read(1) { message in
      if message.body != nil { reader.fetcher.enough(PageID(0), in: reader.inbox) }
    }[0]
    #expect(page.result?.outcome == .enough)
    #expect(page.body.count < 100_000)
    #expect(reader.page(server.url("/2")).result?.outcome == .complete)
    #expect(server.connectionCount == 1)
  }

  @Test("gives up an endless page that is read no further")
  func enoughOfMuch() throws {
    let server = TestServer { _ in
      let head = TestAnswer.head(200, ["Content-Type: text/html"])
      return TestAnswer([
        .send(Array(head.utf8)), .forEver([UInt8](repeating: 65, count: 10_000), 0.001),
      ])
    }
    defer { server.stop() }
    let reader = try PageReader(.quick)
    reader.fetcher.submit(PageRequest(PageID(0), server.url()), to: reader.inbox)
    let page = reader.read(1) { message in
      if message.body != nil { reader.fetcher.enough(PageID(0), in: reader.inbox) }
    }[0]
    #expect(page.result?.outcome == .enough)
    #expect((page.result?.bodyBytes ?? 0) < 5_000_000)
  }

  @Test("gives pages back that were not started when they are cancelled")
  func cancelled() throws {
    let server = TestServer { _ in TestAnswer([.stall]) }
    defer { server.stop() }
    let reader = try PageReader(.quick.with { $0.perHost = 1 })
    let ids = (0..<5).map { PageID($0) }
    reader.fetcher.submit(
      ids.map { PageRequest($0, server.url("/\($0.rawValue)")) }, to: reader.inbox)
    var nothing: [PageMessage] = []
    while server.requests.isEmpty { reader.inbox.receive(into: &nothing, waiting: 0.01) }
    reader.fetcher.cancel(ids, in: reader.inbox, startedToo: false)
    reader.fetcher.cancel([PageID(0)], in: reader.inbox)
    let pages = reader.read(5)
    #expect(pages.allSatisfy { $0.result?.outcome == .notStarted })
    #expect(server.requests.count == 1)
  }

  @Test("goes on at the step of a redirect at which a page was given back")
  func waypoint() throws {
    let mayAnswer = Mailbox<Int>()
    let target = TestServer(host: "127.0.0.5") { request in
      if request.path == "/robots.txt" { _ = mayAnswer.takeFirst() }
      return request.path == "/robots.txt" ? .status(404) : .page("whole")
    }
    let server = TestServer(pages: ["/a": .redirect("/b"), "/b": .redirect(target.url("/c").text)])
    defer {
      server.stop()
      target.stop()
    }
    let reader = try PageReader(.quick.with { $0.ignoresRobots = false })
    reader.fetcher.submit(PageRequest(PageID(0), server.url("/a")), to: reader.inbox)
    var nothing: [PageMessage] = []
    while target.requests.isEmpty { reader.inbox.receive(into: &nothing, waiting: 0.01) }
    reader.fetcher.cancel([PageID(0)], in: reader.inbox, startedToo: false)
    #expect(reader.read(1)[0].result?.outcome == .notStarted)
    mayAnswer.post(1)
    let page = reader.page(server.url("/a"))
    #expect(page.text == "whole")
    #expect(page.head?.redirects == [server.url("/a"), server.url("/b")])
    #expect(page.result?.attempts == 1)
    #expect(server.paths == ["/robots.txt", "/a", "/b"])
    #expect(target.paths == ["/robots.txt", "/c"])
    // Only once: whoever asks again begins at the beginning.
    #expect(reader.page(server.url("/a")).text == "whole")
    #expect(server.paths.count { $0 == "/a" } == 2)
  }
}
