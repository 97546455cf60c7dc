import BatchCore
import HTTPServer
import Scrape
import Testing

@Suite("robots.txt")
struct RobotsTests {
  struct Case: CustomTestStringConvertible {
    let name: String
    let text: String
    let allowed: [String]
    let disallowed: [String]
    var testDescription: String { name }
  }

  /// The examples of RFC 9309 (2.2.2, 2.2.3, 5.1, 5.2) and what files in the wild contain.
  static let cases = [
    Case(
      name: "RFC 5.1: own group",
      text: """
        User-Agent: *
        Disallow: *.gif$
        Disallow: /example/
        Allow: /publications/

        User-Agent: foobot
        Disallow:/
        Allow:/example/page.html
        Allow:/example/allowed.gif

        User-Agent: barbot
        User-Agent: bazbot
        Disallow: /example/page.html

        User-Agent: quxbot
        """,
      allowed: ["/example/page.html", "/example/allowed.gif"],
      disallowed: ["/example/", "/publications/x", "/"]),
    Case(
      name: "RFC 5.2: longest match",
      text: """
        User-Agent: foobot
        Allow: /example/page/
        Disallow: /example/page/disallowed.gif
        """,
      allowed: ["/example/page/", "/example/page/x"],
      disallowed: ["/example/page/disallowed.gif"]),
    Case(
      name: "RFC 2.2.3: special characters",
      text: "User-agent: *\nDisallow: /this/*/exactly$\nDisallow: /path/file-with-a-%2A.html",
      allowed: ["/this/path/exactly/not", "/this/exactly", "/path/file-with-a-b.html"],
      disallowed: ["/this/path/exactly", "/path/file-with-a-%2A.html"]),
    Case(
      name: "RFC 2.2.2: one spelling for what means the same",
      text: "User-agent: *\nDisallow: /foo/bar/ツ\nDisallow: /bar/%62%61%7A\nDisallow: /a/%e3%83%84",
      allowed: ["/foo/bar/x"],
      disallowed: ["/foo/bar/%E3%83%84", "/foo/bar/%e3%83%84", "/bar/baz", "/a/%E3%83%84"]),
    Case(
      name: "groups of one agent are one group",
      text:
        "user-agent: FooBot/2.1\nDisallow: /a\n\nuser-agent: x\nDisallow: /\n\nUSER-AGENT: foobot\nDisallow: /b",
      allowed: ["/c"], disallowed: ["/a", "/b"]),
    Case(
      name: "an equally long rule that allows wins",
      text: "User-agent: *\nDisallow: /page\nAllow: /page", allowed: ["/page"], disallowed: []),
    Case(
      name: "wildcards and queries",
      text: "User-agent: *\nDisallow: /*?sid=\nDisallow: /*.php$\nDisallow: /a*b*c",
      allowed: ["/x?id=1", "/x.php?y", "/ab"],
      disallowed: ["/x?sid=1", "/x.php", "/a1b2c3"]),
    Case(
      name: "other line ends, a mark, comments and blanks",
      text:
        "\u{FEFF}User-agent : *  # all\r\rDisallow : /a # no\rDisallow:\rSitemap: http://x/\rDisallow: /b",
      allowed: ["/c", "/"], disallowed: ["/a", "/b"]),
    Case(
      name: "other lines do not end a list of agents",
      text: "User-agent: other\nSitemap: http://x/\nUser-agent: foobot\nDisallow: /a",
      allowed: ["/b"], disallowed: ["/a"]),
    Case(
      name: "rules without an agent, and HTML",
      text: "Disallow: /\n<html><body>User-agent<br>Disallow: /x</body></html>",
      allowed: ["/", "/x"], disallowed: []),
    Case(
      name: "robots.txt itself", text: "User-agent: *\nDisallow: /", allowed: ["/robots.txt"],
      disallowed: ["/a"]),
  ]

  @Test("decides as the RFC says", arguments: cases)
  func decides(_ example: Case) throws {
    let rules = RobotsRules(Array(example.text.utf8), agent: "foobot")
    for path in example.allowed {
      #expect(rules.allow(try WebURL("http://a.org\(path)")), "\(path)")
    }
    for path in example.disallowed {
      #expect(!rules.allow(try WebURL("http://a.org\(path)")), "\(path)")
    }
  }

  @Test("says the same to another process", arguments: cases)
  func travels(_ example: Case) throws {
    let rules = RobotsRules(Array(example.text.utf8), agent: "foobot")
    let writer = MessageWriter()
    rules.write(to: writer)
    var reader = MessageReader(unsafe writer.buffer.withBytes { unsafe Array($0) })
    #expect(try RobotsRules(&reader) == rules)
    #expect(reader.isAtEnd)
  }

