/// What a page says of itself, and how each answer was found.
package struct ExtractedPage: Sendable, Equatable {
  /// The values of the fields asked for; a field that was not found has none. Only authors have several.
  package var values: [PageField: [String]] = [:]
  /// The name of the rule that gave the field.
  package var sources: [PageField: String] = [:]
  /// The values of the user's fields, in the order of the request.
  package var ownFields: [OwnValue] = []
  /// The page read as an article, when that was asked for.
  package var article: Article?
  /// The addresses that the selector of `--follow` found: absolute, each once, in the order of the page.
  package var links: [String] = []
  /// Why the page is taken for a missing one although the server sent it as a good one; a sentence.
  package var notFoundEvidence: String?
  /// The encoding the page was read in, by its name in the Encoding Standard.
  package var charset: String
  /// Whether the body is HTML at all; nothing else is filled when it is not.
  package var isHTML: Bool

  package enum OwnValue: Sendable, Equatable {
    /// The first match; `nil` when there is none.
    case one(String?)
    /// All matches, of `name[]=`.
    case all([String])
  }

  /// The value of a field that has one.
  package subscript(field: PageField) -> String? { values[field]?.first }

  package var title: String? { self[.title] }
  package var authors: [String] { values[.authors] ?? [] }
  package var abstract: String? { self[.abstract] }
  package var year: Int? { self[.year].flatMap { Int($0) } }
}
