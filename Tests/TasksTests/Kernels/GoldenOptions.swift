import BlackScholes
import FoundationEssentials

/// Options with values from 60-digit arithmetic, as tools/golden-options.py wrote them.
struct GoldenOptions {
  struct Row {
    let kind: String
    let option: EuropeanOption
    /// Price, delta, gamma, vega, theta, rho, correctly rounded.
    let values: [Double]
    /// The volatility of the rounded price, where rounding leaves one.
    let impliedVolatility: Double?
    /// The error in it that half the last place of the price makes.
    let forcedError: Double?
  }

  let rows: [Row]

  var kinds: [String] {
    rows.reduce(into: []) { kinds, row in if kinds.last != row.kind { kinds.append(row.kind) } }
  }

  static func load() throws -> GoldenOptions {
    let folder = URL(filePath: #filePath).deletingLastPathComponent()
    let file = folder.appending(path: "golden-options.csv")
    let text = try String(contentsOf: file, encoding: .utf8)
    return GoldenOptions(rows: text.split(separator: "\n").dropFirst().compactMap(row))
  }

  private static func row(_ line: Substring) -> Row? {
    let fields = line.split(separator: ",", omittingEmptySubsequences: false)
    guard fields.count == 16 else { return nil }
    let inputs = fields[1...6].compactMap { Double($0) }
    let values = fields[8...13].compactMap { Double($0) }
    guard inputs.count == 6, values.count == 6 else { return nil }
    let option = EuropeanOption(
      spot: inputs[0], strike: inputs[1], rate: inputs[2], dividend: inputs[3],
      volatility: inputs[4], maturity: inputs[5], isPut: fields[7] == "put")
    return Row(
      kind: String(fields[0]), option: option, values: values,
      impliedVolatility: Double(fields[14]), forcedError: Double(fields[15]))
  }
}
