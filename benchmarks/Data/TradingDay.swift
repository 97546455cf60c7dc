/// Mondays to Fridays from 3 January 1994 on, written as ISO dates.
enum TradingDay {
  static func first(_ count: Int) -> [String] {
    var day = CalendarDay(year: 1994, month: 1, day: 3)
    var weekday = 0
    var days: [String] = []
    while days.count < count {
      if weekday < 5 { days.append(day.text) }
      day.advance()
      weekday = (weekday + 1) % 7
    }
    return days
  }
}

/// A date of the Gregorian calendar.
private struct CalendarDay {
  var year: Int
  var month: Int
  var day: Int

  var text: String {
    "\(year)-" + (month < 10 ? "0" : "") + "\(month)-" + (day < 10 ? "0" : "") + "\(day)"
  }

  private var daysOfMonth: Int {
    switch month {
    case 4, 6, 9, 11: 30
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    default: 31
    }
  }

  mutating func advance() {
    day += 1
    if day > daysOfMonth { (day, month) = (1, month + 1) }
    if month > 12 { (month, year) = (1, year + 1) }
  }
}
