import PageSamples
import Scrape
import Testing

@Suite("Pages that mislead")
struct PageTrapTests {
  private let abstract = PageTemplate.abstract
  private let url = "https://stones.example/1"

  private func read(_ head: String, _ body: String = "<p>Hello.</p>") throws -> ExtractedPage {
    try PageSample(url: url).read(PageTemplate.page(head, body))
  }

  // MARK: - Descriptions

  @Test(
    "a description that is no abstract is not taken for one",
    arguments: [
      "Stones Online", "Sorting Pebbles by Weight with Few Comparisons", "Ada Quarry, Bo Gravel",
      "pebbles, sorting, lower bounds, weighing", "Abstract", "No abstract available.",
    ])
  func ignoresBoilerplate(description: String) throws {
    let page = try read(
      "<meta property=og:site_name content='Stones Online'><meta name=description content='\(description)'>"
    )
    #expect(page.abstract == nil)
  }

  @Test("a description that was cut gives way to the whole text")
  func prefersWholeText() throws {
    let cut = String(abstract.prefix(90))
    for end in ["…", "...", " [...]"] {
      let page = try read(
        "<meta name=description content='\(cut)\(end)'><meta property=og:description content='\(abstract)'>"
      )
      #expect(page.abstract == abstract)
      #expect(page.sources[.abstract] == "og:description")
    }
  }

  @Test("a description that is the beginning of another gives way to it")
  func prefersLonger() throws {
    let page = try read(
      "<meta property=og:description content='\(PageTemplate.first)'><meta name=description content='\(abstract)'>"
    )
    #expect(page.abstract == abstract)
  }

  @Test("a text that is known to be cut says so in its source")
  func tellsCut() throws {
    let page = try read("<meta name=description content='\(abstract.prefix(90))…'>")
    #expect(page.abstract == "\(abstract.prefix(90))…")
    #expect(page.sources[.abstract] == "description, may be cut off")
  }

  @Test("a heading that says Abstract beats a description")
  func headingBeatsDescription() throws {
    let page = try read(
      "<meta name=description content='The journal of stones publishes work on stones of all sizes.'>",
      "<h3>Abstract</h3><p>\(abstract)</p><h3>Keywords</h3><p>stones</p>")
    #expect(page.abstract == abstract)
  }

  @Test("a cut citation gives way to the section of the page")
  func cutCitation() throws {
    let page = try read(
      "<meta name=citation_abstract content='\(abstract.prefix(80))'>",
      "<h3>Abstract</h3><p>\(abstract)</p>")
    #expect(page.abstract == abstract)
  }

  // MARK: - Texts

  @Test(
    "a label in front of the abstract is dropped",
    arguments: ["Abstract: ", "ABSTRACT. ", "Abstract — ", "abstract:\n"])
  func dropsLabel(label: String) throws {
    let page = try read("<meta name=citation_abstract content='\(label)\(abstract)'>")
    #expect(page.abstract == abstract)
  }

  @Test("an abstract that begins with the word keeps it")
  func keepsWord() throws {
    let text = "Abstract interpretation finds properties of programs without running them."
    #expect(try read("<meta name=citation_abstract content='\(text)'>").abstract == text)
  }

  @Test("entities and markup inside of a meta become text")
  func readsMarkupInMeta() throws {
    let page = try read(
      "<meta name=citation_abstract content='&lt;p&gt;Weights of p &amp;lt; 5&amp;nbsp;g are <b>rare</b> in baskets.&lt;/p&gt;&lt;p&gt;Second part of it.&lt;/p&gt;'>"
    )
    #expect(page.abstract == "Weights of p < 5 g are rare in baskets.\n\nSecond part of it.")
  }

  @Test("a sign of comparison is no markup")
  func keepsComparison() throws {
    let text = "We find a < b and b > c in all of the baskets (p < 0.05)."
    let escaped = text.replacing("<", with: "&lt;").replacing(">", with: "&gt;")
    #expect(try read("<meta name=citation_abstract content='\(escaped)'>").abstract == text)
  }

  @Test("hidden elements do not belong to the text")
  func dropsHidden() throws {
    let page = try read(
      "",
      "<h2>Abstract</h2><p>\(abstract)<span style=\"display:none\">secret</span><script>x()</script></p>"
    )
    #expect(page.abstract == abstract)
  }

