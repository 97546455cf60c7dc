import BlackScholes

/// The kernels on one core over arrays in memory, next to C and to numba.
///
/// Processor seconds per row, medians of seven measurements taken in turns; every answer is verified
/// first.
enum KernelBenchmark {
  /// At least so fast as the C reference.
  private static let referenceBar = 0.9

  static func run() -> Bool {
    print("kernels: one core, arrays in memory, ns of processor time a row, median (low-high)")
    print("C: gcc \(ReferenceLibrary.flags.joined(separator: " "))")
    let (options, merton) = (ReferenceLibrary("options"), ReferenceLibrary("merton"))
    let scratch = ScratchDirectory()
    let cases = [
      OptionCases.price(options), OptionCases.greeks(options),
      OptionCases.implied(options, scratch), FirmCases.twoEquation(merton, scratch),
      FirmCases.iterative(merton, scratch),
    ]
    for item in cases {
      item.ours(.best)
      guard isRight(item.title, item.checkOurs()) else { return false }
      for reference in [item.reference, item.shortReference] {
        guard let reference else { continue }
        reference()
        guard isRight("C, " + item.title, item.checkReference()) else { return false }
      }
    }
    let peer = Peer("merton_numba.py", directory: scratch.path)
    if peer == nil { print("numba: not installed (tools/peers.sh installs it)") }
    print()
    for item in cases { show(item, peer) }
    return true
  }

  private static func isRight(_ title: String, _ objection: String?) -> Bool {
    guard let objection else { return true }
    print("WRONG: \(title): \(objection)")
    return false
  }
}

// MARK: - One kernel

extension KernelBenchmark {
  private static func show(_ item: KernelCase, _ peer: Peer?) {
    var names: [String] = []
    var contenders: [() -> Double?] = []
    for set in InstructionSet.allCases.reversed() {
      guard let kernels = Kernels.variant(set) else { continue }
      names.append("ours, \(set.rawValue)")
      contenders.append { seconds(rows: item.rows) { item.ours(kernels) } }
    }
    if let reference = item.reference {
      names.append("C reference")
      contenders.append { seconds(rows: item.rows, reference) }
    }
    if let reference = item.shortReference {
      names.append("C, shorter formula")
      contenders.append { seconds(rows: item.rows, reference) }
    }
    if let peer, let work = item.peer {
      if let answer = peer.ask("check \(work)"), answer != "ok" {
        print("numba, \(item.title): \(answer); not timed")
      } else {
        names.append("numba")
        contenders.append { peer.seconds(work).map { $0 / Double(item.rows) } }
      }
    }
    report(item, names, Race.run(contenders))
  }

  /// Seconds of processor time for a row, over as many calls as take a while.
  private static func seconds(rows: Int, _ work: () -> Void) -> Double {
    let start = Stopwatch.cpuSeconds()
    var calls = 0
    while Stopwatch.cpuSeconds() - start < 0.05 {
      work()
      calls += 1
    }
    return (Stopwatch.cpuSeconds() - start) / Double(calls * rows)
  }

  private static func report(_ item: KernelCase, _ names: [String], _ timings: [Timing?]) {
    guard let ours = timings.first ?? nil else { return }
    var table = TextTable([item.title, "ns a row", "M \(item.unit)/s", "ours is faster by"])
    for (name, timing) in zip(names, timings) {
      guard let timing else { continue }
      let ratio = timing.median / ours.median
      let bar =
        switch name {
        case "C reference": verdict(ratio, referenceBar)
        case "numba": item.peerBar.map { verdict(ratio, $0) } ?? ""
        default: ""
        }
      table.add([
        name, Digits.spread(timing, scale: 1e9), Digits.text(1e-6 / timing.median),
        Digits.fixed(ratio, 2) + "x" + bar,
      ])
    }
    table.show()
  }

  private static func verdict(_ ratio: Double, _ bar: Double) -> String {
    " (\(ratio >= bar ? "reaches" : "MISSES") \(bar)x)"
  }
}
