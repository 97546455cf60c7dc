import BenchmarkData
import BlackScholes
import Glibc

/// Two million options from CSV to CSV by the whole program, next to polars; and twenty million.
struct CSVBenchmark {
  private static let blocks = 200
  private static let repetitions = 5

  /// A program that prices `options.csv`, and how exact its prices are to be.
  private struct Contender {
    let name: String
    let command: [String]
    /// Relative to the spot.
    let tolerance: Double
  }

  private let scratch = ScratchDirectory()
  private let contenders: [Contender]

  private init() {
    let (input, output) = (scratch("options.csv"), scratch("out.csv"))
    let python = Peer.python
    let ours = [
      Contender(
        name: "batchrun price, five greeks as well",
        command: [Program.batchrun, "price", input, "-o", output, "--fresh"], tolerance: 1e-12)
    ]
    let peers = [
      Contender(
        name: "polars with numpy and scipy, price only",
        command: [python, "benchmarks/peers/csv_polars.py", input, output], tolerance: 1e-12),
      Contender(
        name: "polars expressions, price only, to 7e-8",
        command: [python, "benchmarks/peers/csv_polars_native.py", input, output], tolerance: 1e-6),
    ]
    contenders = ours + (Peer.isInstalled ? peers : [])
  }

  static func run() -> Bool {
    print("csv: 2 million options from CSV to CSV, the program as users start it")
    if !Peer.isInstalled { print("polars: not installed (tools/peers.sh installs it)") }
    guard Program.isBuilt() else { return false }
    let benchmark = CSVBenchmark()
    guard benchmark.writeInput(repeats: 1), benchmark.isRight() else { return false }
    benchmark.compare()
    return benchmark.showMemory()
  }

  /// The options, so many times over.
  private func writeInput(repeats: Int) -> Bool {
    do {
      try DataFile.options("options.csv", Self.blocks, byteCount: nil, repeats: repeats).write(
        to: scratch.path)
      return true
    } catch {
      print(error)
      return false
    }
  }

  private func execute(_ contender: Contender) -> ChildRun {
    _ = Shell.output(["rm", "-rf", scratch("out.csv"), scratch("out.csv.run")])
    return ChildRun.of(contender.command)
  }
}

// MARK: - Verifying

extension CSVBenchmark {
  /// True if every program writes all rows and the right prices; the first block is computed again.
  private func isRight() -> Bool {
    contenders.allSatisfy { contender in
      let objection = execute(contender).isSuccess ? objection(contender) : "it failed"
      if let objection { print("WRONG: \(contender.name): \(objection)") }
      return objection == nil
    }
  }

  private func objection(_ contender: Contender) -> String? {
    let rows = Self.blocks * OptionTable.rowsPerBlock
    let lines = Shell.output(["wc", "-l", scratch("out.csv")]).text.split(separator: " ").first
    guard lines.flatMap({ Int($0) }) == rows + 1 else { return "the output has not \(rows) rows" }
    let options = OptionTable().block(0)
    let head = Shell.output(["head", "-\(options.count + 1)", scratch("out.csv")]).text
    let prices = head.split(separator: "\n").dropFirst().map { line in
      let fields = line.split(separator: ",", omittingEmptySubsequences: false)
      return fields.count > 6 ? Double(fields[6]) ?? .nan : .nan
    }
    return Answers.difference("price", rows: options.count, tolerance: contender.tolerance) { row in
      let spot = options[row].spot
      return (prices[row] + spot, OptionReference.price(options[row].european).price + spot)
    }
  }
}

// MARK: - Measuring

extension CSVBenchmark {
  private func compare() {
    var runs = [[ChildRun]](repeating: [], count: contenders.count)
    for _ in 0..<Self.repetitions {
      for (place, contender) in contenders.enumerated() { runs[place].append(execute(contender)) }
    }
    let timings = runs.map { Timing($0.map(\.cpuSeconds)) }
    var table = TextTable(["program", "CPU s", "wall s", "peak MB", "CPU of batchrun to this"])
    for (place, contender) in contenders.enumerated() {
      let ratio = timings[0].median / timings[place].median
      let bar = place == 0 ? "" : ratio <= 0.5 ? " (reaches 0.5)" : " (MISSES 0.5)"
      table.add([
        contender.name, Digits.spread(timings[place]),
        Digits.spread(Timing(runs[place].map(\.wallSeconds))),
        Digits.text(Timing(runs[place].map { Double($0.peakBytes) / 1e6 }).median),
        Digits.fixed(ratio, 2) + bar,
      ])
    }
    table.show()
  }

  /// Peak memory for two and for twenty million rows.
  private func showMemory() -> Bool {
    var table = TextTable(["batchrun price", "CPU s", "of it system", "wall s", "peak MB"])
    for (rows, repeats) in [("2 million rows", 1), ("20 million rows", 10)] {
      guard writeInput(repeats: repeats) else { return false }
      let run = execute(contenders[0])
      guard run.isSuccess else {
        print("WRONG: batchrun fails on \(rows)")
        return false
      }
      table.add([
        rows, Digits.text(run.cpuSeconds), Digits.text(run.systemSeconds),
        Digits.text(run.wallSeconds),
        Digits.text(Double(run.peakBytes) / 1e6),
      ])
    }
    table.show()
    return true
  }
}
