/// Reads the dates that pages write, and writes them by ISO 8601 as exactly as they are known.
enum DateText {
  /// `2017`, `2017-06` or `2017-06-12`; `nil` when no year can be read.
  static func iso(_ text: String) -> String? {
    let parts = tokens(text)
    return yearFirst(parts) ?? namedMonth(parts) ?? yearLast(parts) ?? onlyYear(parts)
  }

  /// The year of such a date.
  static func year(_ text: String) -> String? { iso(text).map { String($0.prefix(4)) } }

  private enum Token: Equatable {
    case number(Int, digits: Int)
    case month(Int)
    case other
  }

  /// The numbers and months at the beginning; a clock time ends them.
  private static func tokens(_ text: String) -> [Token] {
    var words: [Substring] = []
    var rest = text[...]
    while let start = rest.firstIndex(where: { $0.isLetter || $0.isASCIIDigit }) {
      let isNumber = rest[start].isASCIIDigit
      let end =
        rest[start...].firstIndex { isNumber ? !$0.isASCIIDigit : !$0.isLetter } ?? rest.endIndex
      words.append(rest[start..<end])
      rest = rest[end...]
      if words.count == 8 { break }
    }
    return words.flatMap(token)
  }

  private static func token(_ word: Substring) -> [Token] {
    if let number = Int(word) {
      // 20170612, as some metas have it.
      if word.utf8.count == 8, let year = Int(word.prefix(4)), isYear(year) {
        return [
          .number(year, digits: 4), .number(number / 100 % 100, digits: 2),
          .number(number % 100, digits: 2),
        ]
      }
      return [.number(number, digits: word.utf8.count)]
    }
    let months = [
      "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ]
    if let index = months.firstIndex(of: word.prefix(3).lowercased()) { return [.month(index + 1)] }
    return [.other]
  }

  private static func isYear(_ number: Int) -> Bool { (1500...2100).contains(number) }

  private static func yearFirst(_ parts: [Token]) -> String? {
    guard case .number(let year, digits: 4)? = parts.first, isYear(year) else { return nil }
    var month: Int?
    if parts.count > 1 {
      switch parts[1] {
      case .number(let number, digits: 1...2): month = number
      case .month(let number): month = number
      default: break
      }
    }
    guard let month else { return text(year, nil, nil) }
    guard parts.count > 2, case .number(let day, digits: 1...2) = parts[2] else {
      return text(year, month, nil)
    }
    return text(year, month, day)
  }

  /// `12 June 2017`, `June 12, 2017`, `June 2017`, also behind the name of a day.
  private static func namedMonth(_ parts: [Token]) -> String? {
    guard let place = parts.firstIndex(where: { if case .month = $0 { true } else { false } }),
      case .month(let month) = parts[place]
    else { return nil }
    var day: Int?
    for part in parts {
      switch part {
      case .number(let number, digits: 4) where isYear(number): return text(number, month, day)
      case .number(let number, digits: 1...2) where day == nil: day = number
      default: break
      }
    }
    return nil
  }

  /// `12.06.2017`, and `06/13/2017`; when day and month cannot be told apart, only the year is known.
  private static func yearLast(_ parts: [Token]) -> String? {
    guard parts.count >= 3, case .number(let first, digits: 1...2) = parts[0],
      case .number(let second, digits: 1...2) = parts[1],
      case .number(let year, digits: 4) = parts[2], isYear(year)
    else { return nil }
    if first == second { return text(year, first, first) }
    if first > 12 { return text(year, second, first) }
    return second > 12 ? text(year, first, second) : text(year, nil, nil)
  }

  private static func onlyYear(_ parts: [Token]) -> String? {
    for case .number(let number, digits: 4) in parts where isYear(number) {
      return text(number, nil, nil)
    }
    return nil
  }

  private static func text(_ year: Int, _ month: Int?, _ day: Int?) -> String {
    func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    guard let month, (1...12).contains(month) else { return "\(year)" }
    guard let day, (1...31).contains(day) else { return "\(year)-\(padded(month))" }
    return "\(year)-\(padded(month))-\(padded(day))"
  }
}

extension Character {
  fileprivate var isASCIIDigit: Bool { asciiValue?.isASCIIDigit ?? false }
}
