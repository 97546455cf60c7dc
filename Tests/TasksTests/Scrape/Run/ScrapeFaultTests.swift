import BatchCore
import HTTPServer
import SampleTask
import Testing

@Suite("batchrun scrape, when pages go wrong")
struct ScrapeFaultTests: ScrapeProgramTests {
  let scratch = Scratch()

  /// Line of the list, code of its failure (nil for none) and status.
  private typealias Wanted = (line: String, code: String?, status: Int?)

  private static func answer(_ request: TestRequest) -> TestAnswer {
    switch request.path {
    case "/robots.txt": .page("User-agent: *\nDisallow: /private/\n", headers: [])
    case "/good", "/moved/3": PaperPage.answer("good")
    case "/500": .status(500)
    case "/moved/1": .redirect("/moved/2", status: 301)
    case "/moved/2": .redirect("moved/../3", status: 307)
    case "/loop": .redirect("/loop/again")
    case "/loop/again": .redirect("/loop")
    case "/to-file": .redirect("file:///etc/hostname")
    case "/pdf": .page("%PDF-1.7 and so on", headers: ["Content-Type: application/pdf"])
    case "/png": .page([0x89, 0x50, 0x4E, 0x47, 0, 1, 2], headers: ["Content-Type: text/html"])
    case "/soft": .page("<title>Page not found</title><h1>404</h1><p>Nothing is here.</p>")
    case "/empty": .page("")
    case "/truncated":
      .raw(TestAnswer.head(200, ["Content-Type: text/html", "Content-Length: 900"]) + "<h1>ha")
    case "/bomb":
      .page(
        Gzip.compress([UInt8](repeating: 0x20, count: 30_000_000)),
        headers: ["Content-Type: text/html", "Content-Encoding: gzip"])
    case "/stall/1", "/stall/2":
      TestAnswer([.send(Array(TestAnswer.head(200, ["Content-Length: 9"]).utf8)), .stall])
    default: .status(404)
    }
  }

