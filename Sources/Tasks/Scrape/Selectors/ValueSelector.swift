/// A selector with what is wanted of the elements: their text, or an attribute.
///
/// `h1`, `a.pdf@href`, `h1::text`, `a::attr(href)`, and XPath where the text begins with `/`, `(`, `.//`
/// or `xpath:`.
package struct ValueSelector: Sendable {
  package enum Query: Sendable {
    case css(Selector)
    case xpath(XPathQuery)
  }

  package let query: Query
  /// The attribute wanted; `nil` for the text.
  package let attribute: ByteName?

  package init(_ text: String) throws(SelectorError) {
    let trimmed = text.trimmingBlanks
    guard !trimmed.isEmpty else {
      throw SelectorError(
        text, at: nil, "it is empty", cure: "write a CSS selector such as h1, or XPath such as //h1"
      )
    }
    if let expression = Self.xpath(trimmed) {
      query = .xpath(try Self.compile(expression, of: text))
      attribute = nil
    } else {
      let (selector, attribute) = try Self.split(trimmed)
      query = .css(try SelectorParser.parse(selector))
      self.attribute = attribute.map { ByteName($0) }
    }
  }

  /// Whether the page has to be read to its end before the answer is certain.
  package var looksAhead: Bool {
    switch query {
    case .css(let selector): selector.looksAhead
    case .xpath: true
    }
  }

  // MARK: - Reading

  private static func xpath(_ text: String) -> String? {
    if text.hasPrefix("xpath:") { return String(text.dropFirst(6)).trimmingBlanks }
    let isXPath = text.hasPrefix("/") || text.hasPrefix("(") || text.hasPrefix("./")
    return isXPath ? text : nil
  }

  private static func compile(
    _ expression: String, of text: String
  ) throws(SelectorError) -> XPathQuery {
    var place = 0
    let prefix = text.count - expression.count
    if let fault = XPathCheck.fault(in: expression) {
      throw SelectorError(text, at: fault.place + prefix + 1, fault.what, cure: fault.cure)
    }
    guard let query = XPathQuery(expression, place: &place) else {
      throw SelectorError(
        text, at: min(place, expression.count) + prefix + 1, "this is not XPath",
        cure: "check brackets, quotes and axes there; CSS selectors begin with a tag, . # [ or *")
    }
    return query
  }

  /// Takes `@name`, `::attr(name)` or `::text` off the end.
  private static func split(_ text: String) throws(SelectorError) -> (String, String?) {
    if text.hasSuffix("::text") { return (String(text.dropLast(6)), nil) }
    if text.hasSuffix(")"), let start = text.ranges(of: "::attr(").last {
      return (
        String(text[..<start.lowerBound]),
        String(text[start.upperBound...].dropLast()).trimmingBlanks.lowercased()
      )
    }
    guard let sign = text.lastIndex(of: "@"),
      !text[sign...].contains(where: { "]\"')".contains($0) })
    else { return (text, nil) }
    let name = text[text.index(after: sign)...].trimmingBlanks.lowercased()
    guard !name.isEmpty, !name.contains(where: \.isWhitespace) else {
      throw SelectorError(
        text, at: text.distance(from: text.startIndex, to: sign) + 2,
        "the name of an attribute is missing", cure: "write one behind '@', such as a@href")
    }
    return (String(text[..<sign]), name)
  }
}

extension StringProtocol {
  /// Without the white space at both ends.
  var trimmingBlanks: String {
    guard let first = firstIndex(where: { !$0.isWhitespace }),
      let last = lastIndex(where: { !$0.isWhitespace })
    else { return "" }
    return String(self[first...last])
  }
}
