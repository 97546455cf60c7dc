import BatchCore
import HTTPServer
import SampleTask
import Synchronization
import Testing

@Suite("batchrun scrape, killed", .serialized)
struct ScrapeKillTests: ScrapeProgramTests {
  let scratch = Scratch()

  /// The items whose records the ledger of a run holds; none while there is no ledger.
  private func committed(_ output: String) -> ItemSet {
    // A copy, because opening the ledger of a killed run changes it.
    _ = shell("rm -rf copy; mkdir copy; cp \(output).run/ledger.sqlite* copy/")
    var items = ItemSet()
    guard scratch.exists("copy/ledger.sqlite"),
      let ledger = try? RunLedger(path: scratch("copy/ledger.sqlite"))
    else { return items }
    try? ledger.forEachPart { items.insert($0.items) }
    try? ledger.journal.forEach { row in
      for record in row.records { items.insert(record.item..<record.item + 1) }
    }
    return items
  }

  private func items(_ set: ItemSet) -> Set<Int> { Set(set.ranges.joined()) }

  @Test("by kill -9 in the middle, fetches again what was not committed, and nothing else")
  func middle() {
    // The first sixty requests are answered; later ones get nothing until the run has been killed.
    let isOpen = Mutex(false)
    let counter = Counter()
    let servers = (1...3).map { number in
      TestServer(host: "127.0.0.\(number)") { request in
        let stalls = counter.next() > 60 && !isOpen.withLock { $0 }
        return stalls
          ? TestAnswer([.stall]) : PaperPage.answer(String(request.path.dropFirst(3)))
      }
    }
    defer { for server in servers { server.stop() } }
    let lines = (0..<150).map { "\(servers[$0 % 3].origin)/p/\($0)" }
    scratch.write("urls.txt", lines.map { $0 + "\n" }.joined())
    let options = ["--deterministic", "--ignore-robots"]
    let killed = Program.kill(
      [
        "/usr/bin/env", "no_proxy=*", Program.batchrun, "scrape", scratch("urls.txt"), "-o",
        scratch("out.jsonl"),
      ] + options, after: 2.5)
    #expect(killed.code == -9)
    #expect(!scratch.exists("out.jsonl"))
    let done = items(committed("out.jsonl"))
    #expect(!done.isEmpty && done.count <= 60, "\(done.count)")
    isOpen.withLock { $0 = true }
    let before = servers.map(\.paths.count)
    let resumed = scrape(file: "urls.txt", options)
    #expect(resumed.code == 0)
    #expect(resumed.errors.contains("\(done.count) resumed"), "\(resumed.errors)")
    // Each page that was not committed once, and none that was.
    let asked = zip(servers, before).flatMap { server, count in
      server.paths.dropFirst(count).compactMap { Int($0.dropFirst(3)) }
    }
    #expect(asked.sorted() == (0..<150).filter { !done.contains($0) })
    #expect(resumed.records.map(\.title) == (0..<150).map { "Paper \($0)" })
    #expect(scrape(file: "urls.txt", options, output: "whole.jsonl").text == resumed.text)
  }

  @Test("at any write, sync, rename or commit, gives the same bytes and asks for no more")
  func everyFaultPoint() {
    let server = PaperPage.server()
    defer { server.stop() }
    let lines = (0..<12).map { "\(server.origin)/\($0 == 5 ? "missing" : "p")/\($0)" }
    let options = ["--deterministic", "--ignore-robots", "--batch-size", "4"]
    let expected = scrape(
      lines, options, output: "expected.jsonl",
      environment: ["BATCHRUN_FAULT_TRACE": scratch("trace")])
    #expect(expected.code == 1)
    var passes: [String: Int] = [:]
    for name in (scratch.text("trace") ?? "").split(separator: "\n") {
      passes[String(name), default: 0] += 1
    }
    #expect(passes.count > 10)
    for (place, point) in passes.sorted(by: { $0.key < $1.key }).enumerated() {
      let output = "out-\(place).jsonl"
      let fault = "\(point.key):\((point.value + 1) / 2):kill"
      let first = scrape(
        file: "urls.txt", options, output: output, environment: ["BATCHRUN_FAULT": fault])
      let done = first.text == nil ? items(committed(output)) : Set(0..<12)
      let before = server.paths.count
      let resumed = scrape(file: "urls.txt", options, output: output)
      #expect(resumed.text == expected.text, "\(fault)")
      #expect(resumed.code == 1, "\(fault)")
      let asked = server.paths.dropFirst(before).compactMap { Int($0.split(separator: "/")[1]) }
      #expect(asked.sorted() == (0..<12).filter { !done.contains($0) }, "\(fault)")
    }
  }

  @Test("or interrupted, is resumed, and repeats only the failed pages with --retry-failed")
  func retryFailed() {
    let isUp = Mutex(false)
    let server = TestServer { request in
      request.path.hasPrefix("/down") && !isUp.withLock { $0 }
        ? .status(404) : PaperPage.answer(request.path)
    }
    defer { server.stop() }
    let lines = ["a", "down/1", "b", "down/2"].map { "\(server.origin)/\($0)" }
    let options = ["--deterministic", "--ignore-robots"]
    let first = scrape(lines, options)
    #expect(first.records.map(\.status) == [200, 404, 200, 404])
    isUp.withLock { $0 = true }
    let before = server.paths.count
    let second = scrape(file: "urls.txt", options + ["--retry-failed"])
    #expect(second.code == 0)
    #expect(Set(server.paths.dropFirst(before)) == ["/down/1", "/down/2"])
    #expect(server.paths.count == before + 2)
    #expect(second.records.map(\.status) == [200, 200, 200, 200])
    #expect(second.records.map(\.url) == lines)
    #expect(shell("$BATCHRUN verify out.jsonl.run").code == 0)
  }
}
