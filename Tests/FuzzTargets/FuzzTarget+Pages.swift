internal import BatchCore
internal import Foundation
internal import PageSamples
internal import Scrape

extension FuzzTarget {
  /// Two bytes choose address, declared type and chunks; the rest is a page.
  package static let pages = FuzzTarget(
    name: "pages", summary: "A page gives the same in part, in chunks and as a whole",
    seeds: { PageSeeds.all }, words: PageSeeds.words, longestInput: 64 << 10,
    check: { bytes in
      var choices = Choices(bytes)
      let url = choices.one(of: PageSeeds.urls)
      let pair = choices.byte()
      let types = PageSeeds.contentTypes
      let page = FuzzedPage(
        url: url, contentType: types[pair % types.count],
        chunkBytes: [1 << 20, 4096, 64, 7, 1][pair / types.count % 5], body: Array(choices.rest))
      return page.difference()
    })
}

/// A page of any bytes, and the ways to read it.
struct FuzzedPage {
  var url: String
  var contentType: String?
  var chunkBytes: Int
  var body: [UInt8]

  /// What contradicts what, if anything.
  func difference() -> String? {
    guard let extractors = Extractors.standard else { return "the built-in rules cannot be read" }
    let whole = read(by: extractors.whole, chunkBytes: .max)
    if read(by: extractors.whole, chunkBytes: chunkBytes) != whole {
      return "chunks of \(chunkBytes) bytes give something else"
    }
    for size in [.max, chunkBytes] where read(by: extractors.early, chunkBytes: size) != whole {
      return "stopping early with chunks of \(size) bytes gives something else"
    }
    let all = read(by: extractors.all, chunkBytes: .max)
    if read(by: extractors.all, chunkBytes: chunkBytes) != all {
      return "article, links or lists differ with chunks of \(chunkBytes) bytes"
    }
    if all.values != whole.values { return "asking for more changes the fields" }
    return WrittenRecord(page: all).fault
  }

  func read(by extractor: Extractor, chunkBytes: Int) -> ExtractedPage {
    let reader = PageReader(extractor, finalURL: url, contentType: contentType)
    for piece in body.pieces(of: chunkBytes) {
      let appetite = unsafe piece.withUnsafeBytes { unsafe reader.feed($0) }
      if appetite == .enough { break }
    }
    return reader.finish()
  }

  /// Readers of part, of the whole, and of everything that can be asked for.
  struct Extractors: Sendable {
    let early: Extractor
    let whole: Extractor
    let all: Extractor

    static let standard = try? Extractors(
      rules: RuleSet.builtIn(), own: ["first=h1", "link=a[href]@href"])

    init(rules: RuleSet, own: [String]) throws {
      var request = ExtractionRequest(rules: rules)
      request.ownFields = try own.map { try OwnField($0) }
      early = Extractor(request)
      request.parsesEverything = true
      whole = Extractor(request)
      request.wantsArticle = true
      request.follow = try ValueSelector("a")
      request.ownFields = try ["all[]=p", "path=//a/@href", "ahead=div:has(p) > :nth-child(2n+1)"]
        .map { try OwnField($0) }
      all = Extractor(request)
    }
  }
}

/// The record of a page, read back by other means than it was written with.
struct WrittenRecord {
  var page: ExtractedPage
  var listed = ListedPage(line: 1, typed: "https://stones.example/page")

  var fault: String? {
    guard let object = json(by: "jsonl") else { return "the record is no JSON object in UTF-8" }
    for (field, values) in page.values {
      let written = object[field.rawValue]
      let texts = written as? [String] ?? (written as? String).map { [$0] }
      guard let texts else { continue }
      if !texts.joined(separator: "\n").utf8.elementsEqual(values.joined(separator: "\n").utf8) {
        return "the record has another \(field.rawValue) than was found"
      }
      if texts.contains(where: { $0.unicodeScalars.contains(where: Self.isControl) }) {
        return "the \(field.rawValue) holds control characters"
      }
    }
    return rowFault
  }

  /// A control character that no text of a page has a use for.
  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value < 0x20 && scalar != "\n" && scalar != "\t" || scalar.value == 0x7F
  }

  private func bytes(by format: String) -> (prologue: [UInt8], record: [UInt8])? {
    let values = OptionValues(["format": [format], "article": [""], "deterministic": [""]])
    guard let options = try? ScrapeOptions(values) else { return nil }
    let writer = RecordWriter(options, ListShape(format: .lines))
    var answer = PageAnswer()
    answer.page = page
    let buffer = ByteBuffer()
    writer.write(answer, of: listed, to: buffer)
    return (writer.prologue, unsafe buffer.withBytes { unsafe Array($0) })
  }

  private func json(by format: String) -> [String: Any]? {
    guard let record = bytes(by: format)?.record, record.last == 0x0A,
      !record.dropLast().contains(0x0A), String(validating: record, as: UTF8.self) != nil
    else { return nil }
    return try? JSONSerialization.jsonObject(with: Data(record)) as? [String: Any]
  }

  private var rowFault: String? {
    guard let (prologue, record) = bytes(by: "csv") else { return "no row of CSV is written" }
    let counts = [prologue, record].map { row in
      var fields = CSVFields(separator: UInt8(ascii: ","))
      let text = row.dropLast()
      unsafe text.withUnsafeBytes { unsafe fields.split($0) }
      return fields.count
    }
    return counts[0] == counts[1] ? nil : "the row of CSV has \(counts[1]) fields, not \(counts[0])"
  }
}
