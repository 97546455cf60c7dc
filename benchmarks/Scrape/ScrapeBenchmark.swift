import BenchmarkData
import Glibc

/// Five thousand mixed pages from a server on this machine, and a thousand from a hundred slow hosts.
struct ScrapeBenchmark {
  private static let repetitions = 5

  private struct Contender {
    let name: String
    let command: [String]
  }

  private let scratch = ScratchDirectory()
  private let contenders: [Contender]

  private init() {
    let (urls, output) = (scratch("urls.txt"), scratch("out.jsonl"))
    let reference = scratch("scrape")
    let flags = Shell.output(["pkgconf", "--cflags", "libxml-2.0"]).text
      .split { $0 == " " || $0 == "\n" }.map(String.init)
    let isCompiled = Shell.output(
      ["gcc", "-O3", "-march=native"] + flags
        + ["-o", reference, "benchmarks/reference/scrape.c", "-lcurl", "-lxml2", "-lpthread"]
    ).isSuccess
    if !isCompiled { print("reference/scrape.c: gcc cannot build it") }
    let ours = Contender(
      name: "batchrun scrape",
      command: [
        Program.batchrun, "scrape", urls, "-o", output, "--ignore-robots", "--per-host", "64",
        "--fresh", "--quiet",
      ])
    let python = Peer.python
    let peers = [
      Contender(
        name: "aiohttp and lexbor, 1 process",
        command: [python, "benchmarks/peers/scrape_lexbor.py", urls, output, "64"]),
      Contender(
        name: "aiohttp and lxml, 2 processes",
        command: [python, "benchmarks/peers/scrape_lxml.py", urls, output, "64"]),
    ]
    let c = [
      Contender(name: "C, curl and libxml2, 2 threads", command: [reference, urls, output, "64"])
    ]
    contenders = [ours] + (isCompiled ? c : []) + (Peer.isInstalled ? peers : [])
  }

  static func run() -> Bool {
    print(
      "scrape: 5,000 mixed pages, 299 MB, from nginx on this machine, title and abstract of each")
    if !Peer.isInstalled { print("peers: not installed (tools/peers.sh installs them)") }
    guard Program.isBuilt(), writePages() else { return false }
    let server = Shell.output(["tools/scrape-server.sh", "start"])
    guard server.isSuccess else {
      print(server.errors)
      return false
    }
    defer { _ = Shell.output(["tools/scrape-server.sh", "stop"]) }
    let benchmark = ScrapeBenchmark()
    do {
      try PageCorpus.writeURLs(to: benchmark.scratch("urls.txt"))
    } catch {
      print(error)
      return false
    }
    guard benchmark.isRight() else { return false }
    benchmark.compare()
    return true
  }

  private static func writePages() -> Bool {
    do {
      if !PageCorpus.isComplete { try PageCorpus().write() }
      return true
    } catch {
      print(error)
      return false
    }
  }

  private func execute(_ contender: Contender) -> ChildRun {
    _ = Shell.output(["rm", "-rf", scratch("out.jsonl"), scratch("out.jsonl.run")])
    return ChildRun.of(contender.command)
  }

  // MARK: - Verifying

  /// Whether batchrun gives a record for each page, with its exact title and abstract.
  private func isRight() -> Bool {
    guard let ours = contenders.first, execute(ours).isSuccess else {
      print("WRONG: batchrun scrape fails")
      return false
    }
    let records = RecordLine.all(of: scratch("out.jsonl"))
    guard records.count == PageCorpus.pageCount else {
      print("WRONG: \(records.count) records of \(PageCorpus.pageCount) pages")
      return false
    }
    let corpus = PageCorpus()
    var wrong = 0
    for (index, record) in records.enumerated() {
      let page = corpus.page(index)
      guard record.text(of: "title") != page.title || record.text(of: "abstract") != page.abstract
      else { continue }
      wrong += 1
      if wrong <= 3 {
        print(
          "WRONG: \(PageCorpus.path(of: index)): \(record.text(of: "title") ?? "no title"), "
            + "\(record.text(of: "abstract")?.prefix(80) ?? "no abstract")")
        print("  expected: \(page.title), \(page.abstract?.prefix(80) ?? "no abstract")")
      }
    }
    if wrong > 0 { print("WRONG: \(wrong) of \(records.count) records") }
    return wrong == 0
  }

  // MARK: - Measuring

  private func compare() {
    var runs = [[ChildRun]](repeating: [], count: contenders.count)
    for _ in 0..<Self.repetitions {
      for (place, contender) in contenders.enumerated() { runs[place].append(execute(contender)) }
    }
    let pages = Double(PageCorpus.pageCount)
    var table = TextTable(["program", "pages/s", "CPU s per 1,000 pages", "peak MB"])
    for (place, contender) in contenders.enumerated() {
      let rates = Timing(runs[place].map { pages / $0.wallSeconds })
      table.add([
        contender.name, Digits.spread(rates),
        Digits.spread(Timing(runs[place].map { $0.cpuSeconds / pages * 1000 })),
        Digits.text(Timing(runs[place].map { Double($0.peakBytes) / 1e6 }).median),
      ])
    }
    table.show()
  }
}
