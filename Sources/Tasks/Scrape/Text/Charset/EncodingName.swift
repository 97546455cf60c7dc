/// A character encoding, by the name that the WHATWG Encoding Standard gives it, in lower case.
package struct EncodingName: Hashable, Sendable, CustomStringConvertible {
  package let text: String

  /// Finds an encoding by any label in use for it, in any case: `x-sjis`, `latin1`, `GB2312`.
  package init?(label: some StringProtocol) {
    let trimmed = label.utf8.filter { $0 > 0x20 && $0 != 0x22 && $0 != 0x27 }
    guard let name = EncodingLabels.names[String(decoding: trimmed, as: UTF8.self).lowercased()]
    else { return nil }
    text = name
  }

  /// Names an encoding of the table of labels.
  init(known text: String) { self.text = text }

  package var description: String { text }

  package static let utf8 = EncodingName(known: "utf-8")
  package static let utf16LittleEndian = EncodingName(known: "utf-16le")
  package static let utf16BigEndian = EncodingName(known: "utf-16be")
  package static let windows1252 = EncodingName(known: "windows-1252")
  static let iso2022JP = EncodingName(known: "iso-2022-jp")

  var isUTF16: Bool { self == .utf16LittleEndian || self == .utf16BigEndian }

  /// Whether the encoding has no use for bytes beyond ASCII.
  var isSevenBit: Bool {
    ["iso-2022-jp", "iso-2022-kr", "iso-2022-cn", "hz-gb-2312"].contains(text)
  }

  /// The name under which ICU has the same mapping, or the closest that it has.
  var icuName: String {
    switch text {
    case "shift_jis": "ibm-943_P15A-2003"
    case "euc-jp": "euc-jp-2007"
    case "euc-kr": "windows-949-2000"
    case "big5": "ibm-1375_P100-2008"
    case "iso-8859-8-i": "iso-8859-8"
    case "windows-874": "windows-874-2000"
    case "x-mac-cyrillic": "macos-7_3-10.2"
    case "utf-16le": "UTF-16LE"
    case "utf-16be": "UTF-16BE"
    default: text
    }
  }

  /// Whether every byte is one character.
  var isSingleByte: Bool {
    switch text {
    case "utf-8", "utf-16le", "utf-16be", "shift_jis", "euc-jp", "iso-2022-jp", "gbk", "gb18030",
      "hz-gb-2312", "big5", "euc-kr", "iso-2022-kr", "iso-2022-cn":
      false
    default: true
    }
  }
}
