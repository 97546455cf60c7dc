package import BatchCore

extension ByteBuffer {
  /// Appends a JSON string in quotes.
  package func append(json text: String) {
    var text = text
    append(UInt8(ascii: "\""))
    text.withUTF8 { bytes in
      var start = 0
      for place in bytes.indices {
        let byte = unsafe bytes[place]
        guard
          byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte == 0x7F
        else { continue }
        unsafe append(
          UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(bytes)[start..<place]))
        appendEscape(of: byte)
        start = place + 1
      }
      unsafe append(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(bytes)[start...]))
    }
    append(UInt8(ascii: "\""))
  }

  private func appendEscape(of byte: UInt8) {
    switch byte {
    case UInt8(ascii: "\""): append(literal: "\\\"")
    case UInt8(ascii: "\\"): append(literal: "\\\\")
    case 0x0A: append(literal: "\\n")
    case 0x0D: append(literal: "\\r")
    case 0x09: append(literal: "\\t")
    default:
      let digits = String(byte, radix: 16)
      append(literal: "\\u")
      append(String(repeating: "0", count: 4 - digits.utf8.count) + digits)
    }
  }

  package func append(json text: String?) {
    if let text { append(json: text) } else { append(literal: "null") }
  }

  package func append(json number: Int?) {
    if let number { append(number) } else { append(literal: "null") }
  }

  package func append(json texts: [String]) {
    append(UInt8(ascii: "["))
    for (place, text) in texts.enumerated() {
      if place > 0 { append(UInt8(ascii: ",")) }
      append(json: text)
    }
    append(UInt8(ascii: "]"))
  }

  /// Appends a CSV field, in quotes where it needs them.
  package func append(csv text: String) {
    let needsQuotes = text.utf8.contains {
      $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "\"") || $0 == 0x0A || $0 == 0x0D
    }
    guard needsQuotes else { return append(text) }
    append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      if byte == UInt8(ascii: "\"") { append(byte) }
      append(byte)
    }
    append(UInt8(ascii: "\""))
  }
}
