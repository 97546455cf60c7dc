/// What libxml2 would find wrong with an XPath expression only when it evaluates it, page after page:
/// functions that do not exist, their arguments, variables and prefixes.
struct XPathCheck {
  struct Fault: Equatable {
    /// The character it went wrong at, counted from zero.
    var place: Int
    var what: String
    var cure: String
  }

  /// The functions of XPath 1.0, section 4, and how many arguments they take.
  private static let functions: [String: ClosedRange<Int>] = [
    "last": 0...0, "position": 0...0, "count": 1...1, "id": 1...1, "local-name": 0...1,
    "namespace-uri": 0...1, "name": 0...1, "string": 0...1, "concat": 2...Int.max,
    "starts-with": 2...2, "contains": 2...2, "substring-before": 2...2, "substring-after": 2...2,
    "substring": 2...3, "string-length": 0...1, "normalize-space": 0...1, "translate": 3...3,
    "boolean": 1...1, "not": 1...1, "true": 0...0, "false": 0...0, "lang": 1...1, "number": 0...1,
    "sum": 1...1, "floor": 1...1, "ceiling": 1...1, "round": 1...1,
  ]
  /// Names that a bracket may follow without being functions: types of nodes and operators.
  private static let others: Set<String> = [
    "text", "node", "comment", "processing-instruction", "and", "or", "div", "mod",
  ]

  /// An open bracket: of a call, with what is known of its arguments, or another.
  private struct Bracket {
    var function: String?
    var place: Int
    var commas = 0
    var isEmpty = true
  }

  private let characters: [Character]
  private var place = 0
  private var brackets: [Bracket] = []

  /// The first fault of an expression that can be compiled; nil when there is none.
  static func fault(in expression: String) -> Fault? {
    var check = XPathCheck(characters: Array(expression))
    while check.place < check.characters.count {
      if let fault = check.step() { return fault }
    }
    return nil
  }

  private init(characters: [Character]) { self.characters = characters }

  private func character(at place: Int) -> Character? {
    place < characters.count ? characters[place] : nil
  }

  private mutating func step() -> Fault? {
    let character = characters[place]
    if !character.isWhitespace, character != ")", let last = brackets.indices.last {
      brackets[last].isEmpty = false
    }
    switch character {
    case "\"", "'": skipText(character)
    case "$":
      return Fault(place: place, what: "there are no variables", cure: "write the value itself")
    case "(": open(function: nil)
    case ")": return close()
    case ",":
      if let last = brackets.indices.last { brackets[last].commas += 1 }
      place += 1
    default:
      guard Self.beginsName(character) else {
        place += 1
        return nil
      }
      return name()
    }
    return nil
  }

  private mutating func skipText(_ quote: Character) {
    place += 1
    while let next = character(at: place), next != quote { place += 1 }
    place += 1
  }

  private mutating func open(function: String?, at start: Int = 0) {
    brackets.append(Bracket(function: function, place: start))
    place += 1
  }

  private mutating func close() -> Fault? {
    place += 1
    guard let bracket = brackets.popLast(), let name = bracket.function,
      let wanted = Self.functions[name]
    else { return nil }
    let count = bracket.isEmpty ? 0 : bracket.commas + 1
    guard !wanted.contains(count) else { return nil }
    let number =
      wanted.upperBound == .max
      ? "\(wanted.lowerBound) or more"
      : wanted.count == 1 ? "\(wanted.lowerBound)" : "\(wanted.lowerBound) to \(wanted.upperBound)"
    return Fault(
      place: bracket.place, what: "\(name)() takes \(number) arguments, and has \(count)",
      cure: "separate them by commas")
  }

  // MARK: - Names

  private static func beginsName(_ character: Character) -> Bool {
    character.isLetter || character == "_"
  }

  private mutating func name() -> Fault? {
    let start = place
    while let next = character(at: place), next.isLetter || next.isNumber || "_-.".contains(next) {
      place += 1
    }
    let name = String(characters[start..<place])
    var behind = place
    while character(at: behind)?.isWhitespace == true { behind += 1 }
    switch character(at: behind) {
    case ":" where character(at: behind + 1) == ":":
      place = behind + 2
    case ":":
      return Fault(
        place: start, what: "the prefix '\(name)' means nothing in HTML",
        cure: "compare whole names, as in @*[name()='xlink:href']")
    case "(":
      place = behind
      if Self.others.contains(name) {
        open(function: nil)
      } else if Self.functions[name] != nil {
        open(function: name, at: start)
      } else {
        return unknown(name, at: start)
      }
    default: break
    }
    return nil
  }

  private func unknown(_ name: String, at start: Int) -> Fault {
    Fault(
      place: start, what: "XPath has no function '\(name)'",
      cure: "known are \(Self.functions.keys.sorted().joined(separator: " "))")
  }
}
