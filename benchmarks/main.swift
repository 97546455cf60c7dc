import Glibc

// Usage: benchmarks [NAME] [ARGUMENTS]; without a name, all benchmarks but encode, remote
// and the headline.

let arguments = Array(CommandLine.arguments.dropFirst())
guard let name = arguments.first, !name.isEmpty else {
  let results = Benchmark.ordinary.map { $0.runAlone() }
  exit(results.allSatisfy { $0 } ? 0 : 1)
}
guard let benchmark = Benchmark(rawValue: name) else {
  let names = Benchmark.allCases.map(\.rawValue).joined(separator: ", ")
  print("\(name) is not a benchmark; there are: \(names)")
  exit(64)
}
if benchmark != .data { Machine.report() }
exit(benchmark.run(Array(arguments.dropFirst())) ? 0 : 1)
