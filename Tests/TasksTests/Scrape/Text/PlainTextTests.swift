import Scrape
import Testing

@Suite("PlainText")
struct PlainTextTests {
  @Test(
    "Paragraphs stay, other white space folds",
    arguments: [
      ("  a \n b ", "a b"), ("a\n\nb", "a\n\nb"), ("a\n \t\nb\n\n\n\nc", "a\n\nb\n\nc"),
      ("\n\n", ""), ("a\u{A0}\u{2009}b", "a b"), ("a\r\nb", "a b"), ("a\u{2029}b", "a\n\nb"),
      ("中文\n摘要", "中文摘要"), ("in\u{AD}for\u{200B}mation", "information"), ("", ""),
    ])
  func normalized(text: String, expected: String) {
    #expect(PlainText.normalized(text) == expected)
  }

  @Test("A line has no breaks", arguments: [("a\n\nb", "a b"), ("a\u{2028}b\u{85}c", "a b c")])
  func line(text: String, expected: String) {
    #expect(PlainText.line(text) == expected)
  }

  /// From the examples of Unicode Standard Annex 15, and characters that grow when composed.
  @Test(
    "Text is composed canonically, and compatibility characters are kept",
    arguments: [
      ([0x44, 0x307], [0x1E0A]), ([0x212B], [0xC5]), ([0x41, 0x30A], [0xC5]),
      ([0x1E0B, 0x323], [0x1E0D, 0x307]), ([0x1100, 0x1161, 0x11A8], [0xAC01]),
      ([0xFB01], [0xFB01]), ([0x2460], [0x2460]), ([0x958], [0x915, 0x93C]),
      ([0x1D160], [0x1D158, 0x1D165, 0x1D16E]), ([0xFB2C], [0x5E9, 0x5BC, 0x5C1]),
      ([0x61], [0x61]), ([], []),
    ] as [([UInt32], [UInt32])])
  func composed(source: [UInt32], expected: [UInt32]) {
    let text = String(String.UnicodeScalarView(source.compactMap(Unicode.Scalar.init)))
    #expect(PlainText.composed(text).unicodeScalars.map(\.value) == expected)
    let repeated = String(repeating: text, count: 50)
    let wanted = Array(repeating: expected, count: 50).flatMap(\.self)
    // Hangul would compose across the copies, were they not closed syllables.
    #expect(PlainText.composed(repeated).unicodeScalars.map(\.value) == wanted)
  }
}
