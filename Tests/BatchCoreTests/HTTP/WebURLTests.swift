import BatchCore
import Testing

@Suite("An address")
struct WebURLTests {
  @Test(
    "is brought into normal form",
    arguments: [
      ("http://example.org/", "http://example.org/"),
      ("https://example.org/a/b?c=d", "https://example.org/a/b?c=d"),
      ("  http://example.org/a\r\n", "http://example.org/a"),
      ("HTTP://Example.ORG", "http://example.org/"),
      ("http://example.org?x=1", "http://example.org/?x=1"),
      ("http://example.org:80/a", "http://example.org/a"),
      ("https://example.org:443/a", "https://example.org/a"),
      ("http://example.org:8080/a", "http://example.org:8080/a"),
      ("http://example.org:08080/a", "http://example.org:8080/a"),
      ("http://example.org/a#part", "http://example.org/a"),
      ("http://example.org/a?b#part", "http://example.org/a?b"),
      ("http://example.org/a/./b/../c", "http://example.org/a/c"),
      ("http://example.org/../../a", "http://example.org/a"),
      ("http://example.org/.well-known/x", "http://example.org/.well-known/x"),
      ("http://example.org/a b", "http://example.org/a%20b"),
      ("http://example.org/Zürich?q=ä", "http://example.org/Z%C3%BCrich?q=%C3%A4"),
      ("http://bücher.example/", "http://xn--bcher-kva.example/"),
      ("http://BÜCHER.example/", "http://xn--bcher-kva.example/"),
      ("http://127.0.0.1:81/x", "http://127.0.0.1:81/x"),
      ("http://127.0.0.1/", "http://127.0.0.1/"),
      ("http://10.0.255.1/a?b", "http://10.0.255.1/a?b"),
      ("http://127.0.0.1:80/", "http://127.0.0.1/"), ("http://127.0.0.1?x", "http://127.0.0.1/?x"),
      ("http://0x7f.1/", "http://127.0.0.1/"), ("http://127.1/", "http://127.0.0.1/"),
      // What is left of a name may be a number.
      ("http://4%2e4/", "http://4.0.0.4/"), ("http://%380/", "http://0.0.0.80/"),
      ("http://\u{AD}80/", "http://0.0.0.80/"), ("http://８０/", "http://0.0.0.80/"),
      ("http://１２７。０。０。１/", "http://127.0.0.1/"),
      ("http://010.0.0.1/", "http://8.0.0.1/"), ("http://0.0.0.00/", "http://0.0.0.0/"),
      ("http://1.2.3.4.example/", "http://1.2.3.4.example/"),
      ("http://[::1]:8080/x", "http://[::1]:8080/x"),
      ("http://user:secret@example.org/a", "http://example.org/a"),
      ("http://user@example.org", "http://example.org/"),
      ("file:///a/b%20c.html", "file:///a/b%20c.html"),
      // A drive elsewhere, here the name of a file.
      ("file:///g:", "file:///g%3A"), ("file:///./g|/a", "file:///g%7C/a"),
      ("file:/g:/a?b#c", "file:///g%3A/a%3Fb"), ("file:///gh:", "file:///gh:"),
      ("FILE:///a/../b", "file:///b"), ("file:///a?b?c", "file:///a%3Fb%3Fc"),
      ("file:///a?b/./c#d?e", "file:///a%3Fb/c"),
      ("file://LOCALHOST/a", "file:///a"), ("file:/é", "file:///%C3%A9"),
    ])
  func normalForm(text: String, expected: String) throws {
    let url = try WebURL(text)
    #expect(url.text == expected)
    #expect(try WebURL(url.text) == WebURL(expected), "the normal form is its own normal form")
  }

  @Test(
    "is refused with its reason",
    arguments: [
      ("", WebURLError.empty), ("   ", .empty),
      ("example.org/a", .noScheme), ("/a/b", .noScheme), ("localhost:8080/x", .noScheme),
      ("ftp://example.org/", .unsupportedScheme("ftp")),
      ("mailto:a@example.org", .unsupportedScheme("mailto")),
      ("JavaScript:alert(1)", .unsupportedScheme("javascript")),
      ("http://", .noHost), ("http:///a", .noHost), ("http://:80/", .noHost),
      ("http://a b/", .badHost), ("http://a_<b>/", .badHost), ("http://[::1/", .badHost),
      ("http://[fe80::1%25eth0]/", .badHost), ("file://ü/a", .badHost),
      ("file:a.html", .relativeFile), ("file:./a%20b", .relativeFile), ("file:", .relativeFile),
      ("http://a.org:0/", .badPort), ("http://a.org:65536/", .badPort),
      ("http://a.org:x/", .badPort), ("http://a.org/\u{1}", .controlCharacter),
      ("http://a.org/" + String(repeating: "a", count: 70_000), .tooLong),
    ])
  func refused(text: String, reason: WebURLError) {
    #expect(throws: reason) { try WebURL(text) }
  }

