package import BatchCore
internal import Glibc

/// The `Retry-After` field in both its forms (RFC 9110, 10.2.3).
package enum RetryAfter {
  /// Seconds to wait; nil when the field is missing or says nothing.
  ///
  /// A date is compared with the server's own `Date`, where it has sent one: its clock may differ.
  package static func seconds(in head: HTTPHead, now: Int? = nil) -> Double? {
    guard let text = head.value(of: "retry-after") else { return nil }
    if !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) { return Double(text) }
    guard let then = HTTPDate.seconds(text) else { return nil }
    let reference =
      head.value(of: "date").flatMap { HTTPDate.seconds($0) } ?? now ?? time(nil)
    return Double(max(0, then - reference))
  }
}

/// Dates of HTTP in their three spellings (RFC 9110, 5.6.7), as seconds since 1970.
enum HTTPDate {
  private static let months = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
  ]

  static func seconds(_ text: String) -> Int? {
    let words = text.lowercased().split { " ,-".contains($0) }
    // The day of the week comes first, and says nothing.
    guard words.count >= 5 else { return nil }
    // asctime: Sun Nov  6 08:49:37 1994; the others have the day before the month.
    let isASCTime = months.contains(String(words[1]))
    let (day, month) = isASCTime ? (words[2], words[1]) : (words[1], words[2])
    let (clock, year) = isASCTime ? (words[3], words[4]) : (words[4], words[3])
    let parts = clock.split(separator: ":").map { Int($0) }
    guard let monthIndex = months.firstIndex(of: String(month)), let day = Int(day),
      let year = Int(year), parts.count == 3, let hour = parts[0], let minute = parts[1],
      let second = parts[2], (1...31).contains(day), (0...9999).contains(year),
      (0...23).contains(hour),
      (0...59).contains(minute), (0...60).contains(second)
    else { return nil }
    // Two digits mean the century that is nearest.
    let fullYear = year < 70 ? year + 2000 : year < 100 ? year + 1900 : year
    let days = days(year: fullYear, month: monthIndex + 1, day: day)
    return ((days * 24 + hour) * 60 + minute) * 60 + second
  }

  /// Days since 1970 in the Gregorian calendar; the year is counted from March, so that the leap day
  /// is its last.
  private static func days(year: Int, month: Int, day: Int) -> Int {
    let year = month <= 2 ? year - 1 : year
    let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
    return year * 365 + year / 4 - year / 100 + year / 400 + dayOfYear - 719_468
  }
}
