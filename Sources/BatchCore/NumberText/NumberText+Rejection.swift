// MARK: - What is wrong with a text that is not a number

extension NumberText {
  /// Names the reason; the text is not empty, trimmed, and not a number.
  @inline(never)
  static func rejection(
    _ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>
  ) -> NumberRejection {
    var text = unsafe [UInt8](UnsafeBufferPointer(start: start, count: end - start))[...]
    if let sign = text.first, sign == plus || sign == minus { text.removeFirst() }
    if isNotFinite(text) { return .notFinite }
    if isHexadecimal(text) { return .hexadecimal }
    if isGrouped(text) { return .thousandsSeparator }
    return unsafe DecimalScan(start, end) == nil ? .notANumber : .trailingText
  }

  private static let plus = UInt8(ascii: "+")
  private static let minus = UInt8(ascii: "-")

  private static func isNotFinite(_ text: ArraySlice<UInt8>) -> Bool {
    guard text.count <= 8 else { return false }
    let word = String(decoding: text, as: UTF8.self).lowercased()
    return ["nan", "inf", "infinity"].contains(word)
  }

  private static func isHexadecimal(_ text: ArraySlice<UInt8>) -> Bool {
    guard text.count > 2, text.first == UInt8(ascii: "0"),
      text.dropFirst().first.map({ $0 | 0x20 }) == UInt8(ascii: "x")
    else { return false }
    return text.dropFirst(2).allSatisfy { byte in
      switch byte | 0x20 {
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"): true
      default: byte == UInt8(ascii: ".") || byte == minus || byte == plus || byte | 0x20 == 0x70
      }
    }
  }

  /// One to three digits, then groups of a separator and three digits, then perhaps a fraction.
  private static func isGrouped(_ text: ArraySlice<UInt8>) -> Bool {
    let whole = text.prefix { $0 != UInt8(ascii: ".") }
    let fraction = text.dropFirst(whole.count + 1)
    let groups = whole.split(omittingEmptySubsequences: false) {
      $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "'")
        || $0 == UInt8(ascii: " ")
    }
    guard groups.count > 1, (1...3).contains(groups[0].count) else { return false }
    return groups.dropFirst().allSatisfy { $0.count == 3 }
      && groups.allSatisfy { $0.allSatisfy(isDigit) }
      && fraction.allSatisfy(isDigit)
  }

  static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }
}
