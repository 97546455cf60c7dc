internal import Foundation
internal import PageSamples

/// Pages that the fuzzer begins with.
enum PageSeeds {
  static let urls = unique(PageTemplate.all.map(\.url) + ["https://stones.example/page"])

  static let contentTypes: [String?] =
    [nil, "text/html", "text/html; charset=utf-8", "application/xhtml+xml", "text/plain"]
    + [
      "iso-8859-1", "shift_jis", "euc-jp", "iso-2022-jp", "gb18030", "big5", "euc-kr", "koi8-r",
      "windows-1251", "utf-16", "nonsense",
    ].map { "text/html; charset=\($0)" }

  static let words = [
    "<!DOCTYPE html>", "<html>", "<head>", "</head>", "<body>", "</body>", "</html>", "<title>",
    "</title>", "<meta name=\"", "citation_abstract", "citation_author", "citation_title",
    "citation_publication_date", "citation_doi", "og:description", "og:title", "DC.Description",
    "description", "\" content=\"", "<meta charset=", "utf-8", "shift_jis", "gb18030",
    "<script type=\"application/ld+json\">", "</script>", "<h1>", "</h1>", "<h4>Abstract</h4>",
    "Abstract", "<p>", "</p>", "<div class=\"abstract\">", "<div id=\"abstract\">", "</div>",
    "<blockquote class=\"abstract\">", "<span class=\"descriptor\">Abstract:</span>", "<a href=\"",
    "<base href=\"", "<link rel=\"canonical\" href=\"", "<!--", "-->", "<![CDATA[", "]]>", "&amp;",
    "&#0;", "&#x110000;", "&nbsp;", "<math>", "<mfrac>",
    "<annotation encoding=\"application/x-tex\">",
    "\\frac{a}{b}", "$", "\\(", "\\)", "<table>", "<tr>", "<td>", "<select>", "<textarea>",
    "<noscript>", "<template>", "<svg>", "<style>", "<plaintext>", "<frameset>", "hidden",
    " style=\"display:none\"", "<article>", "<time datetime=\"", "404", "Page not found",
    "{\"@context\":\"https://schema.org\",\"@type\":\"ScholarlyArticle\"", "\"author\":[",
    "\\ud800",
    "\\u0000", "&lt;p&gt;", "\u{1B}$B", "\u{1B}(B", "\u{FEFF}", "\u{FFFD}", "\u{301}",
  ]

  static var all: [[UInt8]] {
    var seeds: [[UInt8]] = []
    for (number, template) in PageTemplate.all.enumerated() {
      let url = urls.firstIndex(of: template.url) ?? 0
      seeds.append([UInt8(url), UInt8(number * 7 % 80)] + Array(template.html.utf8))
    }
    for (number, pair) in LanguageSample.pairs.enumerated() {
      guard let bytes = Iconv.encode(pair.sample.page(), as: pair.encoding) else { continue }
      seeds.append([0, UInt8(number % 80)] + bytes)
    }
    if let sample = LanguageSample.all.first,
      let wide = Iconv.encode(sample.page(), as: "utf-16le")
    {
      seeds.append([1, 0, 0xFF, 0xFE] + wide)
    }
    return seeds + hard + examples
  }

  /// Shapes that are costly to read.
  private static var hard: [[UInt8]] {
    let nested = String(repeating: "<div>", count: 3000) + "Stones"
    let unclosed = String(repeating: "<b><i><a href=x>", count: 800)
    let attributes = "<p " + (0..<800).map { "a\($0)=b " }.joined() + ">"
    let tables = String(repeating: "<table><tr><td>", count: 500)
    let comments = String(repeating: "<!-- <script> -- ", count: 900)
    let entities = String(repeating: "&amp;&#8203;&nbsp;&bogus;", count: 600)
    let list = String(repeating: "<h2>Abstract</h2><p>Stones.</p>", count: 400)
    return [nested, unclosed, attributes, tables, comments, entities, list].map {
      [2, 2] + Array("<html><head><title>Stones</title></head><body>\($0)".utf8)
    }
  }

  /// The pages that come with the program, if it is tested where it was built.
  private static var examples: [[UInt8]] {
    let folder = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../examples").standardized
    return ["papers", "years"].flatMap { name in
      let pages = folder.appending(path: name)
      let files = try? FileManager.default.contentsOfDirectory(atPath: pages.path)
      return (files ?? []).sorted().compactMap { file -> [UInt8]? in
        guard file.hasSuffix(".html"), let data = try? Data(contentsOf: pages.appending(path: file))
        else { return nil }
        return [3, 2] + data
      }
    }
  }

  private static func unique(_ all: [String]) -> [String] {
    var seen = Set<String>()
    return all.filter { seen.insert($0).inserted }
  }
}
