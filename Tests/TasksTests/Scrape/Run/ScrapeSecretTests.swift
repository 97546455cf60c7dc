import BatchCore
import HTTPServer
import SampleTask
import Testing

@Suite("batchrun scrape, and secrets")
struct ScrapeSecretTests: ScrapeProgramTests {
  let scratch = Scratch()

  private static let secrets = ["pa55-sekrit", "t0ken-sekrit", "pr0xy-sekrit"]

  /// Files of the directory, besides those that the test wrote, which hold a secret.
  private func leaks() -> String {
    shell("grep -rlaE '\(Self.secrets.joined(separator: "|"))' . --exclude-dir=lists").output
  }

  private func write(_ lines: [String]) {
    _ = shell("mkdir -p lists")
    scratch.write("lists/urls.txt", lines.map { $0 + "\n" }.joined())
  }

  @Test("sends passwords and header lines, and writes them nowhere")
  func nowhere() {
    let server = TestServer { request in
      request.path.hasPrefix("/p/") ? PaperPage.answer("x") : .status(404)
    }
    defer { server.stop() }
    let login = "reader:pa55-sekrit"
    let place = "127.0.0.1:\(server.port)"
    write([
      "http://\(login)@\(place)/p/1", "http://\(login)@\(place)/missing",
      "http://\(login)@127.0.0.1:99999/", "http://reader:pa55/sekrit@\(place)/p",
      "\(login)@\(place)/p/2", "ftp://\(login)@\(place)/p/3", "http:\\\\\(login)@\(place)/p/4",
      "http://\(login)@127.0.0.99:1/p",
    ])
    let options = [
      "--header", "X-Token: t0ken-sekrit", "--retries", "0", "--connect-timeout", "1s",
      "--cache", scratch("pages"),
    ]
    for (output, more) in [
      ("a.jsonl", []), ("b.jsonl", ["--json"]), ("c.csv", ["--format", "csv"]),
    ] {
      let result = scrape(file: "lists/urls.txt", options + more, output: output)
      #expect(result.code == 1)
      #expect(result.text?.isEmpty == false)
    }
    #expect(leaks() == "")
    let request = server.requests.first { $0.path == "/p/1" }
    #expect(request?.headers["x-token"] == "t0ken-sekrit")
    // reader:pa55-sekrit
    #expect(request?.headers["authorization"] == "Basic cmVhZGVyOnBhNTUtc2Vrcml0")
    _ = shell("$BATCHRUN status a.jsonl.run >s; $BATCHRUN verify a.jsonl.run >v")
    #expect(leaks() == "")
  }

  @Test("keeps no copy of a list that came on standard input")
  func standardInput() {
    let server = PaperPage.server()
    defer { server.stop() }
    let line = "http://reader:pa55-sekrit@127.0.0.1:\(server.port)/p/1\n"
    let result = run(["scrape", "-", "-o", scratch("out.jsonl")], input: line)
    #expect(result.code == 0)
    #expect(leaks() == "")
  }

  @Test("names neither a proxy's password nor a header line in a message")
  func messages() {
    write(["http://127.0.0.1:1/"])
    let proxied = scrape(
      file: "lists/urls.txt",
      [
        "--proxy", "http://reader:pr0xy-sekrit@127.0.0.1:1", "--retries", "0",
        "--connect-timeout", "50ms",
      ], environment: ["no_proxy": ""])
    #expect(proxied.code == 1)
    let wrong = scrape(file: "lists/urls.txt", ["--header", "t0ken-sekrit"], output: "b.jsonl")
    #expect(wrong.code == 64)
    #expect(leaks() == "")
  }

  @Test("sends no password on to another host")
  func redirect() {
    let other = TestServer(host: "127.0.0.2") { _ in PaperPage.answer("x") }
    let target = other.origin
    let server = TestServer { _ in .redirect(target + "/p/1") }
    defer {
      server.stop()
      other.stop()
    }
    write(["http://reader:pa55-sekrit@127.0.0.1:\(server.port)/"])
    let result = scrape(file: "lists/urls.txt", ["--ignore-robots"])
    #expect(result.code == 0)
    #expect(server.requests.first?.headers["authorization"] != nil)
    #expect(other.requests.count == 1)
    #expect(other.requests.first?.headers["authorization"] == nil)
  }

  @Test("sends header lines to no other place that a redirect leads to")
  func redirectElsewhere() {
    let other = PaperPage.server(host: "127.0.0.2")
    defer { other.stop() }
    let target = other.origin + "/p/1"
    let server = TestServer { request in
      switch request.path {
      case "/away": .redirect(target)
      case "/here": .redirect("/p/2")
      case "/p/2": PaperPage.answer("2")
      default: .status(404)
      }
    }
    defer { server.stop() }
    let result = scrape(
      [server.origin + "/away", server.origin + "/here"],
      ["--header", "Authorization: Bearer t0ken-sekrit", "--header", "X-Token: t0ken-sekrit"])
    #expect(result.code == 0)
    #expect(result.records.first?.finalURL == target)
    let foreign = other.requests.first { $0.path == "/p/1" }
    #expect(foreign != nil)
    #expect(foreign?.headers["authorization"] == nil)
    #expect(foreign?.headers["x-token"] == nil)
    let own = server.requests.first { $0.path == "/p/2" }
    #expect(own?.headers["x-token"] == "t0ken-sekrit")
  }
}
