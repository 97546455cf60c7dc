/// Percent-encoding, and the white space that surrounds addresses in lists and pages.
package enum PercentCoding {
  /// `text` without white space around it and without tabs and line ends in it, which pages wrap
  /// addresses with (WHATWG URL, 4.4).
  static func tidied(_ text: String, allowsEmpty: Bool = false) throws(WebURLError) -> String {
    guard text.utf8.count <= WebURL.longestBytes else { throw .tooLong }
    var bytes = text.utf8.filter { $0 != 0x09 && $0 != 0x0a && $0 != 0x0d }
    while let last = bytes.last, last == 0x20 { bytes.removeLast() }
    let first = bytes.firstIndex { $0 != 0x20 } ?? bytes.endIndex
    guard allowsEmpty || first < bytes.endIndex else { throw .empty }
    guard !bytes.contains(where: { $0 < 0x20 || $0 == 0x7f }) else { throw .controlCharacter }
    return String(decoding: bytes[first...], as: UTF8.self)
  }

  /// A path as part of an address: all but unreserved characters and the slash encoded.
  static func encode(path: String) -> String {
    var result: [UInt8] = []
    result.reserveCapacity(path.utf8.count)
    for byte in path.utf8 {
      if isUnreserved(byte) || byte == UInt8(ascii: "/") {
        result.append(byte)
      } else {
        result += [UInt8(ascii: "%"), digit(byte >> 4), digit(byte & 15)]
      }
    }
    return String(decoding: result, as: UTF8.self)
  }

  /// An address whose spaces and bytes beyond ASCII are encoded, save for those of its host.
  static func encodedPath(of address: String) -> String {
    let bytes = Array(address.utf8)
    let start = bytes.firstIndex(of: UInt8(ascii: ":")).map { $0 + 1 } ?? 0
    let isMark: (UInt8) -> Bool = { byte in
      byte == UInt8(ascii: "/") || byte == UInt8(ascii: "?") || byte == UInt8(ascii: "#")
    }
    // A file may be named without the two slashes that a host stands behind.
    let hasHost = bytes[start...].starts(with: "//".utf8)
    let path =
      hasHost ? bytes.dropFirst(start + 2).firstIndex(where: isMark) ?? bytes.endIndex : start
    var result = Array(bytes[..<path])
    for byte in bytes[path...] {
      if byte > 0x20 && byte < 0x7f {
        result.append(byte)
      } else {
        result += [UInt8(ascii: "%"), digit(byte >> 4), digit(byte & 15)]
      }
    }
    return String(decoding: result, as: UTF8.self)
  }

  /// Nil when an encoded byte is zero, which no path holds.
  static func decode(_ text: some StringProtocol) -> String? {
    var result: [UInt8] = []
    let bytes = Array(text.utf8)
    var place = 0
    while place < bytes.count {
      if let byte = escaped(bytes, at: place) {
        if byte == 0 { return nil }
        result.append(byte)
        place += 3
      } else {
        result.append(bytes[place])
        place += 1
      }
    }
    return String(decoding: result, as: UTF8.self)
  }

  /// The byte that `%XX` at `place` stands for; nil where there is none.
  package static func escaped(_ bytes: [UInt8], at place: Int) -> UInt8? {
    guard bytes[place] == UInt8(ascii: "%"), place + 2 < bytes.count,
      let high = value(bytes[place + 1]), let low = value(bytes[place + 2])
    else { return nil }
    return high << 4 | low
  }

  package static func isUnreserved(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
      UInt8(ascii: "_"), UInt8(ascii: "~"):
      true
    default: false
    }
  }

  package static func digit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "A") + value - 10
  }

  private static func value(_ digit: UInt8) -> UInt8? {
    switch digit {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}
