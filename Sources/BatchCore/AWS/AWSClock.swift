internal import Glibc

/// Times as AWS writes them.
package enum AWSClock {
  /// Seconds since 1970.
  package static var now: Int { Glibc.time(nil) }

  /// Seconds since 1970 of `2026-11-25T08:00:00Z`, with or without fractions; nil for other texts.
  static func seconds(iso8601 text: String) -> Int? {
    let words = text.split { !$0.isNumber }.compactMap { Int($0) }
    return words.count >= 6 ? seconds(words[0], words[1], words[2], words[3...5]) : nil
  }

  /// The same of the `Date` field of an answer: `Wed, 25 Nov 2026 08:00:00 GMT`.
  static func seconds(httpDate text: String) -> Int? {
    let words = text.split { !$0.isNumber && !$0.isLetter }
    let numbers = words.map { Int($0) }
    guard words.count == 8, let day = numbers[1], let year = numbers[3],
      let month = months.firstIndex(of: String(words[2]))
    else { return nil }
    let time = numbers[4...6].compactMap { $0 }
    return time.count == 3 ? seconds(year, month + 1, day, time[...]) : nil
  }

  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  /// - Parameter time: hours, minutes and seconds.
  private static func seconds(
    _ year: Int, _ month: Int, _ day: Int, _ time: ArraySlice<Int>
  ) -> Int? {
    guard 1970...9999 ~= year, 1...12 ~= month, 1...31 ~= day,
      time.allSatisfy({ 0...60 ~= $0 })
    else { return nil }
    var parts = unsafe tm()
    unsafe parts.tm_year = Int32(year - 1900)
    unsafe parts.tm_mon = Int32(month - 1)
    unsafe parts.tm_mday = Int32(day)
    let fields = time.map { Int32($0) }
    unsafe parts.tm_hour = fields[0]
    unsafe parts.tm_min = fields[1]
    unsafe parts.tm_sec = fields[2]
    return unsafe timegm(&parts)
  }
}
