import Glibc

/// Columns of text, the first to the left, the others to the right.
struct TextTable {
  private var rows: [[String]] = []

  init(_ titles: [String]) { rows.append(titles) }

  mutating func add(_ cells: [String]) { rows.append(cells) }

  /// Prints the rows so far.
  func show() {
    let columns = rows.map(\.count).max() ?? 0
    let widths = (0..<columns).map { column in
      rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
    }
    for row in rows {
      let cells = row.enumerated().map { place, cell in
        let padding = String(repeating: " ", count: widths[place] - cell.count)
        return place == 0 ? cell + padding : padding + cell
      }
      print("  " + cells.joined(separator: "  "))
    }
    print()
    fflush(nil)
  }
}

/// Numbers as the tables show them.
enum Digits {
  /// Three significant digits, or a whole number from 100 on.
  static func text(_ value: Double) -> String {
    guard value.isFinite, value != 0 else { return value == 0 ? "0" : "\(value)" }
    let decimals = max(0, 2 - Int(log10(value.magnitude).rounded(.down)))
    guard decimals <= 5 else { return scientific(value) }
    return fixed(value, decimals)
  }

  /// With so many decimal places.
  static func fixed(_ value: Double, _ decimals: Int) -> String {
    let scale = pow(10.0, Double(decimals))
    let units = Int((value.magnitude * scale).rounded())
    var digits = String(units)
    while digits.count <= decimals { digits = "0" + digits }
    let sign = value < 0 ? "-" : ""
    guard decimals > 0 else { return sign + digits }
    return sign + digits.dropLast(decimals) + "." + digits.suffix(decimals)
  }

  /// Two digits and a power of ten.
  static func scientific(_ value: Double) -> String {
    guard value.isFinite, value != 0 else { return value == 0 ? "0" : "\(value)" }
    var power = Int(log10(value.magnitude).rounded(.down))
    var mantissa = fixed(value / pow(10, Double(power)), 1)
    if mantissa == "10.0" { (mantissa, power) = ("1.0", power + 1) }
    return "\(mantissa)e\(power)"
  }

  /// A median with its spread.
  static func spread(_ timing: Timing, scale: Double = 1) -> String {
    "\(text(timing.median * scale)) (\(text(timing.low * scale))-\(text(timing.high * scale)))"
  }
}
