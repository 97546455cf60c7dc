import BatchCore
import Glibc
import HTTPServer
import SampleTask
import Testing

@Suite("batchrun scrape, and what its output depends on")
struct ScrapeSameBytesTests: ScrapeProgramTests {
  let scratch = Scratch()

  /// Three hosts of papers, with failures and repeated addresses among them.
  private struct Hosts {
    let servers = (1...3).map { PaperPage.server(host: "127.0.0.\($0)") }
    var lines: [String] {
      (0..<60).map { number in
        let origin = servers[number % 3].origin
        return switch number % 10 {
        case 4: "\(origin)/missing/\(number)"
        case 7: "\(origin)/p/0"
        case 8: "no address: \(number)"
        default: "\(origin)/p/\(number)"
        }
      }
    }
    var pagePaths: [String] {
      servers.flatMap { server in server.pagePaths.map { server.host + $0 } }
    }
    func stop() { for server in servers { server.stop() } }
  }

  @Test("is the list alone: the same bytes for any workers, batch size and limits of politeness")
  func sameBytes() {
    let hosts = Hosts()
    defer { hosts.stop() }
    let expected = scrape(hosts.lines, ["--deterministic"])
    #expect(expected.code == 1)
    #expect(expected.records.map(\.url) == hosts.lines)
    let variants = [
      [], ["--workers", "1"], ["--workers", "2", "--batch-size", "1"],
      ["--workers", "1", "--batch-size", "7"], ["--batch-size", "1000", "--per-host", "9"],
      ["--connections", "1"], ["--ignore-robots"],
    ]
    for (place, options) in variants.enumerated() {
      let result = scrape(hosts.lines, ["--deterministic"] + options, output: "\(place).jsonl")
      #expect(result.text == expected.text, "\(options)")
    }
  }

  @Test(
    "fetches an address once however often it is listed, in whatever batches",
    arguments: [[], ["--batch-size", "1"], ["--workers", "1", "--batch-size", "3"]])
  func repeats(options: [String]) {
    let hosts = Hosts()
    defer { hosts.stop() }
    // The same address in other words, and far away in the list.
    let twins = hosts.servers.flatMap { server in
      ["\(server.origin)/p/0#section", "HTTP://\(server.host):\(server.port)/x/../p/0"]
    }
    let result = scrape(hosts.lines + twins, options)
    #expect(result.records.count == 66)
    #expect(Set(hosts.pagePaths).count == hosts.pagePaths.count, "\(hosts.pagePaths.sorted())")
    let copies = result.records.filter { $0.finalURL?.hasSuffix("/p/0") == true }
    #expect(copies.count == 1 + 6 + 6)
    #expect(copies.allSatisfy { $0.title == "Paper 0" })
    let robots = hosts.servers.map { server in server.paths.count { $0 == "/robots.txt" } }
    #expect(robots == [1, 1, 1])
  }

  @Test("tries a repeated address again as one, and gives all its lines what came")
  func repeatedRetry() {
    let counter = Counter()
    let server = TestServer { _ in counter.next() == 1 ? .status(500) : PaperPage.answer("late") }
    defer { server.stop() }
    let result = scrape(
      [String](repeating: server.origin + "/x", count: 3), ["--ignore-robots", "--retries", "2"])
    #expect(result.code == 0)
    #expect(result.records.map(\.title) == ["Paper late", "Paper late", "Paper late"])
    #expect(server.paths.count == 2)
  }

  @Test("extracts from the cache alone what was fetched before, to the same bytes")
  func cache() {
    let hosts = Hosts()
    let lines = hosts.lines
    let options = ["--cache", scratch("pages"), "--deterministic"]
    let first = scrape(lines, options, output: "a.jsonl")
    let asked = hosts.pagePaths.count
    let offline = scrape(lines, options + ["--offline"], output: "b.jsonl")
    #expect(offline.text == first.text)
    #expect(hosts.pagePaths.count == asked)
    hosts.stop()
    // Another question to the same pages.
    let fields = scrape(
      lines, options + ["--offline", "--fields", "status", "--field", "h=h1"], output: "c.jsonl")
    #expect(fields.lines[1].hasSuffix(#""status":200,"h":"Paper 1"}"#), "\(fields.lines[1])")
    let new = hosts.servers[0].origin + "/p/new"
    let missing = scrape([new, lines[0]], options + ["--offline"], output: "d.jsonl")
    #expect(missing.code == 1)
    #expect(missing.records.map(\.error?.code) == ["not_in_cache", nil])
  }

  @Test("asks again only for what has changed when a cache is there")
  func revalidation() {
    let server = TestServer { request in
      guard request.path.hasPrefix("/p/") else { return .status(404) }
      if request.headers["if-none-match"] == "\"v1\"" { return .status(304) }
      return .page(
        PaperPage.html(String(request.path.dropFirst(3))),
        headers: ["Content-Type: text/html", "ETag: \"v1\""])
    }
    defer { server.stop() }
    let lines = (0..<5).map { "\(server.origin)/p/\($0)" }
    let options = ["--cache", scratch("pages"), "--deterministic"]
    let first = scrape(lines, options, output: "a.jsonl")
    let second = scrape(lines, options, output: "b.jsonl")
    #expect(first.records.map(\.title) == (0..<5).map { "Paper \($0)" })
    #expect(second.text == first.text)
    let asked = server.requests.filter { $0.path.hasPrefix("/p/") }
    #expect(asked.count { $0.headers["if-none-match"] != nil } == 5)
  }

  @Test("says so and stops when pages cannot be kept in the cache, and goes on when they can")
  func brokenCache() {
    let pages = scratch("pages")
    let server = TestServer { request in
      guard request.path.hasPrefix("/p/") else { return .status(404) }
      // Mid-run, and once.
      if request.path == "/p/1", unsafe mkdir(pages + "-gone", 0o700) == 0 {
        Program.run(["/bin/rm", "-rf", pages])
      }
      return PaperPage.answer("x")
    }
    defer { server.stop() }
    let lines = (1...3).map { "\(server.origin)/p/\($0)" }
    let broken = scrape(lines, ["--cache", pages, "--per-host", "1"])
    #expect(broken.code == 2)
    #expect(broken.errors.contains("the cache is not complete"), "\(broken.errors)")
    #expect(broken.text == nil)
    let again = scrape(lines, ["--cache", pages, "--per-host", "1"])
    #expect(again.code == 0, "\(again.errors)")
    #expect(again.records.map(\.url) == lines)
    let offline = scrape(lines, ["--cache", pages, "--offline"], output: "offline.jsonl")
    #expect(offline.code == 0)
  }

  @Test("reads saved pages again that have changed since")
  func changedFile() {
    scratch.write("page.html", PaperPage.html("first"))
    let first = scrape(["page.html"])
    #expect(first.records.map(\.title) == ["Paper first"])
    #expect(scrape(["page.html"]).errors.contains("nothing was computed"))
    scratch.write("page.html", PaperPage.html("second one"))
    #expect(scrape(["page.html"]).records.map(\.title) == ["Paper second one"])
  }
}
