/// Tells HTML from what is sent in its place.
enum BodyKind {
  private static let signatures: [[UInt8]] = [
    Array("%PDF-".utf8), [0x89, 0x50, 0x4E, 0x47], Array("GIF8".utf8), [0xFF, 0xD8, 0xFF],
    [0x50, 0x4B, 0x03, 0x04], [0x1F, 0x8B], [0x28, 0xB5, 0x2F, 0xFD], [0x7F, 0x45, 0x4C, 0x46],
    Array("RIFF".utf8), Array("OggS".utf8), Array("%!PS".utf8), Array("{\\rtf".utf8),
  ]

  /// - Parameters:
  ///   - window: the beginning of the body.
  ///   - contentType: the value of the HTTP header, if there was one.
  ///   - charset: what the body is in, if it is text.
  static func isHTML(
    _ window: UnsafeRawBufferPointer, contentType: String?, charset: EncodingName
  ) -> Bool {
    if signatures.contains(where: { unsafe window.starts(with: $0) }) { return false }
    let declared = contentType?.split(separator: ";").first.map { String($0).trimmingBlanks }
    switch declared?.lowercased() {
    case nil, "", "text/html", "application/xhtml+xml", "application/octet-stream", "text/plain",
      "application/xml", "text/xml", "*/*":
      break
    default: return false
    }
    let isWide = charset.isUTF16
    if unsafe looksLikeMarkup(window, isWide: isWide) { return true }
    guard declared?.lowercased() == "text/html" else { return false }
    return unsafe !looksBinary(window, isWide: isWide)
  }

  /// A tag, a comment or a declaration near the beginning; in UTF-16 with zeros between.
  private static func looksLikeMarkup(_ window: UnsafeRawBufferPointer, isWide: Bool) -> Bool {
    var follows = false
    for index in 0..<min(4096, window.count) {
      let byte = unsafe window[index]
      if byte == 0 { continue }
      if follows, byte.isASCIILetter || byte == UInt8(ascii: "!") || byte == UInt8(ascii: "?") {
        return unsafe !looksBinary(window, isWide: isWide)
      }
      follows = byte == UInt8(ascii: "<")
    }
    return false
  }

  /// Many control characters other than zeros. In UTF-16 the half of a letter may look like one: there
  /// only those count whose other half is zero.
  private static func looksBinary(_ window: UnsafeRawBufferPointer, isWide: Bool) -> Bool {
    let count = min(1024, window.count)
    var controls = 0
    for place in 0..<count {
      guard isControl(unsafe window[place]) else { continue }
      let other = place ^ 1
      let isLetter = isWide && (unsafe other >= count || window[other] != 0)
      if !isLetter { controls += 1 }
    }
    return controls * 10 > count
  }

  private static func isControl(_ byte: UInt8) -> Bool {
    (byte < 9 || byte > 13 && byte < 27 || byte > 27 && byte < 32) && byte != 0
  }
}
