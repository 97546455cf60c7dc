internal import ScrapeShims

/// Text without markup, brought into the one form that records have.
package enum PlainText {
  /// Paragraphs stay apart by an empty line; all else that is white space becomes one blank.
  ///
  /// See ``TextWriter`` for what is left out. The result is in normalization form C.
  package static func normalized(_ text: String) -> String {
    var (text, writer) = (text, TextWriter())
    text.withUTF8 { utf8 in
      var (start, lineFeeds) = (0, 0)
      while let end = unsafe utf8[start...].firstIndex(of: 0x0A) {
        let line = unsafe UnsafeBufferPointer(rebasing: utf8[start..<end])
        if unsafe !isBlank(line) { lineFeeds = 0 }
        unsafe writer.append(utf8: line)
        lineFeeds += 1
        if lineFeeds == 2 { writer.owe(breaks: 2) }
        writer.append(0x0A)
        start = end + 1
      }
      unsafe writer.append(utf8: UnsafeBufferPointer(rebasing: utf8[start...]))
    }
    return writer.finished()
  }

  private static func isBlank(_ line: UnsafeBufferPointer<UInt8>) -> Bool {
    let mark = unsafe line.firstIndex { !($0 == 0x20 || (0x09...0x0D).contains($0)) }
    guard let mark else { return true }
    guard unsafe line[mark] >= 0x80 else { return false }
    return unsafe String(decoding: line[mark...], as: UTF8.self).unicodeScalars
      .allSatisfy(\.properties.isWhitespace)
  }

  /// The same on one line.
  package static func line(_ text: String) -> String {
    var (text, writer) = (text, TextWriter(isSingleLine: true))
    text.withUTF8 { unsafe writer.append(utf8: $0) }
    return writer.finished()
  }

  /// Normalization form C; a text that is in it already is not copied.
  package static func composed(_ text: String) -> String {
    // Nothing below U+0300 is decomposed, and what composes with it lies above.
    guard text.utf8.contains(where: { $0 >= 0xCC }) else { return text }
    let units = Array(text.utf16)
    if unsafe batchrun_is_nfc(units, units.count) != 0 { return text }
    // No character grows by more than three code units: Unicode Standard Annex 15, section 11.
    var target = [UInt16](repeating: 0, count: units.count * 3 + 16)
    let count = unsafe batchrun_to_nfc(units, units.count, &target, target.count)
    guard count > 0, count <= target.count else { return text }
    return String(decoding: target.prefix(count), as: UTF16.self)
  }
}
