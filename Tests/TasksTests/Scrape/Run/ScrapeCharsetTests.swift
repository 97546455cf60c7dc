import BatchCore
import HTTPServer
import PageSamples
import SampleTask
import Testing

@Suite("batchrun scrape, and pages in all kinds of encodings")
struct ScrapeCharsetTests: ScrapeProgramTests {
  let scratch = Scratch()

  /// What is said about the encoding of a page, in the header and on the page.
  private enum Claim: String, CaseIterable {
    case nothing, utf8Header, utf8Meta, latin1Header, right, rightAfterWrong

    func header(_ encoding: String) -> String? {
      switch self {
      case .nothing, .utf8Meta: nil
      case .utf8Header, .rightAfterWrong: "utf-8"
      case .latin1Header: "iso-8859-1"
      case .right: encoding
      }
    }

    func meta(_ encoding: String) -> String? {
      switch self {
      case .utf8Meta: "utf-8"
      case .rightAfterWrong: encoding
      default: nil
      }
    }
  }

  private struct Case {
    var sample: LanguageSample
    var encoding: String
    var claim: Claim
    var body: [UInt8]
  }

  private static let cases: [Case] = {
    let wide = ["utf-16le", "utf-16be", "utf-8"].flatMap { encoding in
      LanguageSample.all.prefix(6).map { ($0, encoding, false) }
    }
    let pairs = LanguageSample.pairs.map { ($0.sample, $0.encoding, $0.looksLikeLatin1) }
    return (pairs + wide).flatMap { sample, encoding, looksLikeLatin1 in
      Claim.allCases.compactMap { claim in
        // Such a text is the same in both, or nothing tells that it is not.
        if claim == .latin1Header, looksLikeLatin1 { return nil }
        let page = sample.page(charset: claim.meta(encoding))
        guard let body = Iconv.encode(page, as: encoding) else { return nil }
        return Case(sample: sample, encoding: encoding, claim: claim, body: body)
      }
    }
  }()

  @Test("reads the abstract of each, declared, undeclared and declared wrongly")
  func everyEncoding() throws {
    let named = Set(Self.cases.map(\.encoding))
    for encoding in [
      "shift_jis", "euc-jp", "gb18030", "big5", "euc-kr", "koi8-r", "windows-1250", "windows-1251",
      "windows-1252", "windows-1253", "windows-1254", "windows-1255", "windows-1256",
      "windows-1257", "utf-16le", "utf-16be",
    ] { #expect(named.contains(encoding), "no page in \(encoding)") }
    let server = TestServer { request in
      guard let number = Int(request.path.dropFirst()), Self.cases.indices ~= number else {
        return .status(404)
      }
      let page = Self.cases[number]
      let charset = page.claim.header(page.encoding).map { "; charset=\($0)" }
      return .page(page.body, headers: ["Content-Type: text/html\(charset ?? "")"])
    }
    defer { server.stop() }
    let result = scrape(Self.cases.indices.map { "\(server.origin)/\($0)" }, ["--per-host", "8"])
    #expect(result.code == 0, "\(result.errors)")
    try #require(result.records.count == Self.cases.count)
    for (page, record) in zip(Self.cases, result.records) {
      // The page goes on with a line in English.
      #expect(
        record.abstract?.hasPrefix(page.sample.abstract) == true,
        "\(page.sample.language) in \(page.encoding), claim \(page.claim)")
      #expect(record.title == page.sample.title)
    }
  }
}
