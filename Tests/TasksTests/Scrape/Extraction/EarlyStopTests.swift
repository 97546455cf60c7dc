import PageSamples
import Scrape
import Testing

@Suite("Reading no more of a page than needed")
struct EarlyStopTests {
  private static let ownFields = ["first=h1", "link=a.pdf@href", "para=p.line"]

  private func extractors(
    _ fields: Set<PageField>, own: [String]
  ) throws -> (early: Extractor, whole: Extractor) {
    var sample = PageSample(fields: fields, own: own)
    let early = try sample.extractor()
    sample.parsesEverything = true
    return (early, try sample.extractor())
  }

  @Test("a part gives what the whole page gives, however it arrives", arguments: UInt64(1)...60)
  func partAgreesWithWhole(seed: UInt64) throws {
    var mutation = PageMutation(seed: seed)
    let sets: [Set<PageField>] = [
      Set(PageField.allCases), [.title, .abstract], [.authors, .date],
    ]
    let memory = PageMemory()
    for (number, fields) in sets.enumerated() {
      let own = number == 2 ? Self.ownFields : []
      let (early, whole) = try extractors(fields, own: own)
      for page in 0..<40 {
        let bytes = mutation.page()
        let urls = PageTemplate.all.map(\.url)
        let url = urls[Int.random(in: 0..<urls.count, using: &mutation.generator)]
        let sample = PageSample(url: page % 3 == 0 ? "https://stones.example/" : url)
        let expected = sample.read(bytes, by: whole)
        let chunks = mutation.chunks()
        let got = sample.read(bytes, by: early, chunks: chunks, memory: memory)
        #expect(
          got == expected,
          "seed \(seed), set \(number), page \(page), chunks \(chunks), \(sample.url)")
      }
    }
  }

  @Test("every template gives the same in chunks of any size", arguments: PageTemplate.all)
  func templatesInChunks(template: PageTemplate) throws {
    var sample = PageSample(url: template.url)
    let early = try sample.extractor()
    sample.parsesEverything = true
    let expected = sample.read(Array(template.html.utf8), by: try sample.extractor())
    for chunk in [1, 2, 3, 17, 256, 4096] {
      let page = sample.read(Array(template.html.utf8), by: early, chunks: [chunk])
      #expect(page == expected, "chunks of \(chunk) bytes")
    }
  }

  @Test("reading ends when the head has given every field that was asked for")
  func stopsAfterHead() throws {
    let template = PageTemplate.all[2]
    let reader = Scrape.PageReader(
      try PageSample(fields: [.title, .authors, .abstract]).extractor(), finalURL: template.url,
      contentType: nil)
    let filler = String(repeating: "<p>Stones and stones and stones.</p>\n", count: 4_000)
    let page = Array(template.html.replacing("<footer>", with: filler + "<footer>").utf8)
    var used = 0
    while used < page.count {
      let end = min(used + 4096, page.count)
      let appetite = unsafe page[used..<end].withUnsafeBytes { unsafe reader.feed($0) }
      used = end
      if appetite == .enough { break }
    }
    #expect(used <= 40_960)
    #expect(reader.finish().abstract == PageTemplate.abstract)
  }

  @Test("an abstract is found wherever the blocks of the source are cut before it")
  func everyCut() throws {
    var sample = PageSample(fields: [.title, .abstract])
    let early = try sample.extractor()
    sample.parsesEverything = true
    let whole = try sample.extractor()
    let text = String(
      repeating: "Stones of one size lie in one place, as the stream sorts them. ", count: 3)
    let wanted = String(text.dropLast())
    let rest = String(repeating: "<p>No more than filling is here.</p>\n", count: 400)
    for place in 4060..<4130 {
      let head = "<!DOCTYPE html><html><head><title>Stones</title></head><body>"
      let script = "<script>if (a < b) { c(\"d\") }</script>"
      let padding = String(repeating: "x", count: place - head.utf8.count - script.utf8.count - 7)
      let page = Array(
        (head + "<p>" + padding + "</p>" + script + "<h2>Abstract</h2><p>" + text + "</p><h2>1</h2>"
          + rest + "</body></html>").utf8)
      #expect(sample.read(page, by: whole).abstract == wanted, "whole, \(place)")
      #expect(sample.read(page, by: early).abstract == wanted, "early, \(place)")
    }
  }
}
