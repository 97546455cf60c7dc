import Testing

/// A page as sites of its kind write them, and what a reader would take from it.
struct ArticlePage: Sendable, CustomTestStringConvertible {
  let name: String
  let html: String
  let body: String
  let title: String
  let authors: [String]
  let date: String?
  /// How the excerpt begins.
  let excerpt: String

  var testDescription: String { name }
}

extension ArticlePage {
  static let all = news + blogs + documentationAndForums
}
