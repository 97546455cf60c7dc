extension Plan: CustomStringConvertible {
  /// The plan as lines for a reader.
  package var description: String { lines.joined(separator: "\n") }

  /// The plan as lines for a reader.
  package var lines: [String] {
    if let refusal { return [refusal] }
    var lines = ["Items      \(Quantity.count(itemCount))"]
    lines.append(
      "Batches    \(Quantity.count(batchCount)), \(sizes), on \(Quantity.count(workers, "worker")), "
        + "\(Quantity.count(waves)) at most on one")
    lines.append("Size       \(Quantity.count(usualBatchItems, "item")): \(reason.words)")
    lines.append(
      "Time       \(Quantity.seconds(expectedSeconds)), with 90 % probability "
        + "\(Quantity.seconds(lowSeconds)) to \(Quantity.seconds(highSeconds))")
    lines += details.map { "\($0.label.padded(to: 10)) \($0.text)" }
    lines.append("Overhead   \(Quantity.percent(overheadShare)) of the workers' time")
    if let dollars {
      lines.append(
        "Cost       \(Quantity.dollars(dollars)), with 90 % probability "
          + "\(Quantity.dollars(lowDollars)) to \(Quantity.dollars(highDollars)); "
          + "\(Quantity.seconds(billedSeconds)) billed")
      lines += priceCurve.filter { !$0.names.isEmpty }.map(\.line)
    }
    if !measured.isEmpty { lines.append("Measured   " + measured.joined(separator: "; ")) }
    if !earlier.isEmpty {
      lines.append("Earlier    " + earlier.joined(separator: "; ") + ": from earlier runs")
    }
    lines.append(
      guesses.isEmpty
        ? "Guesses    none" : "Guesses    " + guesses.joined(separator: "; "))
    return lines + notes.map { "Note       " + $0 }
  }

  private var sizes: String {
    let sizes = batches.map(\.itemsPerBatch)
    let (least, most) = (sizes.min() ?? 0, sizes.max() ?? 0)
    return least == most
      ? "\(Quantity.count(most, "item")) each"
      : "\(Quantity.count(least)) to \(Quantity.count(most, "item")) each"
  }
}

extension Plan.PricePoint {
  fileprivate var line: String {
    let name = names.joined(separator: ", ")
    return
      "  \(name): \(Quantity.count(workers, "worker")), \(Quantity.seconds(seconds)), \(Quantity.dollars(dollars))"
  }
}

extension SizeReason {
  /// Why, as the end of a sentence.
  package var words: String {
    switch self {
    case .given: "given"
    case .probe: "small, to find out how long items take"
    case .timeLimit: "as many as the time limit holds"
    case .caution: "few, which costs next to nothing and leaves long items room in the time limit"
    case .payload: "as many as one payload holds"
    case .overhead: "smaller ones would cost more in start-up and overhead than they balance"
    case .balance: "so that all workers end together"
    }
  }
}

extension String {
  fileprivate func padded(to width: Int) -> String {
    self + String(repeating: " ", count: max(0, width - count))
  }
}
