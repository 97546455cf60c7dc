/// What is looked for on every page, in the order of the record.
package enum PageField: String, Sendable, CaseIterable, Hashable {
  case title
  case authors
  case abstract
  case year
  case date
  case doi
  case venue
  case pdfURL = "pdf_url"
  case language
  case site

  /// Whether a page may have several values of it.
  package var isList: Bool { self == .authors }
}
