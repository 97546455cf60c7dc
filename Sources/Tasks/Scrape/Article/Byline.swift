/// Names of people in a line such as "By Ada Lovelace and Alan Turing, staff writers | 3 May 2020".
enum Byline {
  private static let openings = [
    "written by", "posted by", "article by", "published by", "by", "von", "par", "por",
  ]

  static func names(_ line: String) -> [String] {
    var rest = PlainText.line(line)
    for opening in openings
    where rest.lowercased().hasPrefix(opening + " ") || rest.lowercased().hasPrefix(opening + ":") {
      rest = PlainText.line(String(rest.dropFirst(opening.count + 1)))
      break
    }
    if let end = rest.firstIndex(where: { "|·•–—(".contains($0) }) { rest = String(rest[..<end]) }
    for word in [" on ", " updated ", " published "] {
      if let range = rest.lowercased().firstRange(ofText: word),
        rest.lowercased().utf8.count == rest.utf8.count
      {
        rest = String(rest[..<range.lowerBound])
      }
    }
    let separated = rest.replacing(" and ", with: ",").replacing(" & ", with: ",")
      .replacing(";", with: ",")
    return separated.split(separator: ",").map { PlainText.line(String($0)) }.filter(isName)
  }

  /// Names are short, have a letter and no digit, and are more than the word for a writer.
  private static func isName(_ text: String) -> Bool {
    let isRole = [
      "staff", "staff writer", "staff writers", "editor", "admin", "contributor", "author",
    ]
    .contains(text.lowercased())
    return !isRole && text.count >= 2 && text.count < 60 && text.contains { $0.isLetter }
      && !text.contains { $0.isNumber } && text.split(separator: " ").count <= 6
  }

  static func distinct(_ names: [String]) -> [String] {
    var seen: Set<String> = []
    return names.filter { seen.insert($0.lowercased()).inserted }
  }
}
