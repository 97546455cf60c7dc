internal import BatchCore

/// What the cache keeps of a page beside its body.
///
/// Layout of a cache, in one place:
///
///     DIR/v1/ab/<62 more digits>.page     SHA-256 of "GET <address asked for>", credentials included
///     DIR/v1/tmp/<process>-<number>       an entry that is being written
///
/// An entry is a text head, one `name value` on each line up to an empty line, the first being
/// `batchrun-page 1`; then the body as zstd frames, one for each piece; then 32 hexadecimal digits,
/// the XXH3 of everything before. An entry appears by rename, so that several processes can share a
/// cache; one that does not end with the right digits is damaged, and fetched again.
struct CachedPage: Sendable, Equatable {
  var status = 0
  var url: WebURL
  var redirects: [WebURL] = []
  var contentType: String?
  var contentLanguage: String?
  var link: String?
  var lastModified: String?
  var etag: String?
  /// A failure that another attempt would not mend: code and message.
  var failure: PageFailure?

  init(url: WebURL) { self.url = url }

  init(_ head: PageHead, etag: String?) {
    status = head.status ?? 0
    url = head.url
    redirects = head.redirects
    contentType = head.contentType
    contentLanguage = head.contentLanguage
    link = head.link
    lastModified = head.lastModified
    self.etag = etag
  }

  var head: PageHead {
    PageHead(
      status: status, url: url, redirects: redirects, contentType: contentType,
      contentLanguage: contentLanguage, link: link, lastModified: lastModified)
  }

  /// Header lines that ask whether the page has changed; empty when the server gave no means to tell.
  var conditions: [String] {
    var lines: [String] = []
    if let etag { lines.append("If-None-Match: \(etag)") }
    if let lastModified { lines.append("If-Modified-Since: \(lastModified)") }
    return lines
  }

  static func digest(of url: WebURL) -> String {
    var digest = SHA256()
    digest.update("GET \(url.text)")
    if let credentials = url.credentials { digest.update("\n\(credentials)") }
    return digest.hexadecimal()
  }

  // MARK: - As text

  private static let magic = "batchrun-page 1"

  var text: String {
    var lines = [Self.magic, "status \(status)", "url \(url.text)"]
    lines += redirects.map { "redirect \($0.text)" }
    let fields = [
      ("content-type", contentType), ("content-language", contentLanguage), ("link", link),
      ("last-modified", lastModified), ("etag", etag),
      ("failure", failure.map { "\($0.code.rawValue) \($0.message)" }),
    ]
    lines += fields.compactMap { name, value in value.map { "\(name) \($0)" } }
    return lines.map { $0 + "\n" }.joined() + "\n"
  }

  /// Nil for what is no entry of this version.
  init?(text: Substring) {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: true)[...]
    guard lines.popFirst().map(String.init) == Self.magic else { return nil }
    var url: WebURL?
    var page: [String: String] = [:]
    var redirects: [WebURL] = []
    for line in lines {
      let words = line.split(separator: " ", maxSplits: 1).map(String.init)
      guard words.count == 2 else { continue }
      switch words[0] {
      case "url": url = try? WebURL(words[1])
      case "redirect": (try? WebURL(words[1])).map { redirects.append($0) }
      default: page[words[0]] = words[1]
      }
    }
    guard let url, let status = page["status"].flatMap({ Int($0) }) else { return nil }
    self.init(url: url)
    self.status = status
    self.redirects = redirects
    contentType = page["content-type"]
    contentLanguage = page["content-language"]
    link = page["link"]
    lastModified = page["last-modified"]
    etag = page["etag"]
    failure = page["failure"].flatMap { text in
      let words = text.split(separator: " ", maxSplits: 1).map(String.init)
      guard words.count == 2 else { return nil }
      return PageFailure(PageFailure.Code(rawValue: words[0]), message: words[1])
    }
  }
}
