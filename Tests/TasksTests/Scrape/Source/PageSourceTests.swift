import BatchCore
import SampleTask
import Scrape
import Testing

@Suite("A list of pages as a source of items")
struct PageSourceTests {
  private let scratch = Scratch()

  private func source(
    _ text: String, urlColumn: String? = nil, limit: Int? = nil
  ) throws -> PageSource {
    let path = scratch.write("list", text)
    return try PageSource(
      InputFile(path: path, displayName: "list"), urlColumn: urlColumn, folder: "/f/",
      limit: limit)
  }

  private func pages(_ source: PageSource) throws -> [ListedPage] {
    try (0..<source.count).map { try source.page($0) }
  }

  @Test("counts lines that name pages, and reads each again with its number")
  func lines() throws {
    let source = try source("\u{FEFF}http://a/1\r\n\n# no\n  http://b/2\t\n\n#\nx.html")
    #expect(source.count == 3)
    #expect(
      try pages(source) == [
        ListedPage(line: 1, typed: "http://a/1"), ListedPage(line: 4, typed: "http://b/2"),
        ListedPage(line: 7, typed: "x.html"),
      ])
    #expect(source.hosts.map(\.name) == ["a", "b", ""])
    #expect(source.hosts.map(\.pages) == [1, 1, 1])
  }

  @Test("reads a CSV list with quoted line breaks, another separator and short rows")
  func csv() throws {
    let source = try source(
      "note;url;n\n\"a\n\"\"b\"\";\";http://a/1;1\n\nx;\" http://a/2 \"\n", urlColumn: "url")
    #expect(
      try pages(source) == [
        ListedPage(line: 2, typed: "http://a/1", carried: ["a\n\"b\";", "1"]),
        ListedPage(line: 5, typed: "http://a/2", carried: ["x", ""]),
      ])
    #expect(source.file.shape.carriedNames == ["note", "n"])
  }

  @Test("finds the same pages in lists that are longer than what is read at once")
  func longList() throws {
    var text = ""
    var expected: [ListedPage] = []
    var line = 1
    for number in 0..<30_000 {
      if number % 7 == 0 {
        text += "# \(String(repeating: "x", count: number % 300))\n\n"
        line += 2
      }
      text += "http://h\(number % 5)/\(number)\(number % 2 == 0 ? "\r" : "")\n"
      expected.append(ListedPage(line: line, typed: "http://h\(number % 5)/\(number)"))
      line += 1
    }
    #expect(text.utf8.count > 1 << 20)
    let source = try source(text)
    #expect(try pages(source) == expected)
    let limited = try self.source(text, limit: 100)
    #expect(try pages(limited) == Array(expected.prefix(100)))
    #expect(limited.contentDigest == source.contentDigest)
    #expect(try self.source(text + "#\n").contentDigest != source.contentDigest)
  }

  @Test("hands out batches by host, and cuts none between copies of a page")
  func batches() throws {
    let source = try source(
      "http://a/1\nhttp://b/1\nhttp://a/2\nhttp://a/1#x\nHTTP://A/1\nhttp://a/3\n")
    #expect(source.dispatchOrder?.lanes == [0..<5, 5..<6])
    #expect(source.cut(0..<5, at: 1) == 3)
    #expect(source.cut(0..<5, at: 2) == 3)
    #expect(source.cut(0..<5, at: 4) == 4)
    #expect(source.cut(0..<2, at: 1) == 2)
    let batch = try source.input(for: 0..<4)
    guard case .inline(let bytes) = batch.bytes else {
      Issue.record("the bytes of a batch travel with it")
      return
    }
    #expect(
      try ListedPage.read(bytes).map(\.typed) == [
        "http://a/1", "http://a/1#x", "HTTP://A/1", "http://a/2",
      ])
    #expect(source.prefix(of: 0..<5000, fitting: .max) == 1024, "two hosts")
  }

  @Test("says when the list has changed")
  func change() throws {
    let source = try source("http://a/1\n")
    #expect(source.changed() == nil)
    scratch.write("list", "http://a/1\nhttp://a/2\n")
    #expect(source.changed()?.contains("list") == true)
  }
}
