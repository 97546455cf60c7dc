/// One step of a fuzzer: a page of any bytes is read in part and as a whole.
package enum ExtractionFuzz {
  private static let extractors: (early: Extractor, whole: Extractor)? = {
    guard let rules = try? RuleSet.builtIn(), let first = try? OwnField("first=h1"),
      let link = try? OwnField("link=a[href]@href")
    else { return nil }
    var request = ExtractionRequest(rules: rules)
    request.ownFields = [first, link]
    let early = Extractor(request)
    request.parsesEverything = true
    return (early, Extractor(request))
  }()

  /// Reads a page; the first byte chooses its site and the size of its chunks.
  ///
  /// - Returns: whether reading a part gave what the whole page gives, as it must.
  package static func extract(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard let extractors, let choice = unsafe bytes.first else { return true }
    let hosts = ["papers.nips.cc", "arxiv.org", "pubmed.ncbi.nlm.nih.gov", "stones.example"]
    let url = "https://\(hosts[Int(choice) % hosts.count])/page"
    let body = unsafe UnsafeRawBufferPointer(rebasing: bytes.dropFirst())
    let chunkBytes = [body.count, 1 << 12, 1 << 6, 7][Int(choice) / hosts.count % 4]
    return unsafe read(body, extractors.early, url, chunkBytes)
      == read(body, extractors.whole, url, body.count)
  }

  private static func read(
    _ bytes: UnsafeRawBufferPointer, _ extractor: Extractor, _ url: String, _ chunkBytes: Int
  ) -> ExtractedPage {
    let reader = PageReader(extractor, finalURL: url, contentType: nil)
    var rest = unsafe bytes[...]
    while unsafe !rest.isEmpty {
      let chunk = unsafe UnsafeRawBufferPointer(rebasing: rest.prefix(chunkBytes))
      if unsafe reader.feed(chunk) == .enough { break }
      unsafe rest = rest.dropFirst(chunk.count)
    }
    return reader.finish()
  }
}
