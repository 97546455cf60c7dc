/// An option with values from 60-digit arithmetic, as tools/golden-options.py writes them.
package struct ExactOption: Sendable {
  /// The kind of input: plain, or one of the extremes.
  package let kind: String
  package let option: EuropeanOption
  /// Price, delta, gamma, vega, theta, rho, correctly rounded.
  package let values: [Double]
  /// The volatility of the rounded price, where rounding leaves one.
  package let impliedVolatility: Double?
  /// The error in it that half the last place of the price makes.
  package let forcedError: Double?

  /// The options of a golden table, whose first line is a header; lines that are not rows are left out.
  package static func table(csv: String) -> [ExactOption] {
    csv.split(separator: "\n").dropFirst().compactMap(ExactOption.init)
  }

  private init?(_ line: Substring) {
    let fields = line.split(separator: ",", omittingEmptySubsequences: false)
    guard fields.count == 16 else { return nil }
    let inputs = fields[1...6].compactMap { Double($0) }
    let values = fields[8...13].compactMap { Double($0) }
    guard inputs.count == 6, values.count == 6 else { return nil }
    kind = String(fields[0])
    option = EuropeanOption(
      spot: inputs[0], strike: inputs[1], rate: inputs[2], dividend: inputs[3],
      volatility: inputs[4], maturity: inputs[5], isPut: fields[7] == "put")
    self.values = values
    impliedVolatility = Double(fields[14])
    forcedError = Double(fields[15])
  }
}

extension AccuracySummary {
  /// How far kernels are from exact values: a summary for each kind of option and each value.
  package static func table(of options: [ExactOption], by kernels: Kernels) -> [AccuracySummary] {
    let prices = kernels.price(options.map(\.option)).map { $0.price.inOrder }
    var summaries: [AccuracySummary] = []
    var first = 0
    while first < options.count {
      let kind = options[first].kind
      let end = options[first...].firstIndex { $0.kind != kind } ?? options.count
      for (value, name) in OptionPrice.names.enumerated() {
        var summary = AccuracySummary(name: "\(kind) \(name)")
        for row in first..<end {
          summary.add(prices[row][value], exact: options[row].values[value], row: row)
        }
        summaries.append(summary)
      }
      first = end
    }
    return summaries
  }
}

extension OptionPrice {
  /// The names of the values, in the order in which golden tables have them.
  package static var names: [String] { ["price", "delta", "gamma", "vega", "theta", "rho"] }

  /// The values in the order of their names.
  package var inOrder: [Double] { [price, delta, gamma, vega, theta, rho] }
}
