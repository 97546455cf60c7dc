import BenchmarkData

/// Five thousand drawn pages from a local nginx, next to other scrapers; slow hosts; long lists.
struct ScrapeBenchmark {
  static let repetitions = 5

  private let scratch = ScratchDirectory()
  private let contenders: [Scraper]

  private init() {
    let (list, output) = (scratch("urls.txt"), scratch("out.jsonl"))
    contenders =
      [
        .batchrun("batchrun scrape", list, output, ["--ignore-robots", "--per-host", "64"])
      ] + Scraper.others(list, output, connections: 64)
  }

  /// Runs all parts, or those named: pages, latency, list.
  static func run(_ arguments: [String]) -> Bool {
    guard Program.isBuilt() else { return false }
    let parts = [
      ("pages", runCorpus), ("latency", LatencyBenchmark.run), ("list", LongListBenchmark.run),
    ]
    let results = parts.filter { arguments.isEmpty || arguments.contains($0.0) }.map { $0.1() }
    return results.allSatisfy { $0 }
  }

  private static func runCorpus() -> Bool {
    print("scrape: 5,000 pages, 256 MB, from nginx on this machine, 64 connections")
    guard DataCommand.writePages() else { return false }
    let server = Shell.output(["tools/scrape-server.sh", "start"])
    guard server.isSuccess else {
      print(server.errors)
      return false
    }
    defer { _ = Shell.output(["tools/scrape-server.sh", "stop"]) }
    let benchmark = ScrapeBenchmark()
    guard TextFile.write(PageCorpus.urls, to: benchmark.scratch("urls.txt")) else { return false }
    return benchmark.compare()
  }
}

// MARK: - Verifying

extension ScrapeBenchmark {
  /// How many records of the output have the right title, and how many the right abstract.
  private struct Score {
    var titles = 0
    var abstracts = 0
    /// The first that is wrong.
    var objection: String?

    var isPerfect: Bool { objection == nil }
  }

  /// - Parameter isExact: whether white space counts.
  private func score(isExact: Bool) -> Score {
    let records = RecordLine.all(of: scratch("out.jsonl"))
    var score = Score()
    guard records.count == PageCorpus.pageCount else {
      score.objection = "\(records.count) records for \(PageCorpus.pageCount) addresses"
      return score
    }
    let corpus = PageCorpus()
    let form = { (text: String?) in isExact ? text : text.map(Self.spaced) }
    for (index, record) in records.enumerated() {
      let page = corpus.page(index)
      let url = PageCorpus.url(of: index)
      let (title, abstract) = (record.text(of: "title"), record.text(of: "abstract"))
      let hasTitle = record.text(of: "url") == url && form(title) == form(page.title)
      let hasAbstract = form(abstract) == form(page.abstract)
      score.titles += hasTitle ? 1 : 0
      score.abstracts += hasAbstract ? 1 : 0
      guard score.objection == nil, !hasTitle || !hasAbstract else { continue }
      score.objection =
        "\(url) has \(title ?? "no title") / \(abstract ?? "no abstract") instead of "
        + "\(page.title) / \(page.abstract ?? "no abstract")"
    }
    return score
  }

  private static func spaced(_ text: String) -> String {
    text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }
}

// MARK: - Measuring

extension ScrapeBenchmark {
  private func compare() -> Bool {
    let output = scratch("out.jsonl")
    var scores: [Score] = []
    for (place, contender) in contenders.enumerated() {
      let run = contender.execute(into: output)
      let score = score(isExact: place == 0)
      scores.append(score)
      if place == 0, let objection = score.objection ?? (run.isSuccess ? nil : "it failed") {
        print("WRONG: \(contender.name): \(objection)")
        return false
      }
    }
    let runs = Scraper.race(contenders, into: output, repetitions: Self.repetitions)
    var table = TextTable([
      "program", "pages/s", "CPU s per 1,000", "peak MB", "titles", "abstracts",
    ])
    for (place, contender) in contenders.enumerated() {
      guard let runs = runs[place] else {
        print("\(contender.name): it failed")
        continue
      }
      table.add(
        [contender.name] + Self.cells(runs, hasBars: place == 0)
          + [String(scores[place].titles), String(scores[place].abstracts)])
    }
    table.show()
    ReferenceRatio.sayPages(contenders, runs)
    return runs[0] != nil
  }

  private static func cells(_ runs: [ChildRun], hasBars: Bool) -> [String] {
    let pages = Double(PageCorpus.pageCount)
    let rate = Timing(runs.map { pages / $0.wallSeconds })
    let cpu = Timing(runs.map { $0.cpuSeconds / pages * 1000 })
    let memory = Timing(runs.map { Double($0.peakBytes) / 1e6 })
    guard hasBars else {
      return [Digits.spread(rate), Digits.spread(cpu), Digits.text(memory.median)]
    }
    return [
      Digits.spread(rate) + Bar.atLeast(3210, rate.median),
      Digits.spread(cpu) + Bar.atMost(0.6, cpu.median),
      Digits.text(memory.median) + Bar.atMost(100, memory.median),
    ]
  }
}

/// Whether a figure reaches what is asked of it.
enum Bar {
  static func atLeast(_ bar: Double, _ value: Double) -> String { verdict(value >= bar, bar) }

  static func atMost(_ bar: Double, _ value: Double) -> String { verdict(value <= bar, bar) }

  private static func verdict(_ isReached: Bool, _ bar: Double) -> String {
    isReached ? " (reaches \(Digits.text(bar)))" : " (MISSES \(Digits.text(bar)))"
  }
}
