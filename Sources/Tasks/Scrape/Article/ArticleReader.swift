/// What a reader wants of a page that is not a paper.
package struct Article: Sendable, Equatable {
  package var title: String?
  package var authors: [String]
  /// By ISO 8601, as exactly as the page says.
  package var date: String?
  /// The page's description of itself, or its first paragraph.
  package var excerpt: String?
  /// The main text; paragraphs are apart by an empty line.
  package var text: String?
}

/// Reads articles: news, blog posts, documentation, threads of a forum.
package enum ArticleReader {
  /// Less text than this, and class names are not believed.
  private static let fewestCharacters = 250

  /// - Parameter root: the `html` element of a page that has been parsed to its end.
  package static func read(_ root: HTMLNode) -> Article {
    let head = ArticleHead(root)
    let title = head.title.flatMap { $0.isEmpty ? nil : $0 }
    var text = ArticleBody(ArticleTree(root, trustsHints: true)).text(title: title)
    if text.count < fewestCharacters {
      let other = ArticleBody(ArticleTree(root, trustsHints: false)).text(title: title)
      if other.count > text.count * 2 { text = other }
    }
    // Where the page itself shows only a part, or scripts are to build it.
    if let linked = head.linkedBody, linked.count * 3 > text.count * 5 { text = linked }
    return Article(
      title: title, authors: head.authors, date: head.date, excerpt: excerpt(head, text),
      text: text.isEmpty ? nil : text)
  }

  private static func excerpt(_ head: ArticleHead, _ text: String) -> String? {
    if let summary = head.summary, summary.count >= 20 { return summary }
    let paragraphs = text.split(separator: "\n\n").map { PlainText.line(String($0)) }
    return (paragraphs.first { $0.count >= 60 } ?? paragraphs.first).map(shortened)
  }

  /// An excerpt is no longer than this, in characters.
  private static let longestExcerpt = 400

  /// Whole sentences as far as they fit, else words and an ellipsis.
  private static func shortened(_ paragraph: String) -> String {
    guard paragraph.count > longestExcerpt else { return paragraph }
    let start = paragraph.prefix(longestExcerpt)
    let ends: Set<Character> = [".", "!", "?", "。", "！", "？"]
    if let end = start.lastIndex(where: ends.contains), start[...end].count > longestExcerpt / 4 {
      return String(start[...end])
    }
    let words = start.lastIndex(of: " ").map { start[..<$0] } ?? start.dropLast()
    return words + "…"
  }
}
