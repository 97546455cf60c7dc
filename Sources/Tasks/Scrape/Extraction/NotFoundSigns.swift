/// The words by which a page that was served as a good one says that it is not there.
enum NotFoundSigns {
  private static let headings = [
    "not found", "page not found", "404", "404 not found", "error 404", "404 error",
    "404 page not found", "404 - not found", "404 - page not found", "page does not exist",
    "this page does not exist", "page could not be found", "the page could not be found",
    "the page you requested could not be found", "this page could not be found",
    "the requested page could not be found", "paper not found", "article not found",
    "document not found",
  ]

  static let rule = Rule(
    name: "not found",
    kind: .heading(
      Rule.HeadingRule(
        selector: headingSelector, words: headings, reach: .itself, without: nil)))

  private static let headingSelector = Selector(
    alternatives: ["h1", "h2"].map { tag in
      Selector.Chain(subject: Selector.Compound(tag: ByteName(tag)))
    })

  /// Whether the text of a `title` says so: one of its parts is one of the headings.
  static func isSign(title: String) -> Bool {
    let separators: Set<Character> = ["|", "-", "–", "—", ":", "·", "•"]
    let text = title.lowercased()
    if headings.contains(HeadingWords.core(of: text)) { return true }
    return text.split(whereSeparator: { separators.contains($0) }).contains { part in
      let core = HeadingWords.core(of: String(part))
      return headings.contains(core) && core != "404"
        || part.trimmingBlanks == "404" || headings.contains(part.trimmingBlanks)
    }
  }
}

/// The words of a heading without numbering and punctuation around them.
enum HeadingWords {
  /// - Parameter text: in lower case.
  static func core(of text: String) -> String {
    let bytes = Array(text.utf8)
    return bytes.allSatisfy { $0 < 0x80 } ? core(ofASCII: bytes, text) : core(beyondASCII: text)
  }

  private static func core(ofASCII bytes: [UInt8], _ text: String) -> String {
    guard let first = bytes.firstIndex(where: \.isASCIILetter),
      let last = bytes.lastIndex(where: \.isASCIILetter)
    else { return text.trimmingBlanks }
    let words = bytes[first...last].split { $0 == 0x20 || (0x09...0x0D).contains($0) }
    return String(decoding: Array(words.joined(separator: [0x20])), as: UTF8.self)
  }

  private static func core(beyondASCII text: String) -> String {
    let isEdge: (Character) -> Bool = { !$0.isLetter }
    guard let first = text.firstIndex(where: { !isEdge($0) }),
      let last = text.lastIndex(where: { !isEdge($0) })
    else { return text.trimmingBlanks }
    return text[first...last].split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }
}
