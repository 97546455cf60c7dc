extension Quantity {
  /// "1,234,567".
  package static func count(_ count: Int) -> String {
    let digits = Array(String(count.magnitude))
    var text = count < 0 ? "-" : ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index).isMultiple(of: 3) { text += "," }
      text.append(digit)
    }
    return text
  }

  /// "1 item", "1,234 items".
  package static func count(_ count: Int, _ noun: String) -> String {
    self.count(count) + " " + (count == 1 ? noun : noun + "s")
  }

  /// "3.4 M/s", "850/s", "12.5/s", for a rate in items a second.
  package static func rate(_ perSecond: Double) -> String {
    scaled(perSecond, units: ["", " k", " M", " G", " T"]) + "/s"
  }

  /// "512 B", "1.2 GB", in units of 1,000.
  package static func bytes(_ bytes: Int) -> String {
    scaled(Double(bytes), units: [" B", " kB", " MB", " GB", " TB", " PB"])
  }

  /// Up to three significant digits and the first unit with which fewer than 1,000 remain.
  private static func scaled(_ value: Double, units: [String]) -> String {
    guard value.isFinite else { return "?" }
    var rest = value
    var unit = 0
    // Three digits of 999.6 would read as 1000.
    while abs(rest) >= 999.5, unit < units.count - 1 {
      rest /= 1000
      unit += 1
    }
    return significant(rest) + units[unit]
  }
}
