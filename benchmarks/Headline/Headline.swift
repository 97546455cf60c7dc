import BatchCore
import BenchmarkData
import BlackScholes
import Glibc

/// The job that took 16 minutes on about 900 cloud functions: 305 million solutions of Merton's model.
///
/// 61 million firm-days with five horizons each, drawn slice by slice. First the solving alone, over
/// arrays in memory; then the whole program from CSV to CSV, every slice's output discarded after its
/// digest is taken. `--rows N` takes fewer firms.
struct Headline {
  private static let threads = 2
  private static let firmsPerSlice = 400
  /// Solutions a second of the cloud functions together.
  private static let original = 318_000.0

  private let table = FirmTable()
  private let firms: Int

  static func run(_ arguments: [String]) -> Bool {
    guard let rows = rows(arguments), Program.isBuilt() else { return false }
    let headline = Headline(firms: max(1, rows / FirmTable.daysPerFirm))
    return headline.run()
  }

  private init(firms: Int) { self.firms = firms }

  private static func rows(_ arguments: [String]) -> Int? {
    guard !arguments.isEmpty else { return 61_000_000 }
    if arguments.count == 2, arguments[0] == "--rows", let rows = Int(arguments[1]), rows > 0 {
      return rows
    }
    print("usage: benchmarks headline [--rows N]")
    return nil
  }

  private var rows: Int { firms * FirmTable.daysPerFirm }
  private var solutions: Int { rows * FirmSlice.horizons.count }

  private var slices: [Range<Int>] {
    stride(from: 0, to: firms, by: Self.firmsPerSlice).map {
      $0..<min($0 + Self.firmsPerSlice, firms)
    }
  }

  private func run() -> Bool {
    print(
      "headline: \(rows) firm-days x \(FirmSlice.horizons.count) horizons = \(solutions) solutions")
    let memory = FirmSlice(
      table: table, capacity: min(Self.firmsPerSlice, firms), threads: Self.threads)
    memory.load(slices[0])
    let residual = memory.largestResidual()
    print("largest residual of a sample: \(Digits.scientific(residual))")
    guard residual <= 1e-9 else {
      print("WRONG: the equations do not hold; not timed")
      return false
    }
    let compute = compute(memory)
    let iterative = iterative(memory)
    guard let whole = endToEnd() else { return false }
    show(compute, whole, iterative)
    return true
  }

  // MARK: - Parts

  private struct Cost {
    var wallSeconds = 0.0
    var cpuSeconds = 0.0
  }

  /// The solving alone; drawing the rows is not counted.
  private func compute(_ memory: FirmSlice) -> Cost {
    var cost = Cost()
    for (index, slice) in slices.enumerated() {
      progress("solving", index)
      memory.load(slice)
      let (wall, cpu) = (Stopwatch.wallSeconds(), Stopwatch.cpuSeconds())
      memory.solveTwoEquation()
      cost.wallSeconds += Stopwatch.wallSeconds() - wall
      cost.cpuSeconds += Stopwatch.cpuSeconds() - cpu
    }
    return cost
  }

  /// The iterative method on some firms, as if there were a million rows.
  private func iterative(_ memory: FirmSlice) -> Cost {
    memory.load(0..<min(40, slices[0].count))
    let (wall, cpu) = (Stopwatch.wallSeconds(), Stopwatch.cpuSeconds())
    memory.solveIterative()
    let scale = 1e6 / Double(memory.rows)
    return Cost(
      wallSeconds: (Stopwatch.wallSeconds() - wall) * scale,
      cpuSeconds: (Stopwatch.cpuSeconds() - cpu) * scale)
  }

  /// The program on every slice; nil when it fails.
  private func endToEnd() -> Cost? {
    let scratch = ScratchDirectory()
    var cost = Cost()
    var digests = SHA256()
    for (index, slice) in slices.enumerated() {
      progress("from CSV to CSV", index)
      let file = DataFile.firms("slice.csv", of: table, slice)
      guard (try? file.write(to: scratch.path)) != nil else {
        print("\(scratch.path) cannot be written")
        return nil
      }
      let run = ChildRun.of([
        Program.batchrun, "price", scratch("slice.csv"), "-o", scratch("out.csv"), "--quiet",
      ])
      guard run.isSuccess else {
        print("WRONG: batchrun price fails on slice \(index)")
        return nil
      }
      cost.wallSeconds += run.wallSeconds
      cost.cpuSeconds += run.cpuSeconds
      digests.update(Shell.output(["sha256sum", scratch("out.csv")]).text.prefix(64) + "\n")
      _ = Shell.output(["rm", "-rf", scratch("out.csv"), scratch("out.csv.run")])
    }
    print("SHA-256 over the digests of all outputs: \(digests.hexadecimal())")
    return cost
  }

  private func progress(_ name: String, _ index: Int) {
    guard index % 10 == 0 else { return }
    print("\(name): slice \(index + 1) of \(slices.count)")
    fflush(nil)
  }
}

// MARK: - Report

extension Headline {
  private func show(_ compute: Cost, _ whole: Cost, _ iterative: Cost) {
    print()
    var table = TextTable(["\(solutions) solutions", "seconds", "CPU s", "M/s", "to 318,000/s"])
    for (name, cost) in [
      ("solving, \(Self.threads) threads", compute), ("batchrun price, CSV to CSV", whole),
    ] {
      let rate = Double(solutions) / cost.wallSeconds
      table.add([
        name, Digits.text(cost.wallSeconds), Digits.text(cost.cpuSeconds), Digits.text(rate / 1e6),
        Digits.fixed(rate / Self.original, 1) + "x",
      ])
    }
    let original = Double(solutions) / Self.original
    table.add(["about 900 cloud functions", Digits.text(original), "", "0.318", "1.0x"])
    table.show()
    print(
      "The original solved 305 million in 16 minutes on about 900 cloud functions, by the iterative"
    )
    print("method, whose volatility took one step only from the second day on.")
    print(
      "Iterative method here, to convergence in windows of 252 days, five horizons, per million rows:"
    )
    print(
      "\(Digits.text(iterative.wallSeconds)) s on \(Self.threads) threads, "
        + "\(Digits.text(iterative.cpuSeconds)) s of processor time")
    print()
  }
}
