/// Reads a CSS selector, by the grammar of Selectors Level 4 as far as it makes sense for scraping.
struct SelectorParser {
  let whole: String
  let characters: [Character]
  var place = 0
  private var depth = 0

  init(_ text: String) {
    whole = text
    characters = Array(text)
  }

  /// Reads the whole text as a list of selectors.
  static func parse(_ text: String) throws(SelectorError) -> Selector {
    var parser = SelectorParser(text)
    let selector = try parser.list(relative: false)
    guard parser.isAtEnd else {
      throw parser.fault(
        "'\(parser.characters[parser.place])' is not expected",
        cure: "separate selectors by commas and quote values that hold special characters")
    }
    return selector
  }

  // MARK: - Characters

  var isAtEnd: Bool { place >= characters.count }
  var next: Character? { isAtEnd ? nil : characters[place] }

  func fault(_ fault: String, cure: String, at index: Int? = nil) -> SelectorError {
    SelectorError(whole, at: (index ?? place) + 1, fault, cure: cure)
  }

  mutating func take(_ character: Character) -> Bool {
    guard next == character else { return false }
    place += 1
    return true
  }

  @discardableResult
  mutating func skipBlanks() -> Bool {
    let start = place
    while let character = next, character.isWhitespace { place += 1 }
    return place > start
  }

  mutating func expect(_ character: Character, cure: String) throws(SelectorError) {
    guard take(character) else { throw fault("'\(character)' is missing", cure: cure) }
  }

  /// A name: letters, digits, `-`, `_`, everything beyond ASCII, and anything behind a backslash.
  mutating func name(of what: String) throws(SelectorError) -> String {
    var result = ""
    let start = place
    while let character = next {
      if character == "\\", place + 1 < characters.count {
        place += 1
        result.append(characters[place])
      } else if character.isLetter || character.isNumber || "-_".contains(character)
        || !character.isASCII
      {
        result.append(character)
      } else {
        break
      }
      place += 1
    }
    guard !result.isEmpty else {
      throw fault("the name of \(what) is missing", cure: "write one there", at: start)
    }
    return result
  }

  // MARK: - Lists and chains

  mutating func list(relative: Bool) throws(SelectorError) -> Selector {
    depth += 1
    defer { depth -= 1 }
    guard depth <= 8 else {
      throw fault("there are too many brackets inside of each other", cure: "write it flatter")
    }
    var alternatives: [Selector.Chain] = []
    repeat { alternatives.append(try chain(relative: relative)) } while take(",")
    return Selector(alternatives: alternatives)
  }

  private mutating func chain(relative: Bool) throws(SelectorError) -> Selector.Chain {
    var links: [Selector.Link] = []
    skipBlanks()
    if relative {
      let first = combinator() ?? .descendant
      links.append(Selector.Link(combinator: first, compound: Selector.Compound(isScope: true)))
    }
    var subject = try compound()
    while let combinator = combinator() {
      if isAtEnd || next == "," || next == ")" {
        if combinator == .descendant { break }
        throw fault("an element is missing", cure: Self.elementCure)
      }
      links.insert(Selector.Link(combinator: combinator, compound: subject), at: 0)
      subject = try compound()
    }
    return Selector.Chain(subject: subject, links: links)
  }

  private mutating func combinator() -> Selector.Combinator? {
    let blank = skipBlanks()
    let explicit: Selector.Combinator? =
      switch next {
      case ">": .child
      case "+": .nextSibling
      case "~": .laterSibling
      default: nil
      }
    guard let explicit else { return blank ? .descendant : nil }
    place += 1
    skipBlanks()
    return explicit
  }

  private static let elementCure = "write a tag, .class, #id or [attribute] there"

  private mutating func compound() throws(SelectorError) -> Selector.Compound {
    var compound = Selector.Compound()
    let start = place
    if let character = next, character == "*" {
      place += 1
    } else if let character = next, character.isLetter || character == "_" || character == "\\" {
      compound.tag = ByteName(try name(of: "an element").lowercased())
    }
    while let character = next, "#.[:".contains(character) {
      // `::text` is the suffix of a field, read by whoever reads fields.
      if character == ":", place + 1 < characters.count, characters[place + 1] == ":" {
        throw fault(
          "'::' is not expected", cure: "only '::text' and '::attr(name)' exist, at the very end")
      }
      place += 1
      switch character {
      case "#": compound.id = ByteName(try name(of: "an id"))
      case ".": compound.classes.append(ByteName(try name(of: "a class")))
      case "[": compound.attributes.append(try attribute())
      default: compound.conditions.append(try condition())
      }
    }
    guard place > start else { throw fault("an element is missing", cure: Self.elementCure) }
    return compound
  }
}
