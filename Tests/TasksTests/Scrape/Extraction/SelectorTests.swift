import Scrape
import Testing

@Suite("Selectors")
struct SelectorTests {
  private static let page = """
    <html><body>
    <div id="main" class="wide  box" lang="en-GB">
      <h1>Title</h1>
      <p class="a">one</p><p class="b" data-x="Value One">two</p><span>s</span><p class="a b">three</p>
      <ul><li>1</li><li>2</li><li>3</li><li>4</li><li>5</li></ul>
      <a href="/x.pdf" rel="nofollow next">pdf</a><a name="here">no link</a>
      <section><div><p>deep</p></div></section><p></p>
    </div>
    </body></html>
    """

  struct Case: Sendable, CustomTestStringConvertible {
    let selector: String
    let found: [String]
    init(_ selector: String, _ found: String...) {
      self.selector = selector
      self.found = found
    }
    var testDescription: String { selector }
  }

  @Test(
    "finds the elements that CSS says",
    arguments: [
      Case("h1", "Title"), Case("H1", "Title"), Case("p.a", "one", "three"),
      Case(".a.b", "three"), Case("#main > p", "one", "two", "three", ""),
      Case("section p", "deep"),
      Case("section > p"), Case("h1 + p", "one"), Case("h1 ~ p", "one", "two", "three", ""),
      Case("p + span + p", "three"), Case("li:first-child", "1"), Case("li:last-child", "5"),
      Case("li:nth-child(2)", "2"), Case("li:nth-child(odd)", "1", "3", "5"),
      Case("li:nth-child(2n)", "2", "4"), Case("li:nth-child(-n + 2)", "1", "2"),
      Case("li:nth-last-child(2)", "4"), Case("p:nth-of-type(3)", "three"),
      Case("p:first-of-type", "one", "deep"),
      Case("li:not(:first-child):not(:nth-child(n+3))", "2"),
      Case("p:not(.a, .b)", "deep", ""), Case("section:has(p)", "deep"), Case("section:has(> p)"),
      Case("p:has(+ span)", "two"), Case("p:has(~ ul)", "one", "two", "three"),
      Case(":is(h1, section p)", "Title", "deep"), Case("p:empty", ""),
      Case("[data-x]", "two"), Case("[data-x='Value One']", "two"), Case("[data-x='value one']"),
      Case("[data-x='value one' i]", "two"), Case("[rel~=next]", "pdf"), Case("[rel=next]"),
      Case("[lang|=en] > h1", "Title"), Case("a[href^='/']", "pdf"),
      Case("a[href$=\".pdf\"]", "pdf"),
      Case("a[href*=x]", "pdf"), Case("a:not([href])", "no link"), Case("h1, span", "Title", "s"),
      Case("span , h1", "Title", "s"), Case("body div section", "deep"),
      Case("* > li:nth-child(5)", "5"),
      Case("p:only-child", "deep"), Case("div.box.wide h1", "Title"), Case("h1::text", "Title"),
      Case("a[href]@href", "/x.pdf"), Case("a::attr(href)", "/x.pdf"),
      Case("p@data-x", "Value One"),
      Case("//li[3]", "3"), Case("//a/@href", "/x.pdf"), Case("count(//li)"),
      Case("(//p)[2]", "two"),
      Case("xpath:count(//li)", "5"), Case("//h1/text()", "Title"),
      Case("//p[contains(., 'tw')]/@data-x", "Value One"), Case(".//section//p", "deep"),
    ])
  func finds(test: Case) throws {
    // A function without the prefix is taken for CSS, and is no selector.
    if test.selector.hasPrefix("count") {
      #expect(throws: SelectorError.self) { try ValueSelector(test.selector) }
      return
    }
    let page = try PageSample(own: ["found[]=\(test.selector)"]).read(Self.page)
    #expect(page.ownFields == [.all(test.found)])
  }

  @Test(
    "says where a selector is wrong, and what to write",
    arguments: [
      ("", "selector '': it is empty; write a CSS selector such as h1, or XPath such as //h1"),
      (
        "div >",
        "selector 'div >': an element is missing at character 6; write a tag, .class, #id or [attribute] there"
      ),
      (
        "p:contains('x')",
        "selector 'p:contains('x')': the pseudo-class ':contains' is not known at character 3; text is compared by XPath: //h4[contains(., 'Abstract')]"
      ),
      (
        "a[href",
        "selector 'a[href': the attribute is not closed at character 7; write ']' or one of = ~= |= ^= $= *= there"
      ),
      (
        "a[href='x]",
        "selector 'a[href='x]': the quote is not closed at character 8; write another ' behind it"
      ),
      (
        "li:nth-child(x)",
        "selector 'li:nth-child(x)': 'x' is no place among siblings at character 14; write a number, 'odd', 'even' or '3n+1'"
      ),
      (
        "a. b",
        "selector 'a. b': the name of a class is missing at character 3; write one there"
      ),
      (
        "//a[",
        "selector '//a[': this is not XPath at character 5; check brackets, quotes and axes there; CSS selectors begin with a tag, . # [ or *"
      ),
      (
        "a@",
        "selector 'a@': the name of an attribute is missing at character 3; write one behind '@', such as a@href"
      ),
    ])
  func explains(selector: String, message: String) {
    let error = #expect(throws: SelectorError.self) { try ValueSelector(selector) }
    #expect(error?.description == message)
  }

