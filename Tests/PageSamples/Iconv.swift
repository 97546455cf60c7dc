internal import Glibc

/// The C library's conversions, an authority on encodings that is independent of what is tested.
package enum Iconv {
  private static let names = [
    "shift_jis": "CP932", "euc-jp": "EUC-JP-MS", "iso-2022-jp": "ISO-2022-JP",
    "gb18030": "GB18030", "big5": "BIG5-HKSCS", "euc-kr": "CP949", "ibm866": "IBM866",
    "koi8-r": "KOI8-R", "koi8-u": "KOI8-U", "windows-874": "CP874",
    "x-mac-cyrillic": "MAC-CYRILLIC", "macintosh": "MACINTOSH", "utf-16le": "UTF-16LE",
    "utf-16be": "UTF-16BE", "utf-8": "UTF-8",
  ]

  /// The bytes of a text, or nil when the encoding cannot say it.
  package static func encode(_ text: String, as encoding: String) -> [UInt8]? {
    convert(Array(text.utf8), from: "UTF-8", to: name(encoding))
  }

  package static func decode(_ bytes: [UInt8], as encoding: String) -> String? {
    convert(bytes, from: name(encoding), to: "UTF-8").map { String(decoding: $0, as: UTF8.self) }
  }

  private static func name(_ encoding: String) -> String {
    names[encoding] ?? encoding.uppercased().replacing("WINDOWS-", with: "CP")
  }

  private static func convert(_ bytes: [UInt8], from source: String, to target: String) -> [UInt8]?
  {
    guard let handle = unsafe iconv_open(target, source),
      unsafe handle != iconv_t(bitPattern: -1)
    else { return nil }
    defer { unsafe iconv_close(handle) }
    var input = bytes.map { CChar(bitPattern: $0) }
    var output = [CChar](repeating: 0, count: bytes.count * 8 + 64)
    let room = output.count
    let left: Int? = unsafe input.withUnsafeMutableBufferPointer { input in
      unsafe output.withUnsafeMutableBufferPointer { output in
        var read = input.baseAddress
        var written = output.baseAddress
        var (unread, free) = (input.count, room)
        let isDone = unsafe iconv(handle, &read, &unread, &written, &free) == 0
        let isFlushed = unsafe iconv(handle, nil, nil, &written, &free) == 0
        return isDone && isFlushed ? free : nil
      }
    }
    return left.map { output.prefix(room - $0).map { UInt8(bitPattern: $0) } }
  }
}
