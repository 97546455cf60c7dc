import Scrape
import Testing

@Suite("ArticleReader")
struct ArticleReaderTests {
  private func article(_ html: String) throws -> Article {
    let document = parsed(html)
    let root = try #require(document.root)
    return ArticleReader.read(root)
  }

  @Test("The main text is found", arguments: ArticlePage.all)
  func text(_ page: ArticlePage) throws {
    let text = try #require(try article(page.html).text)
    let overlap = WordOverlap(found: text, expected: page.body)
    #expect(overlap.f1 >= 0.95, "F1 \(overlap.f1): \(text)")
  }

  /// On these templates, which were written beside the reader: it says that the reader does what is meant,
  /// not how well it does on the pages of others.
  @Test("On all templates the words agree to 98 %")
  func meanOverlap() throws {
    let scores = try ArticlePage.all.map { page in
      WordOverlap(found: try article(page.html).text ?? "", expected: page.body).f1
    }
    let mean = scores.reduce(0, +) / Double(scores.count)
    #expect(mean >= 0.98, "\(zip(ArticlePage.all.map(\.name), scores).map { "\($0): \($1)" })")
  }

  @Test("Title, authors, date and excerpt are found", arguments: ArticlePage.all)
  func facts(_ page: ArticlePage) throws {
    let article = try article(page.html)
    #expect(article.title == page.title)
    #expect(article.authors == page.authors)
    #expect(article.date == page.date)
    #expect(article.excerpt?.hasPrefix(page.excerpt) == true, "\(article.excerpt ?? "none")")
  }

  @Test("Paragraphs stay apart, and code keeps its lines")
  func paragraphs() throws {
    let page = try #require(ArticlePage.all.first { $0.name == "documentation with a side bar" })
    #expect(try article(page.html).text == page.body)
  }

  @Test(
    "A page with nothing to read has no text",
    arguments: [
      "", "<html><body></body></html>", "<nav><a href='/'>Home</a></nav>",
      "<script>var text = 'a long text, with commas, that is no text at all, whatever it is'</script>",
    ])
  func empty(html: String) throws {
    let document = parsed("<html>\(html)</html>")
    let text = document.root.flatMap { ArticleReader.read($0).text }
    #expect(text == nil)
  }

  @Test("Nesting 10,000 deep and lists of 20,000 elements are read in moments")
  func extremes() throws {
    let sentence =
      "A sentence that is long enough, with a comma or two, to be a paragraph of its own. "
    let deep = String(repeating: "<div>", count: 10_000) + "<p>\(sentence)</p>"
    _ = try article("<html><body>\(deep)")
    let wide = String(repeating: "<p>\(sentence)</p><div><a href='/'>x</a></div>", count: 10_000)
    let text = try #require(try article("<html><body><div>\(wide)</div></body></html>").text)
    #expect(WordOverlap.words(text).count >= 10_000 * WordOverlap.words(sentence).count)
  }

  @Test(
    "Names are taken out of bylines",
    arguments: [
      ("By Ada Lovelace", ["Ada Lovelace"]),
      ("by Ada Lovelace and Alan Turing", ["Ada Lovelace", "Alan Turing"]),
      ("Written by Ada Lovelace | 3 May 2020", ["Ada Lovelace"]), ("Staff writer", []),
      ("Posted by Ada on 3 May", ["Ada"]), ("Byron Smith", ["Byron Smith"]), ("3 May 2020", []),
    ] as [(String, [String])])
  func bylines(line: String, names: [String]) throws {
    let html = "<html><body><p class=byline>\(line)</p></body></html>"
    #expect(try article(html).authors == names)
  }
}
