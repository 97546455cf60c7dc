extension ByteBuffer {
  /// Appends a JSON string in quotes.
  ///
  /// What JSON does not allow in a string is escaped, and what a terminal may take for an order.
  package func append(json text: String) {
    var text = text
    append(UInt8(ascii: "\""))
    text.withUTF8 { text in
      let bytes = UnsafeRawBufferPointer(text)
      var start = 0
      for place in bytes.indices where unsafe !Self.isPlain(bytes[place]) {
        let value: UInt8
        let end: Int
        if unsafe bytes[place] == 0xC2 {
          // U+0080 to U+009F are 0xC2 and the value; further characters begin with it.
          value = unsafe bytes[place + 1]
          guard value < 0xA0 else { continue }
          end = place + 2
        } else {
          value = unsafe bytes[place]
          end = place + 1
        }
        unsafe append(UnsafeRawBufferPointer(rebasing: bytes[start..<place]))
        appendEscape(of: value)
        start = end
      }
      unsafe append(UnsafeRawBufferPointer(rebasing: bytes[start...]))
    }
    append(UInt8(ascii: "\""))
  }

  /// Whether a byte stands for itself wherever it is.
  @inline(__always)
  private static func isPlain(_ byte: UInt8) -> Bool {
    byte >= 0x20 && byte != 0x22 && byte != 0x5C && byte != 0x7F && byte != 0xC2
  }

  private func appendEscape(of value: UInt8) {
    switch value {
    case UInt8(ascii: "\""): append(literal: "\\\"")
    case UInt8(ascii: "\\"): append(literal: "\\\\")
    case 0x0A: append(literal: "\\n")
    case 0x0D: append(literal: "\\r")
    case 0x09: append(literal: "\\t")
    default:
      append(literal: "\\u00")
      for digit in [value >> 4, value & 15] {
        append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
      }
    }
  }

  package func append(json text: String?) {
    if let text { append(json: text) } else { append(literal: "null") }
  }

  package func append(json number: Int?) {
    if let number { append(number) } else { append(literal: "null") }
  }

  /// Appends a number with a point or an exponent; null where JSON has no number.
  package func append(json number: Double) {
    guard number.isFinite else { return append(literal: "null") }
    append(number)
    if number == number.rounded(), abs(number) < 1e16 { append(literal: ".0") }
  }

  package func append(json texts: [String]) {
    append(json: texts) { $0.append(json: $1) }
  }

  /// Appends an array whose elements `element` appends.
  package func append<Element>(
    json elements: [Element], _ element: (ByteBuffer, Element) -> Void
  ) {
    append(UInt8(ascii: "["))
    for place in elements.indices {
      if place > 0 { append(UInt8(ascii: ",")) }
      element(self, elements[place])
    }
    append(UInt8(ascii: "]"))
  }
}
