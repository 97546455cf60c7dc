/// Text from an attribute or from JSON, which may hold markup and entities of its own.
enum MetaText {
  /// The text as a reader would see it; paragraphs of markup stay apart.
  static func readable(_ text: String) -> String {
    guard hasEntity(text) || hasMarkup(text) else { return PlainText.normalized(text) }
    let document = HTMLDocument()
    var source = "<body><div>" + text
    source.withUTF8 { unsafe document.feed(UnsafeRawBufferPointer($0)) }
    document.finish()
    return document.root.map { ElementText.read($0) } ?? text
  }

  /// `&` and `;` with at most a dozen letters and digits between them.
  private static func hasEntity(_ text: String) -> Bool {
    var length: Int?
    for byte in text.utf8 {
      if byte == UInt8(ascii: "&") {
        length = 0
      } else if let count = length {
        if byte == UInt8(ascii: ";"), count > 1 { return true }
        let isPart = byte.isASCIILetter || byte.isASCIIDigit || byte == UInt8(ascii: "#")
        length = isPart && count < 12 ? count + 1 : nil
      }
    }
    return false
  }

  private static let tags: Set<String> = [
    "p", "b", "i", "em", "strong", "sub", "sup", "br", "div", "span", "a", "ul", "ol", "li", "h1",
    "h2", "h3", "h4", "title", "sec", "italic", "bold", "jats:p", "jats:sec", "jats:title",
    "jats:italic", "jats:sub", "jats:sup", "jats:bold",
  ]

  /// Whether a known tag stands in the text: `p < 0.05` is none.
  private static func hasMarkup(_ text: String) -> Bool {
    guard text.utf8.contains(UInt8(ascii: "<")) else { return false }
    for part in text.split(separator: "<").dropFirst(text.hasPrefix("<") ? 0 : 1) {
      let inner = part.first == "/" ? part.dropFirst() : part
      let name = inner.prefix { $0.isLetter || $0.isNumber || $0 == ":" }.lowercased()
      if tags.contains(name), part.contains(">") { return true }
    }
    return false
  }
}
