/// Raised and lowered text, written so that it is not taken for what it stands beside.
enum Script {
  /// Longer than this, it is no index or exponent.
  private static let longest = 12

  /// Writes a `sup` or `sub` that is a number, a letter or a short sum; false leaves it to be read as text.
  static func write(_ node: HTMLNode, to writer: inout TextWriter) -> Bool {
    guard isBase(writer.neighbor), let text = shortText(of: node), !text.isEmpty else {
      return false
    }
    if isInLink(node), text.allSatisfy({ $0.isNumber || $0.isLetter }), text.count < 4 {
      writer.append("[\(text)]")
      return true
    }
    let mark = node.isNamed("sup") ? "^" : "_"
    switch kind(of: text) {
    case .simple: writer.append(mark + text)
    case .sum: writer.append("\(mark)(\(text))")
    case .other: return false
    }
    return true
  }

  private enum Kind { case simple, sum, other }

  private static func kind(of text: String) -> Kind {
    let signs: Set<Character> = ["+", "-", "−", "±"]
    let body = signs.contains(text.prefix(1).first ?? " ") ? text.dropFirst() : text[...]
    let isNumber = !body.isEmpty && body.allSatisfy { $0.isNumber || $0 == "." }
    if isNumber || (body.count == 1 && body.first?.isLetter == true) { return .simple }
    if body.isEmpty { return .simple }
    let isSum = body.allSatisfy { $0.isNumber || $0.isLetter || signs.contains($0) || $0 == "/" }
    let hasSign = body.dropFirst().dropLast().contains { signs.contains($0) || $0 == "/" }
    return isSum && hasSign ? .sum : .other
  }

  /// Letters, digits and closing brackets carry indices.
  private static func isBase(_ scalar: UInt32) -> Bool {
    guard scalar != 0, let character = Unicode.Scalar(scalar) else { return false }
    return ")]}|".unicodeScalars.contains(character) || character.properties.isAlphabetic
      || character.properties.numericType != nil
  }

  /// All text inside, without blanks; nil when it is long or holds more than text.
  private static func shortText(of node: HTMLNode) -> String? {
    var text = ""
    var inner = node.firstChild
    var steps = 0
    while let current = inner {
      steps += 1
      guard steps < 16, !current.isNamed("img"), !current.isNamed("math") else { return nil }
      if current.isText { text += current.text.filter { !$0.isWhitespace } }
      if text.utf8.count > longest { return nil }
      inner = current.following(within: node)
    }
    return text
  }

  private static func isInLink(_ node: HTMLNode) -> Bool {
    node.firstElement?.isNamed("a") == true || node.parent?.isNamed("a") == true
  }
}
