package import BatchCore

/// What came of one page: what the fetcher says, what was found, why it failed.
package struct PageAnswer {
  /// Why there is no result.
  package struct Failure: Equatable {
    var code: ItemFailure.Code
    var isTransient: Bool
    var message: String

    package init(code: ItemFailure.Code, isTransient: Bool = false, message: String) {
      self.code = code
      self.isTransient = isTransient
      self.message = message
    }
  }

  var head: PageHead?
  var result: PageResult?
  package var page: ExtractedPage?
  var failure: Failure?
  /// In milliseconds since 1970.
  var fetchedAt = 0
  /// Attempts of earlier batches.
  var earlierAttempts = 0

  init(head: PageHead?, result: PageResult?) {
    self.head = head
    self.result = result
  }

  package init(failure: Failure? = nil) { self.failure = failure }

  var status: Int? { result?.status ?? head?.status }

  /// Where redirects led; the typed path for a file, which is the same on every machine.
  func finalURL(typed: String) -> String? {
    guard let url = result?.url ?? head?.url, result?.attempts ?? 0 > 0 || head != nil else {
      return nil
    }
    return url.scheme == .file ? typed : url.text
  }

  /// The type without its parameters, in lower case.
  var contentType: String? {
    guard let type = head?.contentType else { return nil }
    let name = type.prefix { $0 != ";" }.lowercased()
    return name.isEmpty ? nil : name.trimmingBlanks
  }

  func failure(of item: Int, _ listed: ListedPage) -> ItemFailure? {
    failure.map {
      ItemFailure(
        item: ItemID(item), code: $0.code, isTransient: $0.isTransient, message: $0.message,
        location: .init(line: listed.line, value: String(listed.shown.prefix(200))))
    }
  }
}

extension ItemFailure.Code {
  /// The body is no HTML.
  static let notHTML = ItemFailure.Code(rawValue: "not_html")
  /// The page says that it is missing, though the server sent it as a good one.
  static let softNotFound = ItemFailure.Code(rawValue: "soft_404")
}
