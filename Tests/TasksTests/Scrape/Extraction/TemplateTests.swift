import PageSamples
import Scrape
import Testing

@Suite("Extracting from the pages of known sites")
struct TemplateTests {
  @Test("title, authors and abstract are exact", arguments: PageTemplate.all)
  func isExact(template: PageTemplate) throws {
    let page = try PageSample(url: template.url).read(template.html)
    #expect(page.title == template.title)
    #expect(page.authors == template.authors)
    #expect(page.abstract == template.abstract)
    if let source = template.abstractSource { #expect(page.sources[.abstract] == source) }
  }

  @Test("the metas of a paper fill the rest of the record")
  func fillsRecord() throws {
    let template = PageTemplate.all[0]
    let page = try PageSample(url: template.url).read(template.html)
    #expect(page.year == 2021)
    #expect(page[.date] == "2021-06-12")
    #expect(page[.doi] == "10.1234/pebbles.1")
    #expect(page[.venue] == "Journal of Small Stones")
    #expect(page[.pdfURL] == "https://papers.nips.cc/pebbles.pdf")
    #expect(page[.language] == "en")
    #expect(page[.site] == "NeurIPS")
    #expect(page.charset == "utf-8")
    #expect(page.notFoundEvidence == nil)
  }
}
