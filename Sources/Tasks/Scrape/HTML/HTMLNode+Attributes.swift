/// How a selector compares the value of an attribute.
package enum AttributeOperator: Sendable, Equatable {
  /// `[name]`
  case present
  /// `[name=value]`
  case equals
  /// `[name~=value]`: one of the words.
  case hasWord
  /// `[name|=value]`: the value, or the value and a hyphen at the beginning.
  case startsWithLanguage
  /// `[name^=value]`
  case startsWith
  /// `[name$=value]`
  case endsWith
  /// `[name*=value]`
  case contains
}

extension HTMLNode {
  /// Compares an attribute without making a string of it.
  ///
  /// - Parameter wanted: UTF-8; in lower case when case is ignored.
  package func attribute(
    _ name: ByteName, _ test: AttributeOperator, _ wanted: [UInt8], ignoringCase: Bool = false
  ) -> Bool {
    unsafe withAttribute(name) { value in
      unsafe Self.compare(value, test, wanted, ignoringCase)
    } ?? false
  }

  /// Says whether the element has a class; case counts.
  package func hasClass(_ name: ByteName) -> Bool {
    unsafe withAttribute("class") { value in
      unsafe Self.hasWord(value, name.bytes, count: name.count, false)
    } ?? false
  }

  /// Says whether the element has an id; case counts.
  package func hasID(_ name: ByteName) -> Bool {
    unsafe withAttribute("id") { value in
      unsafe value.count == name.count && Self.matches(value, 0, name.bytes, name.count, false)
    } ?? false
  }

  private static func compare(
    _ value: UnsafeBufferPointer<UInt8>, _ test: AttributeOperator, _ wanted: [UInt8],
    _ ignoringCase: Bool
  ) -> Bool {
    let spare = value.count - wanted.count
    switch test {
    case .present: return true
    case .equals: return unsafe spare == 0 && matches(value, 0, wanted, wanted.count, ignoringCase)
    case .hasWord: return unsafe hasWord(value, wanted, count: wanted.count, ignoringCase)
    case .startsWithLanguage:
      return unsafe spare >= 0 && matches(value, 0, wanted, wanted.count, ignoringCase)
        && (spare == 0 || value[wanted.count] == UInt8(ascii: "-"))
    // An empty value matches nothing here, says the standard.
    case .startsWith:
      return unsafe spare >= 0 && !wanted.isEmpty
        && matches(value, 0, wanted, wanted.count, ignoringCase)
    case .endsWith:
      return unsafe spare >= 0 && !wanted.isEmpty
        && matches(value, spare, wanted, wanted.count, ignoringCase)
    case .contains:
      guard spare >= 0 && !wanted.isEmpty else { return false }
      return (0...spare).contains { place in
        unsafe matches(value, place, wanted, wanted.count, ignoringCase)
      }
    }
  }

  private static func matches(
    _ value: UnsafeBufferPointer<UInt8>, _ place: Int, _ wanted: [UInt8], _ count: Int,
    _ ignoringCase: Bool
  ) -> Bool {
    for index in 0..<count {
      let byte = unsafe value[place + index]
      if byte != wanted[index], !(ignoringCase && byte.asciiLowercased == wanted[index]) {
        return false
      }
    }
    return true
  }

  private static func hasWord(
    _ value: UnsafeBufferPointer<UInt8>, _ wanted: [UInt8], count: Int, _ ignoringCase: Bool
  ) -> Bool {
    guard count > 0 else { return false }
    var place = 0
    while place + count <= value.count {
      let begins = unsafe place == 0 || value[place - 1].isBlank
      let end = place + count
      if begins, unsafe end == value.count || value[end].isBlank,
        unsafe matches(value, place, wanted, count, ignoringCase)
      {
        return true
      }
      place += 1
    }
    return false
  }
}

extension UInt8 {
  /// A blank of HTML: space, tab, line feed, form feed, carriage return.
  package var isBlank: Bool { self == 0x20 || (self >= 0x09 && self <= 0x0D && self != 0x0B) }

  package var asciiLowercased: UInt8 { self >= 0x41 && self <= 0x5A ? self | 0x20 : self }

  package var isASCIILetter: Bool { (self | 0x20) >= 0x61 && (self | 0x20) <= 0x7A }

  package var isASCIIDigit: Bool { self >= 0x30 && self <= 0x39 }
}
