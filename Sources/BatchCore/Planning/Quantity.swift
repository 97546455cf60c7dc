import Glibc

/// Times, shares and dollars in words of three significant digits.
package enum Quantity {
  /// "120 µs", "3.4 ms", "12.5 s", "3 min 20 s", "2 h 05 min".
  package static func seconds(_ seconds: Double) -> String {
    guard seconds.isFinite else { return "for ever" }
    if seconds <= 0 { return "0 s" }
    if seconds < 0.9995e-3 { return significant(seconds * 1e6) + " µs" }
    if seconds < 0.9995 { return significant(seconds * 1e3) + " ms" }
    if seconds < 99.95 { return significant(seconds) + " s" }
    let whole = Int(min(seconds, 1e15).rounded())
    if whole < 3600 { return "\(whole / 60) min \(padded(whole % 60)) s" }
    return "\(whole / 3600) h \(padded(whole / 60 % 60)) min"
  }

  /// "12.3 %", for a share from 0 to 1.
  package static func percent(_ share: Double) -> String {
    significant(share * 100) + " %"
  }

  /// "$21.60", "$0.0042".
  package static func dollars(_ dollars: Double) -> String {
    guard dollars < 0.995 else {
      let cents = Int((dollars * 100).rounded())
      return "$\(cents / 100).\(padded(cents % 100))"
    }
    return "$" + significant(dollars)
  }

  /// Three significant digits without exponent.
  package static func significant(_ value: Double) -> String {
    guard value != 0, value.isFinite else { return value == 0 ? "0" : "\(value)" }
    let exponent = Int(log10(abs(value)).rounded(.down))
    let digits = max(0, min(9, 2 - exponent))
    let scale = pow(10, Double(digits))
    let scaled = Int((abs(value) * scale).rounded())
    var text = String(scaled / Int(scale))
    if digits > 0 {
      let fraction = String(scaled % Int(scale))
      text += "." + String(repeating: "0", count: digits - fraction.count) + fraction
      while text.last == "0" { text.removeLast() }
      if text.last == "." { text.removeLast() }
    }
    return (value < 0 ? "-" : "") + text
  }

  private static func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
