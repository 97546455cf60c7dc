import Scrape
import Testing

@Suite("The index of rules")
struct RuleIndexTests {
  private static let texts = [
    "h1", "h1, h2, h3", "p.abstract", ".abstract", "#abstract", "div#abstract-1", "a.b.c", "*",
    "[itemprop=author]", "[rel~=author]", "a[href$='.pdf']", "time[pubdate]", "time", "html",
    "section.abstract p", "div > p", "h4 + p", "p:first-child", "li:not(.x)", ":is(h1, .title)",
    "div[class]", "[data-section-name]", "[data-section-numb]", "blockquote.abstract, #abstract",
    "article-header", "article-h", "script[type='application/ld+json']", "strong, b", "meta[name]",
  ]

  private static func selectors() throws -> [(entry: Int, selector: Selector)] {
    var selectors: [(entry: Int, selector: Selector)] = []
    for (entry, text) in texts.enumerated() {
      guard case .css(let selector) = try ValueSelector(text).query else { continue }
      selectors.append((entry, selector))
    }
    return selectors
  }

  private static func elements(of document: HTMLDocument) -> [HTMLNode] {
    var elements: [HTMLNode] = []
    var node = document.root
    while let current = node {
      if current.isElement { elements.append(current) }
      node = current.following(within: nil)
    }
    return elements
  }

  @Test("finds for every element what asking each selector finds", arguments: UInt64(1)...20)
  func agreesWithSelectors(seed: UInt64) throws {
    let selectors = try Self.selectors()
    let index = RuleIndex(selectors)
    var mutation = PageMutation(seed: seed)
    let document = HTMLDocument()
    for page in 0..<20 {
      document.reset()
      let bytes = mutation.page() + Array(Self.extras.utf8)
      unsafe bytes.withUnsafeBytes { unsafe document.feed($0) }
      document.finish()
      let isActive = Self.texts.map { _ in Bool.random(using: &mutation.generator) }
      for node in Self.elements(of: document) {
        let expected = selectors.filter { isActive[$0.entry] && $0.selector.matches(node) }
        #expect(
          index.matches(of: node, isActive) == expected.map(\.entry),
          "seed \(seed), page \(page), \(node.name)")
      }
    }
  }

  /// Names that begin alike for longer than the index looks.
  private static let extras = """
    <article-header data-section-name=x><article-head data-section-numb><p id=abstract class="b a c">
    <li class=x><li><a class="a b c" href=x.pdf rel="x author"></article-head></article-header>
    """
}
