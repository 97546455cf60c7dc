/// What can be run by name.
enum Benchmark: String, CaseIterable {
  case data, kernels, accuracy, csv, dispatch, planning, scrape, text, headline

  /// Those that `make bench` runs.
  static var ordinary: [Benchmark] { allCases.filter { $0 != .data && $0 != .headline } }

  /// Runs it and prints what was found; false when an answer is wrong or something fails.
  func run(_ arguments: [String]) -> Bool {
    switch self {
    case .data: DataCommand.run(arguments)
    case .kernels: KernelBenchmark.run()
    case .accuracy: AccuracyBenchmark.run(arguments)
    case .csv: CSVBenchmark.run()
    case .headline: Headline.run(arguments)
    case .dispatch: DispatchBenchmark.run()
    case .planning: PlanningBenchmark.run()
    case .scrape: ScrapeBenchmark.run(arguments)
    case .text: TextBenchmark.run()
    }
  }
}
