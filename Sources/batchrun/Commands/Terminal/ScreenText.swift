import BatchCore

extension String {
  /// The text on one line in which no character is an order to the terminal or turns others around.
  ///
  /// Messages quote what stands in inputs, names of files and arguments; there `ESC [ 2 J` must not
  /// clear the screen. The escapes are those of JSON, as in `failures.jsonl`.
  package var forScreen: String {
    guard unicodeScalars.contains(where: { $0.isOrder }) else { return self }
    var result = ""
    for scalar in unicodeScalars {
      switch scalar {
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      case let order where order.isOrder:
        let digits = String(order.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}

extension Unicode.Scalar {
  /// Whether it is a control character, breaks a line, or changes the direction of the others.
  fileprivate var isOrder: Bool {
    isControl || 0x2028...0x202E ~= value || 0x2066...0x2069 ~= value
  }
}
