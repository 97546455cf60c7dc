internal import BatchCore
internal import Foundation
internal import Scrape

extension FuzzTarget {
  /// A byte chooses whether there is a column of addresses, and the format of the output.
  package static let lists = FuzzTarget(
    name: "lists", summary: "A list gives as many records as items, each of them readable",
    seeds: {
      [
        [0] + Array("# papers\nhttps://a.example/1\n\n  papers/x.html  \r\nnonsense:\n".utf8),
        [1] + Array("id,url,note\n1,https://a.example/1,\"a, \"\"b\"\"\nc\"\n2,,\n".utf8),
        [1] + Array("{\"url\":\"https://a.example\",\"n\":[1,{\"a\":null}]}\n{\"n\":2}\nx\n".utf8),
        [3] + Array("url;x\nhttps://a.example/1;ü\n".utf8), [2] + Array("\u{FEFF}a\n".utf8),
      ]
    },
    words: [
      "{\"url\":", "\"https://a.example/1\"", "url", ",", ";", "\t", "\"\"", "\n", "\r\n",
      "\\u0000",
      "\\ud800", "\u{FEFF}", "null", "1e5", "[", "]", "}", "#",
    ],
    check: { bytes in
      var choices = Choices(bytes)
      let choice = choices.byte()
      return ListFile.withContent(Array(choices.rest)) { path in
        fault(ofListAt: path, column: choice % 2 == 1 ? "url" : nil, isCSV: choice / 2 % 2 == 1)
      }
    })

  private static func fault(ofListAt path: String, column: String?, isCSV: Bool) -> String? {
    let file = InputFile(path: path, displayName: "list")
    guard let source = try? PageSource(file, urlColumn: column, folder: "/folder/", limit: nil),
      let options = try? ScrapeOptions(OptionValues(isCSV ? ["format": ["csv"]] : [:]))
    else { return nil }
    let writer = RecordWriter(options, source.file.shape)
    let indices = (0..<source.count).map { source.inputIndex(of: $0) }
    if indices.sorted() != Array(0..<source.count) { return "the order is no order of the items" }
    let columns = isCSV ? fieldCount(writer.prologue) : 0
    for index in 0..<source.count {
      guard let page = try? source.page(index) else { return "item \(index) cannot be read again" }
      let buffer = ByteBuffer()
      writer.write(PageAnswer(), of: page, to: buffer)
      let record = unsafe buffer.withBytes { unsafe Array($0) }
      if String(validating: record, as: UTF8.self) == nil { return "a record is no UTF-8" }
      if isCSV {
        if fieldCount(record) != columns {
          return "a row has \(fieldCount(record)) of \(columns) fields"
        }
      } else if (try? JSONSerialization.jsonObject(with: Data(record))) as? [String: Any] == nil {
        return "a record is no JSON: \(String(decoding: record, as: UTF8.self))"
      }
    }
    return fault(ofBatch: source)
  }

  private static func fieldCount(_ row: [UInt8]) -> Int {
    var fields = CSVFields(separator: UInt8(ascii: ","))
    unsafe row.dropLast().withUnsafeBytes { unsafe fields.split($0) }
    return fields.count
  }

  /// Whether the pages arrive at a worker as they were sent.
  private static func fault(ofBatch source: PageSource) -> String? {
    guard let pages = try? (0..<source.count).map({ try source.page(source.inputIndex(of: $0)) }),
      let input = try? source.input(for: 0..<source.count), case .inline(let bytes) = input.bytes,
      let received = try? ListedPage.read(bytes)
    else { return "a batch cannot be sent" }
    return received == pages ? nil : "a batch arrives changed"
  }
}

private enum ListFile {
  /// Calls `body` with the path of a file that holds `bytes` for so long.
  static func withContent(_ bytes: [UInt8], _ body: (String) -> String?) -> String? {
    let path = "/dev/shm/batchrun-fuzz-\(ProcessInfo.processInfo.processIdentifier)"
    guard FileManager.default.createFile(atPath: path, contents: Data(bytes)) else {
      return "\(path) cannot be written"
    }
    defer { try? FileManager.default.removeItem(atPath: path) }
    return body(path)
  }
}
