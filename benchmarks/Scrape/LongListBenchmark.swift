import BenchmarkData
import Glibc

/// A list of a million addresses: planned, begun and interrupted, and taken up again.
enum LongListBenchmark {
  private static let pages = 1_000_000
  private static let hosts = 100
  private static let secondsOfRun = 8

  static func run() -> Bool {
    print("scrape: a list of 1 million addresses on 100 hosts, whole program")
    let scratch = ScratchDirectory()
    let (list, output) = (scratch("urls.txt"), scratch("out.jsonl"))
    guard writeList(list), DataCommand.writePages(),
      let server = LatencyServer(
        hosts: hosts, milliseconds: 0,
        page: PageCorpus.directory + "/" + PageCorpus.path(of: 1))
    else { return false }
    var table = TextTable(["1 million addresses", "wall s", "CPU s", "peak MB", "pages"])
    let plan = ChildRun.of([Program.batchrun, "plan", "scrape", list])
    table.add(["plan scrape"] + cells(plan) + [""])
    var before = 0
    var isRight = plan.isSuccess
    for name in ["run, interrupted after \(secondsOfRun) s", "resumed, interrupted again"] {
      // The exit code is that of an interrupted run: what counts is what it has written.
      let run = ChildRun.of([
        "timeout", "-s", "INT", "\(secondsOfRun)", Program.batchrun, "scrape", list, "-o", output,
        "--ignore-robots", "--per-host", "8",
      ])
      let done = finishedPages(output)
      table.add([name] + cells(run) + [String(done - before)])
      isRight = isRight && done > before
      before = done
    }
    table.show()
    if !isRight { print("WRONG: the list was not planned, or the run made no progress") }
    return withExtendedLifetime(server) { isRight }
  }

  /// Records that the run will keep, as `batchrun status` counts them.
  private static func finishedPages(_ output: String) -> Int {
    let status = Shell.output([Program.batchrun, "status", output + ".run", "--json"]).text
    return Int(
      status.split(separator: ",").first { $0.contains("\"done\"") }?
        .split(separator: ":").last?.filter(\.isNumber) ?? "") ?? 0
  }

  private static func cells(_ run: ChildRun) -> [String] {
    [
      Digits.text(run.wallSeconds), Digits.text(run.cpuSeconds),
      Digits.text(Double(run.peakBytes) / 1e6) + Bar.atMost(200, Double(run.peakBytes) / 1e6),
    ]
  }

  private static func writeList(_ path: String) -> Bool {
    guard let file = unsafe fopen(path, "w") else { return false }
    for page in 0..<pages {
      unsafe fputs(LatencyServer.url(host: 1 + page % hosts, page: page) + "\n", file)
    }
    return unsafe fclose(file) == 0
  }
}
