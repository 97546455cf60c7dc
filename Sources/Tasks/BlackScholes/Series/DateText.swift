/// How the dates of a file are written; one way per file.
package enum DateStyle: String, CaseIterable, Sendable {
  /// `2024-12-31`.
  case iso
  /// `20241231`.
  case compact
  /// Any whole number, such as a day count.
  case integer

  /// The style of a date, as the first date of a file shows it.
  package init?(of text: UnsafeRawBufferPointer) {
    let style = Self.allCases.first { unsafe $0.order(of: text) != nil }
    guard let style else { return nil }
    self = style
  }

  /// A number that grows with the date; nil when the text is not a date of this style.
  ///
  /// Blanks around a date are allowed, as around numbers.
  package func order(of text: UnsafeRawBufferPointer) -> Int? {
    let text = unsafe text.trimmingBlanks()
    switch self {
    case .iso:
      guard unsafe text.count == 10 && text[4] == Self.dash && text[7] == Self.dash else {
        return nil
      }
      return unsafe Self.calendar(
        Self.digits(text, 0..<4), Self.digits(text, 5..<7), Self.digits(text, 8..<10))
    case .compact:
      guard text.count == 8 else { return nil }
      return unsafe Self.calendar(
        Self.digits(text, 0..<4), Self.digits(text, 4..<6), Self.digits(text, 6..<8))
    case .integer:
      return unsafe Self.integer(text)
    }
  }

  /// The words for "is not".
  package var words: String {
    switch self {
    case .iso: "a date written like the file's first, YYYY-MM-DD"
    case .compact: "a date written like the file's first, YYYYMMDD"
    case .integer: "a whole number like the file's first date"
    }
  }

  private static let dash = UInt8(ascii: "-")

  private static func digits(_ text: UnsafeRawBufferPointer, _ range: Range<Int>) -> Int? {
    var number = 0
    for index in range {
      let digit = unsafe text[index] &- 0x30
      guard digit < 10 else { return nil }
      number = number * 10 + Int(digit)
    }
    return number
  }

  private static func integer(_ text: UnsafeRawBufferPointer) -> Int? {
    let isNegative = unsafe text.first == dash
    let first = isNegative ? 1 : 0
    guard text.count > first, text.count - first <= 18 else { return nil }
    return unsafe digits(text, first..<text.count).map { isNegative ? -$0 : $0 }
  }

  private static func calendar(_ year: Int?, _ month: Int?, _ day: Int?) -> Int? {
    guard let year, let month, let day, (1...12).contains(month),
      (1...days(ofMonth: month, year: year)).contains(day)
    else { return nil }
    return (year * 100 + month) * 100 + day
  }

  private static func days(ofMonth month: Int, year: Int) -> Int {
    let isLeap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0
    return switch month {
    case 2: isLeap ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }
}
