import Commands
import Testing

@Suite("Text for the screen")
struct ScreenTextTests {
  @Test(
    "has no character that a terminal obeys, and all others as they are",
    arguments: [
      ("plain 'text', é 😀", "plain 'text', é 😀"), ("a\nb\r\tc", #"a\nb\r\tc"#),
      ("\u{0}\u{7}\u{1B}[2J\u{7F}", #"\u0000\u0007\u001b[2J\u007f"#),
      ("\u{85}\u{9B}31m\u{A0}", "\\u0085\\u009b31m\u{A0}"),
      ("\u{202E}gpj\u{2066}\u{2028}", #"\u202egpj\u2066\u2028"#), ("\r\n", #"\r\n"#), ("", ""),
    ])
  func escapes(text: String, expected: String) { #expect(text.forScreen == expected) }
}
