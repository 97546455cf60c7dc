extension SelectorParser {
  // MARK: - Attributes

  mutating func attribute() throws(SelectorError) -> Selector.AttributeTest {
    skipBlanks()
    let name = ByteName(try attributeName())
    skipBlanks()
    if take("]") {
      return Selector.AttributeTest(name: name, test: .present, value: [], ignoresCase: false)
    }
    let test = try attributeOperator()
    skipBlanks()
    let value = try attributeValue()
    skipBlanks()
    let ignoresCase = take("i") || take("I")
    if !ignoresCase { _ = take("s") || take("S") }
    skipBlanks()
    try expect("]", cure: "close the attribute with it, and quote a value that holds blanks")
    return Selector.AttributeTest(
      name: name, test: test, value: Array((ignoresCase ? value.lowercased() : value).utf8),
      ignoresCase: ignoresCase)
  }

  /// Colons belong to names such as `xml:lang`.
  private mutating func attributeName() throws(SelectorError) -> String {
    var result = try name(of: "an attribute")
    while take(":") { result += ":" + (try name(of: "an attribute")) }
    return result.lowercased()
  }

  private mutating func attributeOperator() throws(SelectorError) -> AttributeOperator {
    let start = place
    let test: AttributeOperator =
      switch next {
      case "=": .equals
      case "~": .hasWord
      case "|": .startsWithLanguage
      case "^": .startsWith
      case "$": .endsWith
      case "*": .contains
      default:
        throw fault(
          "the attribute is not closed", cure: "write ']' or one of = ~= |= ^= $= *= there")
      }
    if test != .equals { place += 1 }
    guard take("=") else {
      throw fault("'=' is missing", cure: "write = ~= |= ^= $= or *=", at: start)
    }
    return test
  }

  private mutating func attributeValue() throws(SelectorError) -> String {
    guard let quote = next, quote == "\"" || quote == "'" else {
      return try unquotedValue()
    }
    let start = place
    place += 1
    var value = ""
    while let character = next, character != quote {
      if character == "\\", place + 1 < characters.count { place += 1 }
      value.append(characters[place])
      place += 1
    }
    guard take(quote) else {
      throw fault("the quote is not closed", cure: "write another \(quote) behind it", at: start)
    }
    return value
  }

  /// More than the standard allows: everything up to a blank or the bracket.
  private mutating func unquotedValue() throws(SelectorError) -> String {
    var value = ""
    while let character = next, character != "]", !character.isWhitespace {
      value.append(character)
      place += 1
    }
    guard !value.isEmpty else {
      throw fault("the attribute's value is missing", cure: "write one, in quotes if need be")
    }
    return value
  }

  // MARK: - Pseudo-classes

  static let knownConditions = [
    "first-child", "last-child", "only-child", "first-of-type", "last-of-type", "only-of-type",
    "nth-child()", "nth-last-child()", "nth-of-type()", "nth-last-of-type()", "not()", "is()",
    "where()", "has()", "root", "empty",
  ]

  mutating func condition() throws(SelectorError) -> Selector.Condition {
    let start = place
    let name = try name(of: "a pseudo-class").lowercased()
    switch name {
    case "first-child": return .place(.at(1, ofType: false, fromEnd: false))
    case "last-child": return .place(.at(1, ofType: false, fromEnd: true))
    case "first-of-type": return .place(.at(1, ofType: true, fromEnd: false))
    case "last-of-type": return .place(.at(1, ofType: true, fromEnd: true))
    case "only-child": return only(ofType: false)
    case "only-of-type": return only(ofType: true)
    case "root": return .root
    case "empty": return .empty
    case "not": return .not(try argument(of: name, relative: false))
    case "is", "where": return .any(try argument(of: name, relative: false))
    case "has": return .has(try argument(of: name, relative: true))
    case "nth-child": return .place(try nth(name, ofType: false, fromEnd: false))
    case "nth-last-child": return .place(try nth(name, ofType: false, fromEnd: true))
    case "nth-of-type": return .place(try nth(name, ofType: true, fromEnd: false))
    case "nth-last-of-type": return .place(try nth(name, ofType: true, fromEnd: true))
    default: throw unknown(name, at: start)
    }
  }

  private func unknown(_ name: String, at start: Int) -> SelectorError {
    let cure =
      name.contains("contains") || name.contains("text")
      ? "text is compared by XPath: //h4[contains(., 'Abstract')]"
      : "known are \(Self.knownConditions.map { ":" + $0 }.joined(separator: " "))"
    return fault("the pseudo-class ':\(name)' is not known", cure: cure, at: start)
  }

  private func only(ofType: Bool) -> Selector.Condition {
    let ends = [false, true].map { fromEnd in
      Selector.Condition.place(.at(1, ofType: ofType, fromEnd: fromEnd))
    }
    let compound = Selector.Compound(conditions: ends)
    return .any(Selector(alternatives: [Selector.Chain(subject: compound)]))
  }

  private mutating func argument(
    of name: String, relative: Bool
  ) throws(SelectorError) -> Selector {
    try expect("(", cure: "write :\(name)(selector)")
    let selector = try list(relative: relative)
    skipBlanks()
    try expect(")", cure: "close :\(name)( with it")
    return selector
  }

  // MARK: - Places

  private mutating func nth(
    _ name: String, ofType: Bool, fromEnd: Bool
  ) throws(SelectorError) -> Selector.Place {
    try expect("(", cure: "write :\(name)(2), :\(name)(odd) or :\(name)(3n+1)")
    let start = place
    var text = ""
    while let character = next, character != ")" {
      if !character.isWhitespace { text.append(character) }
      place += 1
    }
    try expect(")", cure: "close :\(name)( with it")
    guard let (step, offset) = Self.stepAndOffset(text.lowercased()) else {
      throw fault(
        "'\(text)' is no place among siblings", cure: "write a number, 'odd', 'even' or '3n+1'",
        at: start)
    }
    return Selector.Place(step: step, offset: offset, ofType: ofType, fromEnd: fromEnd)
  }

  private static func stepAndOffset(_ text: String) -> (step: Int, offset: Int)? {
    if text == "odd" { return (2, 1) }
    if text == "even" { return (2, 0) }
    guard let letter = text.firstIndex(of: "n") else { return number(text).map { (0, $0) } }
    let before = text[..<letter]
    let behind = text[text.index(after: letter)...]
    let step: Int? =
      switch before {
      case "", "+": 1
      case "-": -1
      default: number(before)
      }
    let offset = behind.isEmpty ? 0 : number(behind)
    guard let step, let offset else { return nil }
    return (step, offset)
  }

  /// At most four digits: a place among siblings, not arithmetic at the edge of integers.
  private static func number(_ text: some StringProtocol) -> Int? {
    guard text.utf8.count <= 5 else { return nil }
    return Int(text)
  }
}