  @Test("knows its parts")
  func parts() throws {
    let url = try WebURL("https://user:pa%20ss@Example.org:8443/a/b.html?x=1&y=/../z#f")
    #expect(url.scheme == .https)
    #expect(url.host == "example.org")
    #expect(url.port == 8443)
    #expect(url.origin == "https://example.org:8443")
    #expect(url.path == "/a/b.html")
    #expect(url.pathAndQuery == "/a/b.html?x=1&y=/../z")
    #expect(url.credentials == "user:pa%20ss")
    #expect(!"\(url)".contains("pa%20ss"))
    #expect(try WebURL("http://[::1]/").host == "::1")
    #expect(try WebURL("http://example.org/").port == 80)
  }

  /// The examples of RFC 3986, section 5.4, with `http` for their base, and without fragments.
  @Test(
    "resolves references",
    arguments: [
      ("g:h", nil), ("g", "/b/c/g"), ("./g", "/b/c/g"), ("g/", "/b/c/g/"), ("/g", "/g"),
      ("?y", "/b/c/d;p?y"), ("g?y", "/b/c/g?y"), ("#s", "/b/c/d;p?q"), ("g#s", "/b/c/g"),
      ("g?y#s", "/b/c/g?y"), (";x", "/b/c/;x"), ("g;x", "/b/c/g;x"), ("g;x?y#s", "/b/c/g;x?y"),
      ("", "/b/c/d;p?q"), (".", "/b/c/"), ("./", "/b/c/"), ("..", "/b/"), ("../", "/b/"),
      ("../g", "/b/g"), ("../..", "/"), ("../../", "/"), ("../../g", "/g"), ("../../../g", "/g"),
      ("/./g", "/g"), ("/../g", "/g"), ("g.", "/b/c/g."), (".g", "/b/c/.g"), ("g..", "/b/c/g.."),
      ("..g", "/b/c/..g"), ("./../g", "/b/g"), ("./g/.", "/b/c/g/"), ("g/./h", "/b/c/g/h"),
      ("g/../h", "/b/c/h"), ("g;x=1/./y", "/b/c/g;x=1/y"), ("g?y/./x", "/b/c/g?y/./x"),
      ("g?y/../x", "/b/c/g?y/../x"),
    ] as [(String, String?)])
  func references(reference: String, expected: String?) throws {
    let base = try WebURL("http://u:p@a/b/c/d;p?q")
    guard let expected else {
      #expect(throws: WebURLError.unsupportedScheme("g")) { try base.resolving(reference) }
      return
    }
    let url = try base.resolving(reference)
    #expect(url.text == "http://a" + expected)
    #expect(url.credentials == "u:p")
  }

  @Test("gives its credentials to no other host")
  func otherHost() throws {
    let base = try WebURL("http://u:p@a/b")
    #expect(try base.resolving("//g/x").text == "http://g/x")
    #expect(try base.resolving("//g/x").credentials == nil)
    #expect(try base.resolving("https://a/x").credentials == nil)
    #expect(try base.resolving(" \n/a b\n").text == "http://a/a%20b")
  }

  @Test("of a file survives every name", arguments: ["/a b/c?d#e%41.html", "/ü/x", "/a;b&c"])
  func files(path: String) throws {
    let url = try WebURL(filePath: path)
    #expect(url.scheme == .file)
    #expect(url.filePath == path)
    #expect(try WebURL(url.text).filePath == path)
    #expect(try WebURL("http://a/").filePath == nil)
  }

  @Test("is the same from the quick scan and from the parser")
  func agreement() throws {
    var generator = SeededGenerator(seed: 20_251)
    let pieces = [
      "http://", "https://", "HTTP://", "a", "b.org", "1", ".", "..", "/", "//", ":", "80", "443",
      "8080", "?", "#", "%41", "x=y", "-", "@", "A", " ", "é", "0", "[::1]",
    ]
    var accepted = 0
    for _ in 0..<20_000 {
      var text = ["http://", "https://"].randomElement(using: &generator) ?? ""
      for _ in 0..<Int.random(in: 1...6, using: &generator) {
        text += pieces.randomElement(using: &generator) ?? ""
      }
      // White space sends an address to the parser; around it, it means nothing.
      let parsed = try? WebURL(" " + text)
      let scanned = try? WebURL(text)
      #expect(scanned == parsed, "seed 20251: \(text)")
      if let parsed {
        accepted += 1
        #expect(scanned?.port == parsed.port && scanned?.host == parsed.host)
        #expect(try WebURL(parsed.text).text == parsed.text, "seed 20251: \(text)")
      }
    }
    #expect(accepted > 2_000)
  }
}
