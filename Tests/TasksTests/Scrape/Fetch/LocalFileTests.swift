import BatchCore
import Glibc
import Scrape
import Testing

@Suite("A file among the pages")
struct LocalFileTests {
  private func withFile(_ name: String, _ body: [UInt8], _ check: (WebURL) throws -> Void) throws {
    let path = "/tmp/\(getpid())-\(UInt32.random(in: 0...UInt32.max)) \(name)"
    let file = unsafe open(path, O_WRONLY | O_CREAT, 0o600)
    defer { unsafe unlink(path) }
    #expect(unsafe write(file, body, body.count) == body.count)
    close(file)
    try check(WebURL(filePath: path))
  }

  @Test("is read with the messages of a page", arguments: [0, 10, 65_536, 65_537, 500_000])
  func reads(size: Int) throws {
    let body = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 13 >> 4) }
    try withFile("ä#?.html", body) { url in
      let page = try PageReader(.quick).page(url)
      #expect(page.result?.outcome == .complete)
      #expect(page.body == body)
      #expect(page.head?.status == nil)
      #expect(page.head?.contentType == "text/html")
      #expect(page.result?.source == .file)
      #expect(page.result?.bodyBytes == size)
    }
  }

  @Test(
    "has a type by its ending, or by how it begins",
    arguments: [
      ("a.xhtml", "x", "application/xhtml+xml"), ("a.TXT", "<html>", "text/plain"),
      ("a", " <!DOCTYPE html><p>", "text/html"), ("a.php", "%PDF-1.7", "application/pdf"),
      ("a", "nothing", nil),
    ] as [(String, String, String?)])
  func types(name: String, content: String, type: String?) throws {
    try withFile(name, Array(content.utf8)) { url in
      let page = try PageReader(.quick).page(url)
      #expect(page.head?.contentType == type)
    }
  }

  @Test("has a failure when it is not there, is no file, or too large")
  func failures() throws {
    let reader = try PageReader(.quick.with { $0.bodyBytes = 100_000 })
    let missing = try reader.page(WebURL("file:///no/such/file.html"))
    #expect(missing.code == "file_not_found")
    #expect(missing.result?.failure?.message.contains("/no/such/file.html") == true)
    #expect(try reader.page(WebURL("file:///tmp")).code == "file_unreadable")
    try withFile("large.html", [UInt8](repeating: 65, count: 100_001)) { url in
      #expect(reader.page(url).code == "too_large")
    }
  }
}
