import BatchCore
import HTTPServer
import SampleTask
import Testing

@Suite("batchrun scrape --follow")
struct ScrapeFollowTests: ScrapeProgramTests {
  let scratch = Scratch()

  private static func index(_ links: [String], head: String = "") -> TestAnswer {
    let items = links.map { "<li><a class=p href=\"\($0)\">Paper</a></li>" }.joined()
    return .page(
      "<html><head>\(head)</head><body><a href=\"/about\">About</a>\(items)</body></html>")
  }

  private static func server(_ more: [String: TestAnswer] = [:]) -> TestServer {
    TestServer { request in
      switch request.path {
      case "/2020": index(["/p/b", "p/a", "/p/b#again", "http://127.0.0.1:1/../p/none", ""])
      case "/2021": index(["c", "../p/a", "//HOST/p/d"], head: "<base href=\"/p/\">")
      case let path where path.hasPrefix("/p/"):
        PaperPage.answer(String(path.dropFirst(3)))
      default: more[request.path] ?? .status(404)
      }
    }
  }

  @Test("takes the pages that the indexes link to: absolute, each once, in order")
  func links() {
    let server = Self.server()
    defer { server.stop() }
    let origin = server.origin
    let result = scrape(
      ["# years", origin + "/2020", origin + "/2021"],
      ["--follow", "a.p[href*=p], a.p[href=c]", "--retries", "0", "--connect-timeout", "2s"])
    #expect(
      result.records.map(\.url) == [
        origin + "/p/b", origin + "/p/a", "http://127.0.0.1:1/p/none", origin + "/p/c",
        "http://host/p/d",
      ])
    #expect(result.records.map(\.title) == ["Paper b", "Paper a", nil, "Paper c", nil])
    #expect(result.code == 1)
    #expect(result.errors.contains("2 index pages link to 5 pages"), "\(result.errors)")
    for path in ["/2020", "/2021", "/p/a", "/p/b", "/p/c"] {
      #expect(server.paths.count { $0 == path } == 1, "\(path)")
    }
  }

  @Test(
    "asks for no page when an index cannot be read, and says which",
    arguments: [
      ("/missing", "404"), ("/broken", "500"), ("/closed", "robots"), ("/loop", "circle"),
    ])
  func unreadable(path: String, words: String) {
    let server = Self.server([
      "/broken": .status(500), "/loop": .redirect("/loop"),
      "/robots.txt": .page("User-agent: *\nDisallow: /closed\n"),
    ])
    defer { server.stop() }
    let result = scrape(
      [server.origin + "/2020", server.origin + path], ["--follow", "a.p", "--retries", "1"])
    #expect(result.code == 2)
    #expect(result.errors.contains(server.origin + path) && result.errors.contains(words))
    #expect(result.errors.contains("run the same command again"))
    #expect(result.text == nil)
    #expect(!server.paths.contains { $0.hasPrefix("/p/") })
    // What may pass is tried again before the user is asked to.
    #expect(
      server.paths.count { $0 == path } == (path == "/broken" ? 2 : path == "/closed" ? 0 : 1))
  }

  @Test("says that nothing was found when the selector matches no link")
  func nothing() {
    let server = Self.server()
    defer { server.stop() }
    let result = scrape([server.origin + "/2020"], ["--follow", "a.paper"])
    #expect(result.code == 0)
    #expect(result.text == "")
    #expect(result.errors.contains("links to 0 pages"), "\(result.errors)")
    let wrong = scrape([server.origin + "/2020"], ["--follow", "a["], output: "wrong.jsonl")
    #expect(wrong.code == 64)
  }

  @Test("asks an index once for all runs that go on, and again with --fresh")
  func resumed() {
    let server = Self.server()
    defer { server.stop() }
    let lines = [server.origin + "/2020", server.origin + "/2020"]
    let options = ["--follow", "a.p[href*=p]", "--limit", "2"]
    let first = scrape(lines, options)
    #expect(first.code == 0)
    #expect(first.records.map(\.title) == ["Paper b", "Paper a"])
    let asked = server.paths.count
    let again = scrape(lines, options)
    #expect(again.code == 0)
    #expect(again.errors.contains("as found before"))
    #expect(server.paths.count == asked)
    let fresh = scrape(lines, options + ["--fresh"])
    #expect(fresh.text?.isEmpty == false)
    #expect(server.paths.count { $0 == "/2020" } == 2)
  }

  @Test("finds the saved papers of saved indexes, by paths from the list's folder")
  func files() {
    _ = shell("mkdir years papers")
    scratch.write(
      "years/2020.html", "<a href=\"../papers/a.html\">a</a><a href=\"../papers/b.html\">b</a>")
    for name in ["a", "b"] { scratch.write("papers/\(name).html", PaperPage.html(name)) }
    let result = scrape(["years/2020.html"], ["--follow", "//a/@href", "--deterministic"])
    #expect(result.code == 0, "\(result.errors)")
    #expect(result.records.map(\.url) == ["papers/a.html", "papers/b.html"])
    #expect(result.records.map(\.title) == ["Paper a", "Paper b"])
  }
}
