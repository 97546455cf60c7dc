/// What can be run by name.
enum Benchmark: String, CaseIterable {
  case data, kernels, accuracy, csv, dispatch, encode, planning, remote, scrape, text, headline

  /// Those that `make bench` runs without a name: the others take hours, need engines, or write files.
  static var ordinary: [Benchmark] {
    allCases.filter { ![.data, .encode, .headline, .remote].contains($0) }
  }

  /// Runs it in a process of its own, as when it is called by name.
  ///
  /// The most memory of a child counts from what its parent held when it was started (getrusage(2)), so
  /// that benchmarks must not follow one another in one process.
  func runAlone() -> Bool {
    RunningProgram(["/proc/self/exe", rawValue], isSilent: false).wait().isSuccess
  }

  /// Runs it and prints what was found; false when an answer is wrong or something fails.
  func run(_ arguments: [String]) -> Bool {
    switch self {
    case .data: DataCommand.run(arguments)
    case .kernels: KernelBenchmark.run()
    case .accuracy: AccuracyBenchmark.run(arguments)
    case .csv: CSVBenchmark.run()
    case .headline: Headline.run(arguments)
    case .dispatch: DispatchBenchmark.run()
    case .encode: EncodeBenchmark.run(arguments)
    case .planning: PlanningBenchmark.run()
    case .remote: RemoteBenchmark.run(arguments)
    case .scrape: ScrapeBenchmark.run(arguments)
    case .text: TextBenchmark.run()
    }
  }
}
