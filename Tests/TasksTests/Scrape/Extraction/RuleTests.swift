import PageSamples
import Scrape
import Testing

@Suite("Rules as data")
struct RuleTests {
  private func rules(_ json: String) throws -> RuleSet {
    try RuleSet(json: Array(json.utf8), file: "my.json")
  }

  @Test("a file adds a site, and its rules go before the built-in ones")
  func addsSite() throws {
    let added = try rules(
      """
      {"sites": [{"site": "Stones", "hosts": ["stones.example"], "fields": {
        "abstract": [{"select": "div.sum", "without": "em", "name": "sum"}],
        "venue": ["meta:stone_journal"]}}]}
      """)
    let extractor = Extractor(ExtractionRequest(rules: try RuleSet.builtIn().adding(added)))
    let html = PageTemplate.page(
      PageTemplate.citation + "<meta name=stone_journal content='Stones Weekly'>",
      "<div class=sum><em>Sum</em> \(PageTemplate.abstract)</div>")
    let page = PageSample(url: "https://www.stones.example/1").read(Array(html.utf8), by: extractor)
    #expect(page.abstract == PageTemplate.abstract)
    #expect(page.sources[.abstract] == "sum")
    #expect(page[.venue] == "Stones Weekly")
  }

  @Test(
    "a bad file is one sentence with the file, the place and the cure",
    arguments: [
      (
        "{\"sites\": [}",
        "rules my.json, line 1, column 12: this is no value; the file has to be JSON as docs/rules.md shows it"
      ),
      (
        "{\"site\": 1}", "rules my.json, the file: 'site' is not known; known are 'sites', 'all'"
      ),
      (
        "{\"sites\": [{\"hosts\": [\"a.b\"]}]}",
        "rules my.json, sites[0]: 'site' is missing; write the site's name, such as \"site\": \"PMLR\""
      ),
      (
        "{\"all\": {\"abstract\": [{\"select\": \"p >\"}]}}",
        "rules my.json, all.abstract[0]: selector 'p >': an element is missing at character 4; write a tag, .class, #id or [attribute] there"
      ),
      (
        "{\"all\": {\"title\": [{\"heading\": \"h2\"}]}}",
        "rules my.json, all.title[0]: 'says' is missing; write the words, such as \"says\": [\"Abstract\"]"
      ),
      (
        "{\"all\": {\"title\": [\"//h1\"]}}",
        "rules my.json, all.title[0]: rules are decided when an element begins, and '//h1' is not; use CSS without XPath, :has(), :empty, :last-child and the like"
      ),
    ])
  func explains(json: String, message: String) {
    let error = #expect(throws: RuleError.self) { try rules(json) }
    #expect(error?.description == message)
  }

  @Test("the built-in rules are valid and know every site by its host")
  func builtIn() throws {
    let rules = try RuleSet.builtIn()
    for host in ["papers.nips.cc", "www.nature.com", "export.arxiv.org", "journals.plos.org"] {
      #expect(rules.site(ofHost: host) != nil, "\(host)")
    }
    #expect(rules.site(ofHost: "notarxiv.org") == nil)
  }

  @Test(
    "dates are read as exactly as they are written",
    arguments: [
      ("2017", "2017"), ("2017/06/12", "2017-06-12"), ("2017-06", "2017-06"),
      ("2017-06-12T10:00:00Z", "2017-06-12"), ("12 June 2017", "2017-06-12"),
      ("June 5, 2017", "2017-06-05"), ("Mon, 12 Jun 2017 10:00:00 GMT", "2017-06-12"),
      ("31/12/1999", "1999-12-31"), ("12/31/1999", "1999-12-31"), ("03/04/1999", "1999"),
      ("20170612", "2017-06-12"), ("Summer 2019", "2019"), ("2018 Mar 5", "2018-03-05"),
      ("yesterday", nil),
    ] as [(String, String?)])
  func dates(text: String, expected: String?) throws {
    let page = try PageSample().read(
      "<html><head><meta name=citation_date content='\(text)'></head><body></body></html>")
    #expect(page[.date] == expected)
    #expect(page[.year] == expected.map { String($0.prefix(4)) })
  }

  @Test(
    "a DOI is found in every form",
    arguments: [
      ("10.1234/AbC.5", "10.1234/abc.5"), ("doi:10.1234/x", "10.1234/x"),
      ("https://doi.org/10.1234/x(1)2?a=b", "10.1234/x(1)2"), ("urn:isbn:10.5", nil),
      ("version 10.12", nil),
    ] as [(String, String?)])
  func dois(text: String, expected: String?) throws {
    let page = try PageSample().read(
      "<html><head><meta name=dc.identifier content='\(text)'></head><body></body></html>")
    #expect(page[.doi] == expected)
  }
}
