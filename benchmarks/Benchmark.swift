/// What can be run by name.
enum Benchmark: String, CaseIterable {
  case data, kernels, accuracy, csv, dispatch, encode, planning, remote, scrape, text, headline

  /// Those that `make bench` runs without a name: the others take hours, need engines, or write files.
  static var ordinary: [Benchmark] {
    allCases.filter { ![.data, .encode, .headline, .remote].contains($0) }
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
