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
    #expect(
      text.contains("\(servers[1].host):\(servers[1].port) takes longest: 90 pages"), "\(text)")
    #expect(text.contains("Batches    ") && text.contains("Time       "))
    #expect(shell("$BATCHRUN plan scrape urls.txt --json").output.hasPrefix("{"))
    #expect(servers.allSatisfy { $0.connectionCount == 0 })
    #expect(shell("ls -A").output == before)
  }

  @Test(
    "says how many workers elsewhere politeness lets do something",
    arguments: [("slurm", 3), ("slurm", 200), ("lambda", 3), ("lambda", 200)])
  func workersElsewhere(place: String, hosts: Int) throws {
    let lines = (0..<hosts * 100).map { "http://h\($0 % hosts).example/\($0)\n" }
    scratch.write("urls.txt", lines.joined())
    let text = shell("$BATCHRUN plan scrape urls.txt --on \(place)").output
    let most = min(hosts, 64)
    let reason =
      hosts > 64
      ? "200 hosts are in 64 groups, and the pages of a group in one batch at a time"
      : "The pages of a host are in one batch at a time"
    #expect(
      text.contains("\(reason): more than \(most) workers would have nothing to do."), "\(text)")
    let words = text.split { " ,\n".contains($0) }
    let place = try #require(words.firstIndex { $0 == "workers" })
    #expect(try #require(Int(words[place - 1])) <= most, "\(text)")
    // Not more than one batch of a host at once: a batch holds at least as many pages as keep it busy.
    #expect(text.contains("Size       ") && !text.contains("Size       1 item"), "\(text)")
  }

  @Test("speaks of the workers that there are, however many batches are open")
  func workersHere() {
    scratch.write("urls.txt", (0..<5000).map { "http://h\($0 % 50).example/\($0)\n" }.joined())
    let text = shell("$BATCHRUN plan scrape urls.txt --workers 2").output
    #expect(text.contains(" on 2 workers"), "\(text)")
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