  @Test("writes a record for every line in the order of the list, failed ones included")
  func everyLine() {
    let server = TestServer(Self.answer)
    defer { server.stop() }
    let origin = server.origin
    let wanted: [Wanted] = [
      (origin + "/missing", "http_404", 404), (origin + "/good", nil, 200),
      (origin + "/500", "http_500", 500), ("ftp://127.0.0.1/x", "bad_input", nil),
      ("http://", "bad_input", nil), ("http://127.0.0.1:99999/", "bad_input", nil),
      ("mailto:someone", "bad_input", nil), ("no-such-page.html", "file_not_found", nil),
      (origin + "/private/x", "robots_disallowed", nil), (origin + "/pdf", "not_html", 200),
      (origin + "/png", "not_html", 200), (origin + "/soft", "soft_404", 200),
      (origin + "/moved/1", nil, 200), (origin + "/loop", "redirect_loop", 302),
      (origin + "/to-file", "forbidden_scheme", 302), (origin + "/truncated", "partial_body", 200),
      (origin + "/bomb", "too_large", 200), (origin + "/good?again", "http_404", 404),
      (origin + "/good#part", nil, 200),
    ]
    let result = scrape(wanted.map(\.line), ["--retries", "1", "--delay", "0"])
    #expect(result.code == 1)
    #expect(result.records.map(\.url) == wanted.map(\.line))
    #expect(result.records.map(\.error?.code) == wanted.map(\.code))
    #expect(result.records.map(\.status) == wanted.map(\.status))
    // One failure line for each failed record, with the number of its line in the list.
    let failed = wanted.indices.filter { wanted[$0].code != nil }
    #expect(result.failureLines.map(\.item) == failed)
    #expect(result.failureLines.map(\.line) == failed.map { $0 + 1 })
    #expect(result.failureLines.map(\.code) == failed.map { wanted[$0].code })
    #expect(!server.paths.contains("/private/x"))
    // What may pass is tried again, what will not is not.
    let asked = { (path: String) in server.paths.count { $0 == path } }
    #expect(
      [asked("/500"), asked("/truncated"), asked("/missing"), asked("/pdf")] == [2, 2, 1, 1])
    #expect(result.records[2].attempts == 2)
    #expect(result.records[2].error?.transient == true)
    #expect(result.records[0].error?.transient == false)
  }

  @Test("gives up a page that stalls when its time is over")
  func stalls() {
    let server = TestServer(Self.answer)
    defer { server.stop() }
    // The list has nothing else: on a busy machine any page may take longer than a second.
    let lines = ["/stall/1", "/stall/2"].map { server.origin + $0 }
    let result = scrape(lines, ["--retries", "1", "--timeout", "1s", "--ignore-robots"])
    #expect(result.code == 1)
    #expect(result.records.map(\.url) == lines)
    #expect(result.records.map(\.error?.code) == ["timeout", "timeout"])
    #expect(result.records.map(\.attempts) == [2, 2])
  }

  @Test("records where redirects led, and takes the page that is there")
  func redirects() {
    let server = TestServer(Self.answer)
    defer { server.stop() }
    let result = scrape([server.origin + "/moved/1"])
    #expect(result.code == 0)
    #expect(result.records.first?.finalURL == server.origin + "/moved/3")
    #expect(result.records.first?.title == "Paper good")
    let limited = scrape(
      [server.origin + "/moved/1"], ["--max-redirects", "1"], output: "limited.jsonl")
    #expect(limited.records.first?.error?.code == "too_many_redirects")
  }

  @Test("gives up a host that refuses connections, and nothing else")
  func refused() {
    let gone = TestServer(host: "127.0.0.9") { _ in .page("x") }
    let server = PaperPage.server()
    gone.stop()
    defer { server.stop() }
    let lines = [gone.origin + "/1", server.origin + "/p/1", gone.origin + "/2"]
    let result = scrape(lines, ["--retries", "0", "--connect-timeout", "1s"])
    #expect(result.code == 1)
    #expect(result.records.map(\.url) == lines)
    #expect(result.records.map(\.title) == [nil, "Paper 1", nil])
    for record in [result.records.first, result.records.last] {
      #expect(["connection_refused", "host_unreachable"].contains(record?.error?.code))
    }
  }

  @Test("counts pages without an abstract, which are no failures")
  func noAbstract() {
    let server = TestServer { request in
      request.path.hasPrefix("/bare") ? .page("<title>Bare</title><p>x</p>") : Self.answer(request)
    }
    defer { server.stop() }
    let origin = server.origin
    let two = scrape([origin + "/bare/1", origin + "/good", origin + "/bare/2"])
    #expect(two.code == 0)
    #expect(two.records.map { $0.abstract == nil } == [true, false, true])
    #expect(two.errors.contains("2 pages without an abstract"))
    let one = scrape([origin + "/bare/1", origin + "/missing"], output: "one.jsonl")
    #expect(one.code == 1)
    #expect(one.errors.contains("1 page without an abstract"))
    let none = scrape([origin + "/good"], output: "none.jsonl")
    #expect(!none.errors.contains("without an abstract"))
    // Repeating the finished run repeats its verdict.
    let again = scrape([origin + "/good"], output: "none.jsonl")
    #expect(again.errors.contains("finished already"))
  }

  @Test("takes an empty body for what it is")
  func emptyBody() {
    let server = TestServer(Self.answer)
    defer { server.stop() }
    let result = scrape([server.origin + "/empty"])
    #expect(result.records.count == 1)
    #expect(result.records.first?.status == 200)
    #expect(result.records.first?.title == nil)
  }

  @Test("stops at its failure budget with exit code 2, and leaves no output")
  func budget() {
    let server = TestServer(Self.answer)
    defer { server.stop() }
    let lines = (0..<5).map { server.origin + "/missing/\($0)" }
    let result = scrape(lines, ["--max-failures", "2"])
    #expect(result.code == 2)
    #expect(result.text == nil)
  }

  @Test("refuses loopback addresses and files with --public-only, and asks nobody")
  func publicOnly() {
    let server = PaperPage.server()
    defer { server.stop() }
    scratch.write("page.html", PaperPage.html("file"))
    let lines = [server.origin + "/p/1", "http://localhost:\(server.port)/p/2", "page.html"]
    let result = scrape(lines, ["--public-only", "--retries", "0"])
    #expect(result.code == 1)
    #expect(
      result.records.map(\.error?.code) == [
        "forbidden_address", "forbidden_address", "forbidden_scheme",
      ])
    #expect(server.connectionCount == 0)
  }

  @Test("minds a robots.txt that is huge, is HTML, or cannot be had")
  func robots() {
    let huge = "User-agent: *\nDisallow: /no\n" + String(repeating: "# nothing\n", count: 200_000)
    let answers: [(host: String, robots: TestAnswer)] = [
      ("127.0.0.2", .page(huge, headers: ["Content-Type: text/plain"])),
      ("127.0.0.3", .page("<html><body>Disallow: /yes</body></html>")), ("127.0.0.4", .status(500)),
      ("127.0.0.5", .raw("")),
    ]
    let servers = answers.map { host, robots in
      TestServer(host: host) { $0.path == "/robots.txt" ? robots : PaperPage.answer("x") }
    }
    defer { for server in servers { server.stop() } }
    let result = scrape(
      servers.flatMap { [$0.origin + "/no", $0.origin + "/yes"] },
      ["--retries", "0", "--connect-timeout", "2s"])
    #expect(result.code == 1)
    let codes = result.records.map(\.error?.code)
    #expect(
      codes.prefix(6) == [
        "robots_disallowed", nil, nil, nil, "robots_unavailable", "robots_unavailable",
      ])
    // A server that cannot tell its rules is not asked for pages.
    #expect(codes.suffix(2).allSatisfy { $0 != nil })
    #expect(servers.suffix(2).allSatisfy { $0.pagePaths.isEmpty })
  }

  @Test("takes a page that breaks off behind all that was wanted, and only then")
  func brokenBehind() {
    let metas = """
      <title>Stones</title><meta name=citation_title content="Stones">
      <meta name=citation_author content="Ada Lovelace">
      <meta name=citation_abstract content="\(PaperPage.abstract("stones"))">
      """
    let filler = String(repeating: "<p>Nothing of interest is said here.</p>\n", count: 3000)
    let page = "<html><head>\(metas)</head><body>\(filler)"
    let server = TestServer(pages: [
      "/cut": .raw(
        TestAnswer.head(200, ["Content-Type: text/html", "Content-Length: 900000"]) + page),
      "/long": .page(page + filler + filler),
    ])
    defer { server.stop() }
    let lines = ["/cut", "/long"].map { server.origin + $0 }
    let options = ["--fields", "title,authors,abstract,error", "--retries", "0", "--max-bytes"]
    let enough = scrape(lines, options + ["100kB"])
    #expect(enough.code == 0, "\(enough.errors)")
    #expect(enough.records.allSatisfy { $0.abstract == PaperPage.abstract("stones") })
    let whole = scrape(lines, options + ["100kB", "--field", "p[]=p"], output: "whole.jsonl")
    #expect(whole.records.map(\.error?.code) == ["too_large", "too_large"])
    let long = scrape(lines, options + ["1MB", "--field", "p[]=p"], output: "long.jsonl")
    #expect(long.records.map(\.error?.code) == ["partial_body", nil])
  }

  @Test("reads pages with zeros, ten thousand nested elements and three megabytes")
  func hardPages() {
    let paper = PaperPage.html("x")
    let zeros = paper.replacing("Abstract", with: "Abs\0tract").replacing("Ada", with: "\0Ada\0")
    let nested = paper.replacing("<h1>", with: String(repeating: "<div>", count: 10_000) + "<h1>")
    let long = paper.replacing(
      "<h2>",
      with: String(repeating: "<p class=n>Nothing of interest here.</p>\n", count: 80_000) + "<h2>")
    let server = TestServer(pages: [
      "/zeros": .page(zeros), "/nested": .page(nested), "/long": .page(long),
    ])
    defer { server.stop() }
    let result = scrape(["/zeros", "/nested", "/long"].map { server.origin + $0 })
    #expect(result.code == 0, "\(result.errors)")
    #expect(result.records.map(\.title) == ["Paper x", "Paper x", "Paper x"])
    #expect(result.records.dropFirst().allSatisfy { $0.abstract == PaperPage.abstract("x") })
    #expect(result.records.first?.authors?.first?.contains("Ada") == true)
  }
}
