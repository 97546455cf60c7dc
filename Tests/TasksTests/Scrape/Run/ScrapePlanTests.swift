import BatchCore
import HTTPServer
import SampleTask
import Testing

@Suite("batchrun plan scrape")
struct ScrapePlanTests: ScrapeProgramTests {
  let scratch = Scratch()

  @Test("shows hosts, batches and time, asks nobody for anything and writes nothing")
  func plan() {
    let servers = (1...2).map { PaperPage.server(host: "127.0.0.\($0)") }
    defer { for server in servers { server.stop() } }
    let lines = (0..<100).map { "\(servers[$0 % 10 == 0 ? 0 : 1].origin)/p/\($0)" }
    scratch.write("urls.txt", (lines + ["page.html"]).map { $0 + "\n" }.joined())
    let before = shell("ls -A").output
    let result = shell("$BATCHRUN plan scrape urls.txt --delay 1s")
    #expect(result.code == 0)
    let text = result.output
    #expect(text.contains("Items      101"), "\(text)")
    #expect(text.contains("Hosts      2, 1 file on this machine"), "\(text)")
    #expect(text.contains("\(servers[1].origin) takes longest: 90 pages"), "\(text)")
    #expect(text.contains("Batches    ") && text.contains("Time       "))
    #expect(shell("$BATCHRUN plan scrape urls.txt --json").output.hasPrefix("{"))
    #expect(servers.allSatisfy { $0.connectionCount == 0 })
    #expect(shell("ls -A").output == before)
  }

  @Test("says of a short list what politeness says of it", arguments: [1, 6, 400])
  func time(pages: Int) throws {
    let lines = (0..<pages).map { "http://stones.example/\($0)\n" }
    scratch.write("urls.txt", lines.joined())
    let text = shell("$BATCHRUN plan scrape urls.txt --delay 2s --json").output
    let figure = try #require(text.split(separator: "\"expected_seconds\":").last)
    let seconds = try #require(Double(figure.prefix { $0.isNumber || $0 == "." }))
    let polite = 2 * Double(pages)
    #expect(seconds > polite * 0.5 && seconds < polite * 1.7, "\(text)")
  }

  @Test("does not say which pages an index would give, because it asks nobody")
  func follow() {
    let server = PaperPage.server()
    defer { server.stop() }
    scratch.write("urls.txt", server.origin + "/p/1\n")
    let result = shell("$BATCHRUN plan scrape urls.txt --follow a")
    #expect(result.code == 2)
    #expect(result.errors.contains("a plan asks no server for anything"))
    #expect(server.connectionCount == 0)
  }
}