  @Test("labels and paragraphs of a structured abstract are kept")
  func keepsLabels() throws {
    let page = try read(
      "",
      "<h2>Abstract</h2><h3>Background</h3><p>\(PageTemplate.first)</p><h3>Results</h3><p>\(PageTemplate.second)</p><h2>Introduction</h2><p>Once.</p>"
    )
    #expect(
      page.abstract == "Background\n\n\(PageTemplate.first)\n\nResults\n\n\(PageTemplate.second)")
  }

  @Test("the name of the site is taken off the title")
  func stripsSiteName() throws {
    let page = try PageSample().read(
      "<html><head><meta property=og:site_name content='Stones Online'><meta property=og:title content='On Pebbles | Stones Online'></head><body></body></html>"
    )
    #expect(page.title == "On Pebbles")
    #expect(page[.site] == "Stones Online")
  }

  // MARK: - Missing pages

  @Test(
    "a page that says it is missing gives its evidence",
    arguments: [
      ("<title>404 - Page Not Found | Stones</title>", "", true),
      ("<title>Stones</title>", "<h1>Page not found</h1>", true),
      ("<title>Not Found</title>", "", true),
      ("<title>Counting to 404: a history</title>", "<h1>Counting to 404</h1>", false),
      ("<title>Objects that were not found in the river</title>", "<h2>Not lost</h2>", false),
      ("<title>Not found</title><meta name=citation_title content='Not Found'>", "", false),
    ])
  func softNotFound(head: String, body: String, isMissing: Bool) throws {
    let page = try PageSample().read("<html><head>\(head)</head><body>\(body)</body></html>")
    #expect((page.notFoundEvidence != nil) == isMissing)
  }

  // MARK: - Damage

  @Test("ten thousand nested elements are read to their end")
  func deepNesting() throws {
    let html = PageTemplate.page(
      PageTemplate.citation,
      String(repeating: "<div><b>", count: 5_000) + "<h2>Abstract</h2><p>\(abstract)</p>")
    let page = try PageSample(url: url).read(html)
    #expect(page.title == PageTemplate.title)
    #expect(page.abstract == abstract)
  }

  @Test("three megabytes in front of the abstract do not hide it")
  func largePage() throws {
    let filler = String(repeating: "<p class=x>Stones beside stones.</p>\n", count: 80_000)
    let html = PageTemplate.page("", filler + "<h2>Abstract</h2><p>\(abstract)</p>")
    #expect(try PageSample(url: url).read(html, chunk: 16_384).abstract == abstract)
  }

  @Test("a page whose rest cannot matter is not parsed further than its head")
  func parsesHeadOnly() throws {
    let filler = String(repeating: "<p class=x>Stones beside stones.</p>\n", count: 80_000)
    let html = Array(PageTemplate.page(PageTemplate.citation, filler).utf8)
    let extractor = try PageSample().extractor()
    #expect(PageSample().parsedBytes(html, by: extractor) < 8_192)
  }

  @Test("zeros, broken bytes and truncation cost no more than what they hit")
  func damage() throws {
    let zeros = PageTemplate.page(
      PageTemplate.citation, "<p>\0\0\0</p><h2>Abstract</h2><p>\(abstract)</p>")
    #expect(try PageSample(url: url).read(zeros).abstract == abstract)
    let cut = PageTemplate.page(PageTemplate.citation, "<h2>Abstract</h2><p>\(abstract)</p><p>more")
    let whole = Array(cut.utf8)
    let page = PageSample(url: url).read(
      Array(whole[..<(whole.count - 60)]) + [0xFF, 0xFE, 0xC3], by: try PageSample().extractor())
    #expect(page.title == PageTemplate.title)
    #expect(page.abstract?.hasPrefix(abstract) == true)
  }

  @Test(
    "what is no HTML is not read as such",
    arguments: [
      (Array("%PDF-1.5 <html>".utf8), "text/html"), ([0x89, 0x50, 0x4E, 0x47, 0x0D], "text/html"),
      (Array("<html>".utf8), "application/pdf"), (Array(0...31) + Array(0...31), "text/html"),
    ] as [([UInt8], String)])
  func notHTML(bytes: [UInt8], contentType: String) throws {
    let sample = PageSample(contentType: contentType)
    #expect(!sample.read(bytes, by: try sample.extractor()).isHTML)
  }

  @Test(
    "what follows the end of the page belongs to it", arguments: ["</html>", "</BODY></HTML>\n"])
  func readsBehindEnd(end: String) throws {
    let html = "<html><head></head><body><p>Stones</p>\(end)<h2>Abstract</h2><p>\(abstract)</p>"
    for chunk in [1, 50, 10_000] {
      #expect(try PageSample(url: url).read(html, chunk: chunk).abstract == abstract)
    }
  }

  @Test("an empty body gives an empty record")
  func empty() throws {
    let page = try PageSample().read("")
    #expect(page.title == nil)
    #expect(page.abstract == nil)
  }

  @Test("the main text is read when it is asked for")
  func article() throws {
    var request = ExtractionRequest(fields: [.title], rules: try RuleSet.builtIn())
    let paragraphs = (1...8).map { "<p>Part \($0). \(abstract)</p>" }.joined()
    let html = Array(PageTemplate.page("", "<article><h1>Stones</h1>\(paragraphs)</article>").utf8)
    #expect(PageSample(url: url).read(html, by: Extractor(request)).article == nil)
    request.wantsArticle = true
    let article = PageSample(url: url).read(html, by: Extractor(request), chunks: [100]).article
    #expect(article?.text?.contains("Part 8. \(abstract)") == true)
  }

  // MARK: - Links

  @Test("links are absolute, each once, in the order of the page")
  func links() throws {
    let html = """
      <html><head><base href="/2021/"></head><body><a href="b-Abstract.html">b</a><a href="/a-Abstract.html#x">a</a>
      <a href="other.html">o</a><a href="b-Abstract.html">b again</a><a href="javascript:x('Abstract')">j</a></body></html>
      """
    let page = try PageSample(url: "https://stones.example/years/list", follow: "a[href*=Abstract]")
      .read(html)
    #expect(
      page.links == [
        "https://stones.example/2021/b-Abstract.html", "https://stones.example/a-Abstract.html",
      ])
  }
}
