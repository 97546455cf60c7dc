/// Looks for a declaration of the encoding at the start of a page, before anything is parsed.
///
/// The prescan of the HTML Standard, section 13.2.3.2, with its two rules about what the label may
/// mean: a declared UTF-16 is UTF-8, since the declaration could be read. An XML declaration counts too.
struct MetaPrescan {
  private let bytes: [UInt8]
  private var position = 0

  /// The encoding that the page declares and whether that was in a `meta`.
  static func declaration(in bytes: [UInt8]) -> (encoding: EncodingName, isMeta: Bool)? {
    var scan = MetaPrescan(bytes: bytes)
    if let meta = scan.meta() { return (meta, true) }
    return scan.xmlDeclaration().map { ($0, false) }
  }

  /// The language that the `html` element names, such as `pt` of `pt-BR`.
  static func language(in bytes: [UInt8]) -> String? {
    var scan = MetaPrescan(bytes: Array(bytes.prefix(4096)))
    while let next = scan.bytes[scan.position...].firstIndex(of: UInt8(ascii: "<")) {
      scan.position = next
      guard scan.starts(with: "<html") else {
        scan.position += 1
        continue
      }
      scan.position += 5
      while let (name, value) = scan.attribute() {
        if name == "lang" || name == "xml:lang" { return String(value.prefix { $0.isLetter }) }
      }
      return nil
    }
    return nil
  }

  private init(bytes: [UInt8]) { self.bytes = bytes }

  private mutating func meta() -> EncodingName? {
    while let next = bytes[position...].firstIndex(of: UInt8(ascii: "<")) {
      position = next
      if starts(with: "<!--") {
        skipComment()
      } else if starts(with: "<meta") && isGap(at: position + 5) {
        position += 5
        if let encoding = metaAttributes() { return encoding }
      } else if isTag {
        skipTag()
      } else if starts(with: "<!") || starts(with: "</") || starts(with: "<?") {
        position = bytes[position...].firstIndex(of: UInt8(ascii: ">")) ?? bytes.count
      } else {
        position += 1
      }
    }
    return nil
  }

  // MARK: - Tags

  /// Whether an opening or closing tag with a name stands here.
  private var isTag: Bool {
    let first = byte(at: position + 1)
    return Self.isLetter(first == UInt8(ascii: "/") ? byte(at: position + 2) : first)
  }

  /// A comment may end within its own opening: `<!-->`.
  private mutating func skipComment() {
    position += 2
    while position < bytes.count && !starts(with: "-->") { position += 1 }
    position = min(position + 3, bytes.count)
  }

  private mutating func skipTag() {
    while position < bytes.count && !isGap(at: position) && byte(at: position) != 0x3E {
      position += 1
    }
    while attributeRanges() != nil {}
  }

  private mutating func metaAttributes() -> EncodingName? {
    var seen: Set<String> = []
    var (isPragma, needsPragma): (Bool, Bool?) = (false, nil)
    var encoding: EncodingName?
    while let (name, value) = attribute() {
      guard seen.insert(name).inserted else { continue }
      switch name {
      case "http-equiv": isPragma = isPragma || value == "content-type"
      case "content":
        if encoding == nil, let label = ContentType.charset(in: value) {
          encoding = EncodingName(label: label)
          needsPragma = true
        }
      case "charset":
        encoding = EncodingName(label: value)
        needsPragma = false
      default: break
      }
    }
    // A tag that the end has cut may have lost a part of its label.
    guard position < bytes.count, let needsPragma, let encoding, !needsPragma || isPragma else {
      return nil
    }
    return encoding.isUTF16 ? .utf8 : encoding
  }

  /// The next attribute of a tag, in lower case; nil at the tag's end.
  private mutating func attribute() -> (name: String, value: String)? {
    attributeRanges().map { (lowercased($0.name), lowercased($0.value)) }
  }

  private mutating func attributeRanges() -> (name: Range<Int>, value: Range<Int>)? {
    while isGap(at: position) { position += 1 }
    guard position < bytes.count, byte(at: position) != 0x3E else { return nil }
    let start = position
    position += 1
    while position < bytes.count, !isGap(at: position) {
      let next = byte(at: position)
      if next == 0x3D || next == 0x3E { break }
      position += 1
    }
    let name = start..<position
    while isSpace(at: position) { position += 1 }
    guard byte(at: position) == 0x3D else { return (name, 0..<0) }
    position += 1
    while isSpace(at: position) { position += 1 }
    return (name, value())
  }

  private mutating func value() -> Range<Int> {
    let quote = byte(at: position)
    if quote == 0x22 || quote == 0x27 {
      let start = min(position + 1, bytes.count)
      let end = bytes[start...].firstIndex(of: quote) ?? bytes.count
      position = min(end + 1, bytes.count)
      return start..<end
    }
    let start = position
    while position < bytes.count, !isSpace(at: position), byte(at: position) != 0x3E {
      position += 1
    }
    return start..<position
  }

  // MARK: - The XML declaration

  private func xmlDeclaration() -> EncodingName? {
    guard bytes.starts(with: "<?xml".utf8), let end = bytes.firstIndex(of: 0x3E) else { return nil }
    let text = lowercased(0..<end)
    guard let start = text.firstRange(ofText: "encoding") else { return nil }
    let rest = text[start.upperBound...].drop { $0 == " " }
    guard rest.first == "=" else { return nil }
    let quoted = rest.dropFirst().drop { $0 == " " }
    guard let quote = quoted.first, quote == "\"" || quote == "'" else { return nil }
    let encoding = EncodingName(label: quoted.dropFirst().prefix { $0 != quote })
    return encoding?.isUTF16 == true ? .utf8 : encoding
  }

  // MARK: - Bytes

  private func byte(at index: Int) -> UInt8 { index < bytes.count ? bytes[index] : 0 }

  private func isSpace(at index: Int) -> Bool {
    let byte = byte(at: index)
    return byte == 0x20 || byte == 0x0A || byte == 0x09 || byte == 0x0D || byte == 0x0C
  }

  private func isGap(at index: Int) -> Bool { isSpace(at: index) || byte(at: index) == 0x2F }

  private static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) }

  /// - Parameter text: in lower case.
  private func starts(with text: String) -> Bool {
    var index = position
    for expected in text.utf8 {
      let found = byte(at: index)
      guard found == expected || (Self.isLetter(found) && found | 0x20 == expected) else {
        return false
      }
      index += 1
    }
    return true
  }

  private func lowercased(_ range: Range<Int>) -> String {
    String(decoding: bytes[range], as: UTF8.self).lowercased()
  }
}
