import BatchCore

/// Writes the HTML of a drawn page, with what surrounds the text on real ones.
struct PageMarkup {
  let prose: PageProse
  var random: SeededRandom
  let buffer = ByteBuffer(capacity: 1 << 14)

  init(prose: PageProse, random: SeededRandom) {
    self.prose = prose
    self.random = random
  }

  mutating func write(_ page: CorpusPage, _ shape: CorpusPage.Shape, size: Int) {
    let isModern = random.unit() < 0.7
    put("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
    put("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
    if shape.isPaper { writePaperHead(page, shape) } else { writeOtherHead(page, shape) }
    writeStyle()
    if isModern { writeScript() }
    put("</head>\n<body class=\"page page-\(page.index % 7)\">\n")
    let start = buffer.count
    writeNavigation(links: 8 + Int(random.unit() * 24))
    put("<main id=\"content\">\n<article>\n<h1>\(page.title.escapedForHTML)</h1>\n")
    let names = page.authors.map { "<span class=\"name\">\($0)</span>" }
    put("<p class=\"byline\">\(names.joined(separator: ", "))</p>\n")
    let rest = max(0, size - start)
    fill(upTo: start + Int(Double(rest) * shape.depth))
    if shape.isPaper, !shape.hasMetaAbstract, let abstract = page.abstract {
      let markup = shape.site.abstractMarkup
      put(markup.before + emphasized(abstract) + markup.after)
    }
    fill(upTo: size - 1500)
    put("</article>\n</main>\n")
    writeFooter()
  }

  func put(_ text: String) { buffer.append(text) }

  // MARK: - Heads

  private mutating func writePaperHead(_ page: CorpusPage, _ shape: CorpusPage.Shape) {
    let site = shape.site
    let number = PageCorpus.digits(page.index, 5)
    put("<title>\(page.title.escapedForHTML) | \(site.name)</title>\n")
    put("<link rel=\"canonical\" href=\"https://\(site.host)/papers/\(number)\">\n")
    meta("citation_title", page.title)
    for author in page.authors { meta("citation_author", author) }
    meta(
      "citation_publication_date",
      "\(2005 + page.index % 20)/0\(1 + page.index % 9)/1\(page.index % 9)")
    meta("citation_journal_title", "Journal of Drawn Pages")
    meta("citation_pdf_url", "https://\(site.host)/papers/\(number).pdf")
    if !shape.lacksDetails {
      meta("citation_doi", "10.5555/drawn.\(number)")
      put("<meta property=\"og:site_name\" content=\"\(site.name)\">\n")
    }
    if shape.hasMetaAbstract, let abstract = page.abstract { meta("citation_abstract", abstract) }
  }

  private mutating func writeOtherHead(_ page: CorpusPage, _ shape: CorpusPage.Shape) {
    let title = page.title.escapedForHTML
    let day = "\(2010 + page.index % 15)-0\(1 + page.index % 9)-1\(page.index % 10)"
    switch shape.kind {
    case .article:
      put("<title>\(title) - The Daily Page</title>\n")
      put("<meta property=\"og:site_name\" content=\"The Daily Page\">\n")
      put("<meta property=\"og:title\" content=\"\(title)\">\n")
      put("<meta property=\"og:image\" content=\"https://daily.example/i/\(page.index).jpg\">\n")
      put("<script type=\"application/ld+json\">{\"@context\":\"https://schema.org\",")
      put("\"@type\":\"NewsArticle\",\"headline\":\(JSONValue.string(page.title).text),")
      put("\"datePublished\":\"\(day)\",\"author\":[")
      let names = page.authors.map { "{\"@type\":\"Person\",\"name\":\"\($0)\"}" }
      put(names.joined(separator: ",") + "]}</script>\n")
    case .blog:
      put("<title>\(title) | Notes on Pages</title>\n")
      put("<meta property=\"og:site_name\" content=\"Notes on Pages\">\n")
      put("<meta property=\"article:published_time\" content=\"\(day)T08:00:00Z\">\n")
      meta("author", page.authors[0])
    default:
      put("<title>\(title)</title>\n")
      meta("generator", "Pages 4.2")
    }
    if let text = page.abstract { meta("description", text) }
  }

  private func meta(_ name: String, _ value: String) {
    put("<meta name=\"\(name)\" content=\"\(value.escapedForHTML)\">\n")
  }

  // MARK: - Surroundings

  private mutating func writeStyle() {
    put("<link rel=\"stylesheet\" href=\"/assets/main.css\">\n<style>\n")
    for rule in 0..<6 + Int(random.unit() * 20) {
      put(
        ".block-\(rule) > .item:nth-child(\(rule + 1)){margin:0 auto;padding:\(rule)px;color:#3\(rule % 10)4}\n"
      )
    }
    put("</style>\n")
  }

  private mutating func writeScript() {
    put("<script>\n(function(w,d){var q=w.queue=w.queue||[];\n")
    for line in 0..<8 + Int(random.unit() * 30) {
      put(
        "q.push({id:\(line),name:\"event-\(line)\",run:function(a,b){if(a<b&&b>\(line)){return a[\"k\(line)\"]||d.title}}});\n"
      )
    }
    put("})(window,document);\n</script>\n")
  }

  private mutating func writeNavigation(links: Int) {
    put(
      "<header class=\"site\"><a class=\"skip\" href=\"#content\">Skip to content</a>\n<nav><ul>\n")
    for link in 0..<links {
      put(
        "<li class=\"nav-item\"><a class=\"nav-link\" href=\"/section/\(link)\" data-id=\"\(link)\">Section \(link)</a></li>\n"
      )
    }
    put("</ul></nav></header>\n")
  }

  private mutating func writeFooter() {
    put("<footer><div class=\"columns\">\n")
    for link in 0..<12 { put("<a href=\"/about/\(link)\">About \(link)</a>\n") }
    put("</div><p>&copy; 2026 &middot; <a href=\"/privacy\">Privacy</a></p></footer>\n")
    put("<script src=\"/assets/main.js\" defer></script>\n</body>\n</html>\n")
  }

  // MARK: - Bodies

  /// Adds sections of all kinds until the page is so long.
  private mutating func fill(upTo size: Int) {
    var section = 0
    while buffer.count < size {
      section += 1
      put("<section id=\"s\(buffer.count)\" class=\"block block-\(section % 9)\">\n")
      put("<h2>\(section). \(PageProse.title(&random).escapedForHTML)</h2>\n")
      for _ in 0..<2 + Int(random.unit() * 5) where buffer.count < size { writeBlock() }
      put("</section>\n")
    }
  }

  private mutating func writeBlock() {
    switch random.unit() {
    case ..<0.62: writeParagraph()
    case ..<0.74: writeTable()
    case ..<0.86: writeList()
    case ..<0.93:
      put("<figure><img src=\"/i/\(buffer.count).png\" alt=\"Figure\" width=640 height=480>")
      put("<figcaption>\(prose.sentence(&random).escapedForHTML)</figcaption></figure>\n")
    case ..<0.97:
      put("<pre><code class=\"language-c\">for (int i = 0; i &lt; n; ++i) { s += a[i]; }\n")
      put("if (s &gt; limit) return -1;</code></pre>\n")
    default: writeScript()
    }
  }

  private mutating func writeParagraph() {
    put("<p>")
    for place in 0..<3 + Int(random.unit() * 5) {
      if place > 0 { put(" ") }
      put(emphasized(prose.sentence(&random)))
      if random.unit() < 0.2 {
        put(" <a href=\"#ref\(place)\" class=\"cite\">[\(place)]</a>")
      }
    }
    put("</p>\n")
  }

  private mutating func writeTable() {
    put(
      "<div class=\"table-wrap\"><table><thead><tr><th>Name</th><th>A</th><th>B</th><th>C</th></tr></thead><tbody>\n"
    )
    for row in 0..<4 + Int(random.unit() * 16) {
      let cell = Int(random.unit() * 9999)
      put(
        "<tr><td>Row \(row)</td><td>\(cell)</td><td class=\"num\">0.\(cell)</td><td>\(cell / 7)</td></tr>\n"
      )
    }
    put("</tbody></table></div>\n")
  }

  private mutating func writeList() {
    put("<ol class=\"references\">\n")
    for item in 0..<3 + Int(random.unit() * 9) {
      put("<li id=\"ref\(item)\"><cite>\(prose.sentence(&random).escapedForHTML)</cite> ")
      put(
        "<a href=\"https://doi.example/10.5555/\(buffer.count)\" rel=\"nofollow\">link</a></li>\n")
    }
    put("</ol>\n")
  }

  /// A text in which one word may be set in italics.
  private mutating func emphasized(_ text: String) -> String {
    guard random.unit() < 0.3 else { return text.escapedForHTML }
    let words = text.split(separator: " ", maxSplits: 4)
    guard words.count == 5 else { return text.escapedForHTML }
    let before = words[..<3].joined(separator: " ").escapedForHTML
    return before + " <em>\(String(words[3]).escapedForHTML)</em> "
      + String(words[4]).escapedForHTML
  }
}
