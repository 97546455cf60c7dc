/// The keys of a record that do not come from the user, in the order in which they stand.
package enum RecordKey: String, CaseIterable, Sendable {
  case url
  case finalURL = "final_url"
  case status
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
  case contentType = "content_type"
  case charset
  case source
  case error
  case fetchedAt = "fetched_at"
  case elapsedMilliseconds = "elapsed_ms"
  case attempts
  case bytes

  /// Whether the value differs from one fetching to the next.
  var isOfTheMoment: Bool {
    [.fetchedAt, .elapsedMilliseconds, .attempts, .bytes].contains(self)
  }

  /// What has to be looked for on the page, if anything.
  var field: PageField? { PageField(rawValue: rawValue) }
}
