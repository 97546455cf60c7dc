import BatchCore
import Scrape
import Testing

@Suite("A line of the list")
struct ListedPageTests {
  private static func page(_ typed: String) -> ListedPage { ListedPage(line: 1, typed: typed) }

  @Test(
    "is an address, or a path from the folder of the list",
    arguments: [
      ("HTTP://Example.org", "http://example.org/"), ("https://a/b#c", "https://a/b"),
      ("a.html", "file:///lists/a.html"), ("/x/a b.html", "file:///x/a%20b.html"),
      ("é%41.html", "file:///lists/%C3%A9%2541.html"), ("../x?y#z", "file:///x%3Fy%23z"),
      ("1:2.html", "file:///lists/1%3A2.html"), ("file:/etc/hosts", "file:///etc/hosts"),
      ("./1:2@c.html", "file:///lists/1%3A2%40c.html"),
    ])
  func address(typed: String, url: String) throws {
    #expect(try Self.page(typed).url(from: "/lists/").text == url)
  }

  @Test(
    "says why it names no page, and never repeats what may be a password",
    arguments: [
      "ftp://a/", "mailto:u:sekrit@h", "reader:sekrit@h", "http://", "http://u:sekrit@:x/", "a:b",
      "my_reader:sekrit@h/x", "9:sekrit@h", "?r:sekrit@hos",
    ])
  func objection(typed: String) {
    let error = #expect(throws: ListedPage.Objection.self) {
      try Self.page(typed).url(from: "/")
    }
    #expect(error?.sentence.contains("is no address of a page: ") == true)
    #expect(error?.sentence.contains("sekrit") == false)
    #expect(error?.sentence.contains("reader") == false)
  }

  @Test("says that it is not in UTF-8, rather than ask for another page")
  func notUTF8() {
    let typed = String(decoding: Array("http://a/caf".utf8) + [0xE9], as: UTF8.self)
    let error = #expect(throws: ListedPage.Objection.self) {
      try Self.page(typed).url(from: "/")
    }
    #expect(error?.sentence.contains("not in UTF-8") == true)
  }

  @Test("says that it holds no address")
  func empty() {
    let error = #expect(throws: ListedPage.Objection.self) { try Self.page("").url(from: "/") }
    #expect(error?.sentence.hasPrefix("the line holds no address") == true)
  }

  @Test(
    "is shown without user name and password",
    arguments: [
      ("http://u:p@h/x@y", "http://h/x@y"), ("http://u@h", "http://h"),
      ("http://h/@user?a=b@c", "http://h/@user?a=b@c"), ("http://a:b@c@h:1/", "http://h:1/"),
      ("u:p@h/x", "h/x"), ("my_u:p@h/x", "h/x"), ("u@v:p@h", "h"),
      ("mailto:u:p@h", "mailto:h"), ("a/b:c@d.html", "a/b:c@d.html"), ("b@c:1", "b@c:1"),
      ("http://u:p/q@h:x", "http://h:x"), ("http:\\\\u:p@h", "http:\\\\h"),
      ("http://u:p\\q@h/", "http://h/"), ("http:/\t/\tu:p@h/", "http:/\t/\th/"),
      ("a@b.html", "a@b.html"), ("http://h:1/?q=a:b@c", "http://h:1/?q=a:b@c"),
    ])
  func shown(typed: String, shown: String) { #expect(Self.page(typed).shown == shown) }

  @Test("is the same when a batch has carried it, whatever stands beside it")
  func bytes() throws {
    let pages = [
      ListedPage(line: 1, typed: "http://a/"),
      ListedPage(line: 9, typed: "", carried: ["", "é\n"]),
      ListedPage(line: 70_000, typed: "x", carried: ["\u{0}", "{\"a\":1}", "b"]),
    ]
    #expect(try ListedPage.read(ListedPage.bytes(pages)) == pages)
    #expect(try ListedPage.read(ListedPage.bytes([])).isEmpty)
    #expect(throws: MessageReader.Malformed.self) {
      try ListedPage.read(ListedPage.bytes(pages).dropLast())
    }
  }
}