  @Test("is asked for again when it is too old")
  func life() throws {
    let server = Self.server { _ in .page("User-agent: *\nDisallow: /no") }
    defer { server.stop() }
    let reader = try PageReader(Self.options.with { $0.robotsLifeSeconds = 0.5 })
    #expect(reader.pages([server.url("/1")]).map(\.code) == [nil])
    var nothing: [Int] = []
    Mailbox<Int>().receive(into: &nothing, waiting: 0.6)
    let pages = reader.pages([server.url("/2"), server.url("/no")])
    #expect(pages.map(\.code) == [nil, "robots_disallowed"])
    #expect(server.paths.count { $0 == "/robots.txt" } > 1)
  }

  @Test("is read up to 500 KiB, and patterns cannot make it slow")
  func huge() throws {
    let filler = String(repeating: "# nothing\n", count: 60_000)
    let late = RobotsRules(
      Array("User-agent: *\nDisallow: /a\n\(filler)Disallow: /b".utf8), agent: "x")
    #expect(!late.allow(try WebURL("http://a.org/a")))
    #expect(late.allow(try WebURL("http://a.org/b")))
    let stars = String(repeating: "*a", count: 100_000)
    let slow = RobotsRules(Array("User-agent: *\nDisallow: /\(stars)b$".utf8), agent: "x")
    let path = String(repeating: "a", count: 20_000)
    let clock = MonotonicClock()
    #expect(!slow.allow(try WebURL("http://a.org/\(path)")))
    #expect(clock.now < 5)
  }

  @Test("gives the crawl-delay of the group that counts")
  func crawlDelay() throws {
    let text = "User-agent: *\nCrawl-delay: 7\n\nUser-agent: foobot\nCrawl-delay: 0.5\nDisallow: /a"
    #expect(RobotsRules(Array(text.utf8), agent: "foobot").crawlDelaySeconds == 0.5)
    #expect(RobotsRules(Array(text.utf8), agent: "other").crawlDelaySeconds == 7)
  }

  private static func server(_ robots: @escaping TestServer.Answer) -> TestServer {
    TestServer { $0.path == "/robots.txt" ? robots($0) : .page("x") }
  }

  private static var options: FetchOptions {
    .quick.with {
      $0.ignoresRobots = false
      $0.retries = 1
    }
  }

  @Test("is asked for once, first, and followed")
  func followed() throws {
    let server = Self.server { _ in
      .page("User-agent: batchrun\nDisallow: /private", headers: ["Content-Type: text/plain"])
    }
    defer { server.stop() }
    let paths = (0..<10).map { "/\($0)" } + ["/private/1"]
    let pages = try PageReader(Self.options).pages(paths.map { server.url($0) })
    #expect(pages.dropLast().allSatisfy { $0.result?.outcome == .complete })
    #expect(pages.last?.code == "robots_disallowed")
    #expect(pages.last?.result?.failure?.isTransient == false)
    #expect(pages.last?.result?.attempts == 0)
    #expect(server.paths.first == "/robots.txt")
    #expect(server.paths.filter { $0 == "/robots.txt" }.count == 1)
    #expect(!server.paths.contains("/private/1"))
  }

  @Test(
    "that is not there, too long, HTML, or redirects for ever forbids nothing",
    arguments: [
      TestAnswer.status(404), .status(403), .redirect("/robots.txt"), .page("<html>Hello</html>"),
      TestAnswer([
        .send(Array(TestAnswer.head(200, []).utf8)),
        .forEver(Array(String(repeating: "# nothing\n", count: 1000).utf8), 0),
      ]),
    ])
  func allows(answer: TestAnswer) throws {
    let server = Self.server { _ in answer }
    defer { server.stop() }
    #expect(try PageReader(Self.options).page(server.url("/a")).result?.outcome == .complete)
  }

  @Test("is looked for where it redirects to")
  func redirected() throws {
    let server = TestServer(pages: [
      "/robots.txt": .redirect("/other"), "/other": .page("User-agent: *\nDisallow: /a"),
    ])
    defer { server.stop() }
    #expect(try PageReader(Self.options).page(server.url("/a")).code == "robots_disallowed")
  }

  @Test("with a server error forbids everything until it can be had", arguments: [1, 100])
  func serverError(errors: Int) throws {
    let counter = Counter()
    let server = Self.server { _ in
      counter.next() <= errors ? .status(500) : .page("User-agent: *\nAllow: /")
    }
    defer { server.stop() }
    let page = try PageReader(Self.options).page(server.url("/a"))
    if errors == 1 {
      #expect(page.result?.outcome == .complete)
    } else {
      #expect(page.code == "robots_unavailable")
      #expect(page.result?.failure?.isTransient == true)
      #expect(!server.paths.contains("/a"))
    }
  }

  @Test("is followed for the target of a redirect as well")
  func target() throws {
    let other = TestServer(
      host: "127.0.0.5", pages: ["/robots.txt": .page("User-agent: *\nDisallow: /")])
    let server = TestServer(pages: ["/a": .redirect(other.url("/b").text)])
    defer {
      server.stop()
      other.stop()
    }
    let page = try PageReader(Self.options).page(server.url("/a"))
    #expect(page.code == "robots_disallowed")
    #expect(other.paths == ["/robots.txt"])
  }
}
