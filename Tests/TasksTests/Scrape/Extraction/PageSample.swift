import Scrape
import Testing

/// Reading a page in a test: whole or in chunks, in full or only as far as needed.
struct PageSample {
  var url = "https://stones.example/page"
  var contentType: String? = "text/html; charset=utf-8"
  var fields = Set(PageField.allCases)
  var own: [String] = []
  var parsesEverything = false
  var follow: String?

  func extractor() throws -> Extractor {
    var request = ExtractionRequest(fields: fields, rules: try RuleSet.builtIn())
    request.ownFields = try own.map { try OwnField($0) }
    request.parsesEverything = parsesEverything
    request.follow = try follow.map { try ValueSelector($0) }
    return Extractor(request)
  }

  func read(_ html: String, chunk: Int = .max) throws -> ExtractedPage {
    read(Array(html.utf8), by: try extractor(), chunks: [chunk])
  }

  /// - Parameter chunks: the sizes of the chunks, again and again.
  func read(
    _ bytes: [UInt8], by extractor: Extractor, chunks: [Int] = [.max],
    memory: PageMemory = PageMemory()
  ) -> ExtractedPage {
    let reader = Scrape.PageReader(
      extractor, finalURL: url, contentType: contentType, memory: memory)
    var start = 0
    var turn = 0
    while start < bytes.count {
      let end = start + min(chunks[turn % chunks.count], bytes.count - start)
      let appetite = unsafe bytes[start..<end].withUnsafeBytes { unsafe reader.feed($0) }
      if appetite == .enough { break }
      (start, turn) = (end, turn + 1)
    }
    return reader.finish()
  }

  /// How many bytes of a page are parsed.
  func parsedBytes(_ bytes: [UInt8], by extractor: Extractor) -> Int {
    let reader = Scrape.PageReader(extractor, finalURL: url, contentType: contentType)
    _ = unsafe bytes.withUnsafeBytes { unsafe reader.feed($0) }
    _ = reader.finish()
    return reader.parsedBytes
  }
}
