/// Lines of a given width from texts of any length.
enum Wrapping {
  /// Fills lines with words; every line begins with `indent` blanks.
  static func fill(_ text: String, width: Int, indent: Int = 0) -> String {
    lines(text, width: width - indent)
      .map { String(repeating: " ", count: indent) + $0 }
      .joined(separator: "\n")
  }

  /// A heading with rows of two columns, the second of which is filled from `indent` on.
  static func section(
    _ title: String, _ rows: [(left: String, right: String)], indent: Int, width: Int
  ) -> String {
    var text = ["\(title):"]
    for (left, right) in rows {
      var lines = Wrapping.lines(right, width: width - indent)[...]
      var first = "  \(left)"
      if first.count + 2 <= indent, let beside = lines.popFirst() {
        first += String(repeating: " ", count: indent - first.count) + beside
      }
      text.append(first)
      text += lines.map { String(repeating: " ", count: indent) + $0 }
    }
    return text.joined(separator: "\n")
  }

  private static func lines(_ text: String, width: Int) -> [String] {
    var lines: [String] = []
    var line = ""
    var count = 0
    for word in text.split(separator: " ") {
      let length = word.count
      if count > 0, count + 1 + length > width {
        lines.append(line)
        line = ""
        count = 0
      }
      line += (count > 0 ? " " : "") + word
      count += length + (count > 0 ? 1 : 0)
    }
    return count > 0 ? lines + [line] : lines
  }
}
