/// The right that an option gives.
package enum OptionType: Sendable, Equatable {
  case call
  case put

  /// Reads `call`, `put`, `C` or `P` in any case; blanks around it are allowed, as around numbers.
  package init?(_ text: UnsafeRawBufferPointer) {
    switch text.count {
    case 1:
      switch unsafe text[0] | 0x20 {
      case UInt8(ascii: "c"): self = .call
      case UInt8(ascii: "p"): self = .put
      default: return nil
      }
    case 3 where unsafe Self.spells(text, "put"): self = .put
    case 4 where unsafe Self.spells(text, "call"): self = .call
    default:
      let inner = unsafe text.trimmingBlanks()
      guard inner.count < text.count, let type = unsafe OptionType(inner) else { return nil }
      self = type
    }
  }

  package init?(_ text: [UInt8]) {
    let type = unsafe text.withUnsafeBytes { unsafe OptionType($0) }
    guard let type else { return nil }
    self = type
  }

  @inline(__always)
  private static func spells(_ text: UnsafeRawBufferPointer, _ word: StaticString) -> Bool {
    for index in 0..<text.count {
      if unsafe text[index] | 0x20 != word.utf8Start[index] { return false }
    }
    return true
  }
}

extension PriceQuantity.Domain {
  /// Whether a finite number may stand in a field.
  package func contains(_ number: Double) -> Bool {
    switch self {
    case .positive: number > 0
    case .notNegative: number >= 0
    case .anyNumber: true
    case .optionType, .date, .text: false
    }
  }

  /// What a value has to be, after "is not".
  var words: String {
    switch self {
    case .anyNumber: "a number"
    case .positive: "a number above 0"
    case .notNegative: "a number of 0 or more"
    case .optionType: "call, put, C or P"
    case .date: "a date (YYYY-MM-DD, YYYYMMDD or a whole number)"
    case .text: "a text"
    }
  }
}

extension UnsafeRawBufferPointer {
  /// The bytes without spaces and tabs at both ends.
  func trimmingBlanks() -> UnsafeRawBufferPointer {
    var range = 0..<count
    while let first = range.first, unsafe self[first].isBlank { range.removeFirst() }
    while let last = range.last, unsafe self[last].isBlank { range.removeLast() }
    return unsafe UnsafeRawBufferPointer(rebasing: self[range])
  }
}

extension UInt8 {
  fileprivate var isBlank: Bool { self == 0x20 || self == 0x09 }
}
