/// A field that the user asks for: `--field name=SELECTOR`, or `name[]=SELECTOR` for all matches.
package struct OwnField: Sendable {
  package let name: String
  /// All matches as a list; otherwise the first, or null.
  package let takesAll: Bool
  package let selector: ValueSelector

  /// Whether the page has to be read to its end.
  package var needsWholePage: Bool { takesAll || selector.looksAhead }

  /// - Parameters:
  ///   - definition: the value of the option.
  ///   - taken: names that the record has already.
  package init(_ definition: String, taken: Set<String> = []) throws(SelectorError) {
    guard let sign = definition.firstIndex(of: "=") else {
      throw SelectorError(
        definition, at: nil, "the name of the field is missing", cure: "write NAME=SELECTOR")
    }
    var name = definition[..<sign].trimmingBlanks
    takesAll = name.hasSuffix("[]")
    if takesAll { name.removeLast(2) }
    self.name = name
    try Self.check(name, of: definition, taken)
    selector = try ValueSelector(String(definition[definition.index(after: sign)...]))
  }

  private static func check(
    _ name: String, of definition: String, _ taken: Set<String>
  ) throws(SelectorError) {
    guard let first = name.first, first.isLetter || first == "_",
      name.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" || $0 == "-" })
    else {
      throw SelectorError(
        definition, at: 1, "'\(name)' is no name for a field",
        cure: "begin with a letter and use letters, digits, '_' and '-', as in first=h1")
    }
    guard !taken.contains(name) else {
      throw SelectorError(
        definition, at: 1, "every record has a field '\(name)' already", cure: "choose another name"
      )
    }
  }
}
