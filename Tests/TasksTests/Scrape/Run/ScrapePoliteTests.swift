import BatchCore
import HTTPServer
import SampleTask
import Testing

@Suite("batchrun scrape, and servers that are busy, slow or away")
struct ScrapePoliteTests: ScrapeProgramTests {
  let scratch = Scratch()

  @Test("waits as long as a 429 asks, gets the page, and goes on with other hosts meanwhile")
  func pushBack() {
    let counter = Counter()
    let busy = TestServer(host: "127.0.0.2") { _ in
      counter.next() == 1 ? .status(429, headers: ["Retry-After: 2"]) : PaperPage.answer("busy")
    }
    let other = PaperPage.server(host: "127.0.0.3")
    defer {
      busy.stop()
      other.stop()
    }
    let lines = ["\(busy.origin)/x"] + (0..<20).map { "\(other.origin)/p/\($0)" }
    let result = scrape(
      lines, ["--ignore-robots", "--retries", "0", "--workers", "1", "--batch-size", "3"])
    #expect(result.code == 0)
    #expect(result.records.map(\.title) == ["Paper busy"] + (0..<20).map { "Paper \($0)" })
    #expect(result.records.first?.attempts == 2)
    #expect(busy.requests.count == 2)
    let lastOther = other.requests.map(\.time).max() ?? .infinity
    #expect(lastOther < busy.requests.last?.time ?? 0)
  }

  @Test("lets no slow host hold up the others")
  func slowHost() {
    let fast = PaperPage.server(host: "127.0.0.3")
    // Answers when the other host has been asked for all its pages, or after far too long.
    let slow = TestServer(host: "127.0.0.2") { _ in
      let clock = MonotonicClock()
      var nothing: [Int] = []
      while fast.requests.count < 40, clock.now < 15 {
        Mailbox<Int>().receive(into: &nothing, waiting: 0.02)
      }
      return fast.requests.count == 40 ? PaperPage.answer("slow") : .status(404)
    }
    defer {
      slow.stop()
      fast.stop()
    }
    let lines =
      (0..<40).map { "\(slow.origin)/\($0)" } + (0..<40).map { "\(fast.origin)/p/\($0)" }
    let result = scrape(
      lines, ["--ignore-robots", "--retries", "0", "--workers", "1", "--batch-size", "4"])
    #expect(result.code == 0, "\(result.errors)")
    #expect(result.records.prefix(40).allSatisfy { $0.title == "Paper slow" })
  }

  @Test("loses no page of a server that dies and comes back")
  func comesBack() {
    let counter = Counter()
    let dying = Mailbox<Int>()
    let first = TestServer { request in
      if counter.next() == 10 { dying.post(1) }
      return PaperPage.answer(String(request.path.dropFirst(3))).after(0.01)
    }
    let lines = (0..<40).map { "\(first.origin)/p/\($0)" }
    let revived = Mailbox<TestServer>()
    WorkThread.start("reviver") {
      _ = dying.takeFirst()
      first.stop()
      var nothing: [Int] = []
      dying.receive(into: &nothing, waiting: 0.3)
      let second = TestServer(port: first.port) { request in
        PaperPage.answer(String(request.path.dropFirst(3)))
      }
      revived.post(second)
    }
    let result = scrape(lines, ["--ignore-robots", "--retries", "2"])
    let second = revived.takeFirst()
    second.stop()
    #expect(result.code == 0, "\(result.errors)")
    #expect(result.records.map(\.title) == (0..<40).map { "Paper \($0)" })
    #expect(!second.requests.isEmpty)
  }

  @Test("asks a host for no more pages at once than --per-host says, whatever the batches")
  func perHost() {
    let server = TestServer { request in
      PaperPage.answer(String(request.path.dropFirst(3))).after(0.02)
    }
    defer { server.stop() }
    let lines = (0..<30).map { "\(server.origin)/p/\($0)" }
    let result = scrape(
      lines, ["--ignore-robots", "--per-host", "3", "--workers", "2", "--batch-size", "2"])
    #expect(result.code == 0)
    #expect(server.mostAtOnce == 3)
  }

  @Test("follows robots.txt, or says that it does not")
  func robots() {
    let server = TestServer { request in
      request.path == "/robots.txt"
        ? .page("User-agent: *\nDisallow: /p/2\n", headers: []) : PaperPage.answer("x")
    }
    defer { server.stop() }
    let lines = (1...3).map { "\(server.origin)/p/\($0)" }
    let polite = scrape(lines)
    #expect(polite.records.map(\.error?.code) == [nil, "robots_disallowed", nil])
    #expect(Set(server.pagePaths) == ["/p/1", "/p/3"])
    #expect(server.paths.first == "/robots.txt")
    let rude = scrape(lines, ["--ignore-robots"], output: "rude.jsonl")
    #expect(rude.code == 0)
    #expect(rude.errors.contains("robots.txt is neither asked for nor followed"))
    #expect(server.paths.count { $0 == "/robots.txt" } == 1)
  }

  @Test("tells servers who asks")
  func userAgent() {
    let server = PaperPage.server()
    defer { server.stop() }
    _ = scrape([server.origin + "/p/1"], ["--contact", "me@example.org"])
    let names = server.requests.map { $0.headers["user-agent"] ?? "" }
    #expect(names.count == 2)
    #expect(names.allSatisfy { $0.hasPrefix("batchrun/") && $0.hasSuffix("(+me@example.org)") })
  }
}
