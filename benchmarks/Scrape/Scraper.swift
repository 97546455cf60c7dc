/// A program that reads a list of addresses and writes a line of JSON for each.
struct Scraper {
  let name: String
  let command: [String]

  /// The program that is measured.
  static func batchrun(_ name: String, _ list: String, _ output: String, _ options: [String])
    -> Scraper
  {
    Scraper(
      name: name, command: [Program.batchrun, "scrape", list, "-o", output, "--fresh"] + options)
  }

  /// Those it is compared with, as far as they are there.
  static func others(_ list: String, _ output: String, connections: Int) -> [Scraper] {
    let arguments = [list, output, String(connections)]
    var all: [Scraper] = []
    let libraries = ["-lcurl", "-lxml2", "-lpthread"]
    if let program = ReferenceProgram.build("scrape", libraries: libraries) {
      all.append(
        Scraper(name: "C, curl multi and libxml2, 2 threads", command: [program] + arguments))
    }
    guard Peer.isInstalled else {
      print("aiohttp, lexbor and lxml: not installed (tools/peers.sh installs them)")
      return all
    }
    let python = { [Peer.python, "benchmarks/peers/" + $0] + arguments }
    return all + [
      Scraper(name: "aiohttp and lexbor, 1 process", command: python("scrape_lexbor.py")),
      Scraper(name: "aiohttp and lxml, 2 processes", command: python("scrape_lxml.py")),
    ]
  }

  /// Runs it on an output that is not there yet.
  func execute(into output: String) -> ChildRun {
    _ = Shell.output(["rm", "-rf", output, output + ".run"])
    return ChildRun.of(command)
  }

  /// Runs of several, in turns; nil where one failed.
  static func race(_ scrapers: [Scraper], into output: String, repetitions: Int) -> [[ChildRun]?] {
    var runs = [[ChildRun]](repeating: [], count: scrapers.count)
    for _ in 0..<repetitions {
      for (place, scraper) in scrapers.enumerated() {
        let run = scraper.execute(into: output)
        if run.isSuccess { runs[place].append(run) }
      }
    }
    return runs.map { $0.count == repetitions ? $0 : nil }
  }
}

/// What is asked of the program, stated against the C reference of the same run: seconds differ between
/// machines and with what else runs.
enum ReferenceRatio {
  /// What the reference did on a quiet machine when the bars were set.
  private static let reference = (
    pagesPerSecond: 3005.0, cpuPerThousand: 0.61, withLatency: 1135.0
  )

  static func sayPages(_ scrapers: [Scraper], _ runs: [[ChildRun]?]) {
    guard let (own, c) = pair(0, scrapers, runs) else { return }
    let rate = c.wall / own.wall
    let cpu = own.cpu / c.cpu
    print(
      "against C: pages/s \(Digits.text(rate))x"
        + Bar.atLeast(round(3210 / reference.pagesPerSecond), rate)
        + ", CPU \(Digits.text(cpu))x" + Bar.atMost(round(0.6 / reference.cpuPerThousand), cpu))
  }

  /// - Parameter bar: pages a second on the machine of the bars.
  static func sayLatency(
    of place: Int, bar: Double, _ scrapers: [Scraper], _ runs: [[ChildRun]?]
  ) {
    guard let (own, c) = pair(place, scrapers, runs) else { return }
    let rate = c.wall / own.wall
    print(
      "\(scrapers[place].name) against C: \(Digits.text(rate))x"
        + Bar.atLeast(round(bar / reference.withLatency), rate))
  }

  private static func round(_ ratio: Double) -> Double { (ratio * 100).rounded() / 100 }

  private static func pair(
    _ place: Int, _ scrapers: [Scraper], _ runs: [[ChildRun]?]
  ) -> (own: (wall: Double, cpu: Double), c: (wall: Double, cpu: Double))? {
    guard let reference = scrapers.firstIndex(where: { $0.name.hasPrefix("C, ") }),
      let own = runs[place], let c = runs[reference]
    else { return nil }
    return (medians(own), medians(c))
  }

  private static func medians(_ runs: [ChildRun]) -> (wall: Double, cpu: Double) {
    (Timing(runs.map(\.wallSeconds)).median, Timing(runs.map(\.cpuSeconds)).median)
  }
}