  @Test(
    "says of XPath what would find nothing on every page",
    arguments: [
      (
        "//p[normclize-space()]",
        "XPath has no function 'normclize-space' at character 5; known are"
      ),
      ("//p[ends-with(., 'x')]", "XPath has no function 'ends-with' at character 5"),
      ("//p[contains(.)]", "contains() takes 2 arguments, and has 1 at character 5"),
      ("//p[contains(., 'a', (1,2))]", "contains() takes 2 arguments, and has 3"),
      ("concat('a')", "concat() takes 2 or more arguments, and has 1"),
      ("//p[position( ) = last(1)]", "last() takes 0 arguments, and has 1 at character 19"),
      ("//p[$x]", "there are no variables at character 5"),
      ("//a/@xlink:href", "the prefix 'xlink' means nothing in HTML at character 6"),
    ])
  func explainsXPath(selector: String, words: String) {
    let error = #expect(throws: SelectorError.self) { try ValueSelector("xpath:" + selector) }
    let place = words.replacing(/character ([0-9]+)/) { match in
      "character \((Int(match.output.1) ?? 0) + 6)"
    }
    #expect(error?.description.contains(place) == true, "\(String(describing: error))")
  }

  @Test(
    "takes XPath for what it is",
    arguments: [
      "//p[text() = 'x (' and not(@a)]", "//*[name()='a:b']", "string(//h1)", "(//p)[last()]",
      "//a/ancestor-or-self::node()", "//p[substring(., 1, 2) or (1 div (2))]",
      "id('a')//comment()",
      "//p[concat('a', \"(\", ',')]", "//a | //b[position() mod 2 = 1]", "//a-b.c_d", "//é[@ü]",
      "//p[string-length(normalize-space ( . )) > 3]", "//processing-instruction('x')",
    ])
  func takesXPath(selector: String) throws { _ = try ValueSelector("xpath:" + selector) }

  @Test(
    "a field needs a name that no record has yet",
    arguments: ["h1", "=h1", "two words=h1", "title=h1", "9=h1"])
  func checksNames(definition: String) {
    #expect(throws: SelectorError.self) { try OwnField(definition, taken: ["title"]) }
  }

  @Test(
    "knows which selectors need the end of the page",
    arguments: [
      ("x=h1", false), ("x=p:nth-child(2)", false), ("x=a + b > c@href", false), ("x[]=h1", true),
      ("x=p:last-child", true), ("x=div:has(p)", true), ("x=p:not(:empty)", true), ("x=//h1", true),
    ])
  func looksAhead(definition: String, expected: Bool) throws {
    #expect(try OwnField(definition).needsWholePage == expected)
  }

  @Test(
    "metas are found as other elements are, and the first of all matches is the one",
    arguments: [
      ("meta[name=x]@content", "v"), ("meta@charset", "utf-8"), ("head > *@charset", "utf-8"),
      ("meta", ""), ("head > *", ""), ("*[property]@content", "p"), ("body meta@content", "late"),
      ("p, meta[name=y]@content", nil),
    ])
  func metas(selector: String, expected: String?) throws {
    let html = """
      <html><head><meta charset="utf-8"><meta name=x content=" v "><meta property="og:x" content=p>
      <title>t</title></head><body><p>text</p><meta name=late content=late></body></html>
      """
    let one = PageSample(own: ["one=" + selector])
    for chunk in [1, 7, .max] {
      #expect(try one.read(html, chunk: chunk).ownFields == [.one(expected)])
    }
    let page = try PageSample(own: ["all[]=" + selector]).read(html)
    guard case .all(let all) = page.ownFields.first else { return #expect(Bool(false), "no list") }
    #expect(all.first == expected)
  }

  @Test("rules of the user find metas by what they are")
  func metasOfRules() throws {
    let rules = try RuleSet(
      json: Array(#"{"all": {"venue": [{"select": "meta[itemprop=\"in\"]@content"}]}}"#.utf8),
      file: "f")
    let request = ExtractionRequest(fields: [.venue], ownFields: [], rules: rules)
    let html = "<html><head><meta itemprop=in content='Journal of Stones'></head><body></body>"
    let page = PageSample().read(Array(html.utf8), by: Extractor(request))
    #expect(page.values[.venue] == ["Journal of Stones"])
  }

  @Test("a selector with many ancestors to try stays fast on a deep page")
  func deepPage() throws {
    let html = String(repeating: "<div>", count: 10_000) + "<p>end</p>"
    let page = try PageSample(own: ["p=section div div div div div div p", "q[]=div div div div p"])
      .read(html)
    #expect(page.ownFields == [.one(nil), .all(["end"])])
  }
}
