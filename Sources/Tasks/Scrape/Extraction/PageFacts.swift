internal import BatchCore

/// What the head of a page says of the page itself; other values are weighed against it.
struct PageFacts {
  /// Names that the site gives itself, as compared.
  private(set) var siteNames: Set<String> = []
  /// Titles of the page, as compared.
  private(set) var titles: Set<String> = []
  /// Where relative addresses start from.
  private(set) var base: WebURL?
  /// Addresses that the page gives for itself, the most trusted first.
  private(set) var ownAddresses: [String] = []
  /// The text of the `title` element.
  private(set) var windowTitle: String?
  /// Whether the page has metas of a paper.
  private(set) var hasCitation = false

  init(finalURL: String) { base = try? WebURL(finalURL) }

  private static let addressMetas: Set<String> = [
    "og:url", "citation_abstract_html_url", "citation_public_url", "citation_fulltext_html_url",
  ]
  private static let siteMetas: Set<String> = [
    "og:site_name", "application-name", "citation_journal_title", "citation_conference_title",
    "citation_publisher", "dc.publisher",
  ]
  private static let titleMetas: Set<String> = [
    "citation_title", "dc.title", "og:title", "twitter:title",
  ]

  mutating func note(meta name: String, _ value: String) {
    if name.hasPrefix("citation_") { hasCitation = true }
    if Self.siteMetas.contains(name) { siteNames.insert(Self.compared(value)) }
    if Self.titleMetas.contains(name) { titles.insert(Self.compared(value)) }
    if Self.addressMetas.contains(name) { ownAddresses.append(value) }
  }

  /// Looks at a `title`, `base` or `link` of the head.
  mutating func note(element node: HTMLNode) {
    if node.isNamed("title"), windowTitle == nil {
      let text = ElementText.line(ElementText.read(node))
      windowTitle = text
      titles.insert(Self.compared(text))
    } else if node.isNamed("link"),
      let kind = node.attribute("rel"), kind.lowercased() == "canonical",
      let address = node.attribute("href")
    {
      ownAddresses.insert(address, at: 0)
    } else if node.isNamed("base"), let address = node.attribute("href") {
      base = (try? base?.resolving(address)) ?? base
    }
  }

  /// The absolute form of an address on the page; `nil` for what is no address of the web.
  func absolute(_ reference: String) -> String? {
    let reference = reference.trimmingBlanks
    guard !reference.isEmpty else { return nil }
    let url = base.map { try? $0.resolving(reference) } ?? (try? WebURL(reference))
    guard let url, url.scheme != .file || base?.scheme == .file else { return nil }
    return url.text
  }

  /// The hosts of the addresses that the page gives for itself.
  var ownHosts: [String] {
    ownAddresses.compactMap { address in
      guard let text = absolute(address), let url = try? WebURL(text) else { return nil }
      return url.host
    }
  }

  /// A text as it is compared: letters and digits in lower case.
  static func compared(_ text: String) -> String {
    guard text.utf8.allSatisfy({ $0 < 0x80 }) else { return comparedBeyondASCII(text) }
    let kept = text.utf8.lazy.map(\.asciiLowercased).filter {
      $0.isASCIILetter || $0.isASCIIDigit
    }
    return String(decoding: Array(kept), as: UTF8.self)
  }

  private static func comparedBeyondASCII(_ text: String) -> String {
    let scalars = text.lowercased().unicodeScalars.filter {
      $0.properties.isAlphabetic || $0.properties.numericType != nil
    }
    return String(String.UnicodeScalarView(scalars))
  }

  /// Bytes of the longest name or title that a text is compared with.
  static let longestName = 600
}
