import BatchCore
import BenchmarkData

/// A thousand pages on a hundred hosts that take 150 ms for every answer, two requests a host at once.
enum LatencyBenchmark {
  private static let pages = 1000
  private static let hosts = 100

  static func run() -> Bool {
    print("scrape: 1,000 pages on 100 hosts with 150 ms of latency, whole program, bound 1,333/s")
    let scratch = ScratchDirectory()
    let (list, output) = (scratch("urls.txt"), scratch("out.jsonl"))
    let urls = (0..<pages).map { LatencyServer.url(host: 1 + $0 % hosts, page: $0) + "\n" }
    guard DataCommand.writePages(), TextFile.write(urls.joined(), to: list),
      let server = LatencyServer(hosts: hosts, milliseconds: 150, page: middlingPage)
    else { return false }
    let scrapers =
      [
        Scraper.batchrun("batchrun scrape --ignore-robots", list, output, ["--ignore-robots"]),
        Scraper.batchrun("batchrun scrape, with robots.txt", list, output, []),
      ] + Scraper.others(list, output, connections: 2 * hosts)
    guard isRight(scrapers[0], output), isRight(scrapers[1], output) else { return false }
    let runs = Scraper.race(scrapers, into: output, repetitions: ScrapeBenchmark.repetitions)
    var table = TextTable(["program", "pages/s", "CPU s", "peak MB"])
    for (place, scraper) in scrapers.enumerated() {
      guard let runs = runs[place] else {
        print("\(scraper.name): it failed")
        continue
      }
      let rate = Timing(runs.map { Double(pages) / $0.wallSeconds })
      let bar = place < 2 ? Bar.atLeast(place == 0 ? 1150 : 1000, rate.median) : ""
      table.add([
        scraper.name, Digits.spread(rate) + bar, Digits.spread(Timing(runs.map(\.cpuSeconds))),
        Digits.text(Timing(runs.map { Double($0.peakBytes) / 1e6 }).median),
      ])
    }
    table.show()
    ReferenceRatio.sayLatency(of: 0, bar: 1150, scrapers, runs)
    ReferenceRatio.sayLatency(of: 1, bar: 1000, scrapers, runs)
    return withExtendedLifetime(server) { runs[0] != nil && runs[1] != nil }
  }

  /// A paper of about the median size.
  private static var middlingPage: String {
    PageCorpus.directory + "/" + PageCorpus.path(of: middlingIndex)
  }

  private static var middlingIndex: Int {
    let corpus = PageCorpus()
    let sizes = 12_000..<16_000
    return (0..<300).first { $0 % 3 == 1 && sizes.contains(corpus.page($0).html.count) } ?? 1
  }

  private static func isRight(_ scraper: Scraper, _ output: String) -> Bool {
    let isSuccess = scraper.execute(into: output).isSuccess
    let records = RecordLine.all(of: output)
    let page = PageCorpus().page(middlingIndex)
    let right = records.count {
      $0.text(of: "title") == page.title && $0.text(of: "abstract") == page.abstract
    }
    if !isSuccess || right != pages {
      print("WRONG: \(scraper.name): \(right) of \(pages) records are right")
    }
    return isSuccess && right == pages
  }
}
