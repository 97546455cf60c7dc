/// Tells from the page alone whether a text can be an abstract.
enum AbstractJudge {
  enum Verdict: Equatable {
    case good
    /// It may be cut off: only taken when nothing better is found.
    case doubtful
    /// It is something else.
    case rejected
  }

  /// Bytes of the shortest abstract that is taken without a doubt.
  private static let shortest = 40
  /// Bytes of the longest: a whole article stands behind some headings.
  private static let longest = 20_000

  static func judge(_ text: String, _ facts: PageFacts) -> Verdict {
    if text.utf8.count > longest || isName(text, facts) || isPlaceholder(text) || isList(text) {
      return .rejected
    }
    if text.utf8.count < shortest || isCut(text) { return .doubtful }
    return .good
  }

  /// Whether a text is nothing but the title of the page or the name of its site.
  private static func isName(_ text: String, _ facts: PageFacts) -> Bool {
    guard text.utf8.count <= PageFacts.longestName else { return false }
    let compared = PageFacts.compared(text)
    return compared.isEmpty || facts.siteNames.contains(compared) || facts.titles.contains(compared)
  }

  /// Whether a text stops in the middle: at an ellipsis, or without the end of a sentence.
  static func isCut(_ text: String) -> Bool {
    let ends = text.trimmingBlanks
    if ends.hasSuffix("…") || ends.hasSuffix("...") || ends.hasSuffix("[…]")
      || ends.hasSuffix("[...]")
    {
      return true
    }
    let closing: Set<Character> = ["\"", "'", "”", "’", "»", ")", "]", "}", "$", "*"]
    guard let last = ends.last(where: { !closing.contains($0) }) else { return true }
    return !".!?。！？．:;%".contains(last) && !last.isNumber && !isURL(ends)
  }

  /// Abstracts often end in the address of their code.
  private static func isURL(_ text: String) -> Bool {
    let start = text.utf8.lastIndex(where: \.isBlank).map { text.utf8.index(after: $0) }
    let last = text[(start ?? text.startIndex)...]
    return last.contains("://") || last.contains("www.") || last.contains("github.com")
  }

  private static func isPlaceholder(_ text: String) -> Bool {
    guard text.utf8.count < 80 else { return false }
    let words = HeadingWords.core(of: text.lowercased())
    return [
      "abstract", "no abstract", "no abstract available", "abstract not available", "n a", "none",
      "not available", "no abstract is available for this article", "no abstract provided",
    ].contains(words)
  }

  /// Names or keywords: parts between commas or semicolons that are all short, and no sentence.
  static func isList(_ text: String) -> Bool {
    guard !ByteSearch.contains(text, ". "), text.utf8.last != UInt8(ascii: ".") else {
      return false
    }
    let parts = text.split { ",;、；•|\n".contains($0) }
    guard parts.count >= 3 else { return isNames(text) }
    return parts.allSatisfy { part in
      part.split(whereSeparator: \.isWhitespace).count <= 5
    }
  }

  /// One or two names: a few words, nearly all of them with a capital.
  private static func isNames(_ text: String) -> Bool {
    let words = text.split(whereSeparator: \.isWhitespace)
    guard words.count <= 8, text.utf8.count < shortest * 2,
      text.contains(where: { ",;&".contains($0) })
    else { return false }
    let capitals = words.count { $0.first?.isUppercase == true }
    return capitals * 3 >= words.count * 2
  }

  /// Takes a label such as "Abstract:" off the beginning.
  static func withoutLabel(_ text: String) -> String {
    guard let first = text.utf8.first, !first.isASCIILetter || "azrs".utf8.contains(first | 0x20)
    else { return text }
    for label in ["abstract", "zusammenfassung", "résumé", "resumen", "summary", "摘要", "要旨", "抄録"] {
      guard text.prefix(label.count).lowercased() == label else { continue }
      let rest = text.dropFirst(label.count)
      guard let next = rest.first else { return "" }
      let marks: Set<Character> = [":", ".", "—", "–", "-", "\n"]
      let trimmed = rest.drop { $0.isWhitespace || marks.contains($0) }
      let gap = rest[..<trimmed.startIndex]
      if marks.contains(next) || gap.contains(where: { marks.contains($0) }) {
        return String(trimmed)
      }
    }
    return text
  }
}
