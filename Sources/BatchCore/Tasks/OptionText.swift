/// The grammar of option values: text in, a value out, nil when the text is something else.
///
/// Checking an option and reading it later use the same functions, so that they cannot disagree.
package enum OptionText {
  /// A whole number in decimal digits with an optional sign.
  package static func integer(_ text: String) -> Int? { Int(text) }

  /// A finite decimal number; words such as `nan` and hexadecimal digits are refused.
  package static func number(_ text: String) -> Double? {
    guard text.utf8.allSatisfy(isNumberByte), let value = Double(text), value.isFinite else {
      return nil
    }
    return value
  }

  /// Seconds, from a number alone or with `ms`, `s`, `m`, `min` or `h`.
  package static func durationSeconds(_ text: String) -> Double? {
    scaled(text, by: ["": 1, "ms": 0.001, "s": 1, "m": 60, "min": 60, "h": 3600])
  }

  /// Bytes, from a number alone or with a unit such as `kB`, `MB`, `KiB` or `GiB` in any case.
  package static func byteCount(_ text: String) -> Int? {
    let units: [String: Double] = [
      "": 1, "b": 1, "k": 1e3, "kb": 1e3, "m": 1e6, "mb": 1e6, "g": 1e9, "gb": 1e9, "t": 1e12,
      "tb": 1e12, "kib": 1024, "mib": 1_048_576, "gib": 1_073_741_824, "tib": 1_099_511_627_776,
    ]
    return scaled(text.lowercased(), by: units).flatMap { Int(exactly: $0.rounded()) }
  }

  /// Finite numbers separated by commas; at least one.
  package static func numberList(_ text: String) -> [Double]? {
    var numbers: [Double] = []
    for piece in text.split(separator: ",", omittingEmptySubsequences: false) {
      guard let number = number(String(piece)) else { return nil }
      numbers.append(number)
    }
    return numbers
  }

  /// A name and a value around the first `=`; the name is not empty.
  package static func assignment(_ text: String) -> (name: String, value: String)? {
    guard let equals = text.firstIndex(of: "="), equals != text.startIndex else { return nil }
    return (String(text[..<equals]), String(text[text.index(after: equals)...]))
  }

  /// A share of all such as `5%`, as a number from 0 to 1.
  package static func share(_ text: String) -> Double? {
    guard text.hasSuffix("%"), let percent = number(String(text.dropLast())),
      (0...100).contains(percent)
    else { return nil }
    return percent / 100
  }

  /// A count such as `20`, or a share of all items such as `5%`.
  package static func countOrShare(_ text: String) -> CountOrShare? {
    guard text.hasSuffix("%") else {
      return integer(text).flatMap { $0 >= 0 ? .count($0) : nil }
    }
    return share(text).map { .share($0) }
  }

  // MARK: - Parts of numbers

  private static func isNumberByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"),
      UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"):
      true
    default: false
    }
  }

  /// A non-negative number followed by one of the units.
  private static func scaled(_ text: String, by units: [String: Double]) -> Double? {
    let digits = text.prefix { $0.isNumber || $0 == "." || $0 == "+" }
    let unit = text.dropFirst(digits.count)
    if let factor = units[String(unit)], let value = number(String(digits)) {
      return value * factor
    }
    // A plain number may carry an exponent, which a unit may not.
    return number(text).flatMap { $0 >= 0 ? $0 : nil }
  }
}

/// A number of items, or a share of all items.
public enum CountOrShare: Sendable, Equatable {
  case count(Int)
  /// Between 0 and 1.
  case share(Double)

  /// The number of items that this allows among `total`, rounded down.
  public func limit(of total: Int) -> Int {
    switch self {
    case .count(let count): count
    // A share such as 0.29 is a little less than 29 % in binary.
    case .share(let share): Int(share * Double(total) * (1 + 1e-12))
    }
  }
}
