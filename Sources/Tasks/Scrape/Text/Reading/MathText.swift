/// MathML as text: its TeX where the page gives that, else a formula on one line.
///
/// `x^2`, `x_i`, `x_i^2`, `a/b`, `(a + b)/(c + d)`, `sqrt(x)`, `root(3, x)`; what stands above or below,
/// such as the limits of a sum, is written like an exponent or an index, accents are left out; the
/// rows of a matrix are apart by `;`, its cells by `,`.
struct MathText {
  private var text = ""
  /// Deeper than this only the letters are read: no formula is, and the stack is finite.
  private static let deepest = 64

  static func read(_ math: HTMLNode) -> String {
    let isDisplayed = math.attribute("display") == "block"
    if let source = tex(of: math) { return Formula.delimited(source, isDisplayed: isDisplayed) }
    var reader = MathText()
    reader.addChildren(of: math, depth: 0)
    let line = PlainText.line(reader.text)
    return line.isEmpty ? PlainText.line(math.attribute("alttext") ?? "") : line
  }

  private static func tex(of math: HTMLNode) -> String? {
    var inner = math.firstChild
    while let current = inner {
      if current.isNamed("annotation"),
        current.attribute("encoding")?.contains("tex") == true
          || current.attribute("encoding")?.contains("TeX") == true
      {
        return current.firstChild.map { ElementText.read($0) }
      }
      inner = current.following(within: math)
    }
    guard let alternative = math.attribute("alttext"), alternative.contains("\\") else {
      return nil
    }
    return alternative
  }

  // MARK: - Elements

  private mutating func addChildren(of node: HTMLNode, depth: Int) {
    var child = node.firstChild
    while let current = child {
      add(current, depth: depth + 1)
      child = current.next
    }
  }

  private mutating func add(_ node: HTMLNode, depth: Int) {
    if node.isText { return addToken(node.text) }
    guard depth < Self.deepest else { return addToken(Self.letters(of: node)) }
    let parts = Self.parts(of: node)
    switch node.name {
    case "mo": addOperator(Self.letters(of: node))
    case "mspace": text += " "
    case "annotation", "annotation-xml", "mphantom", "none", "mprescripts": break
    case "semantics": if let first = parts.first { add(first, depth: depth + 1) }
    case "msup": addScripts(parts, ["^"], depth)
    case "msub": addScripts(parts, ["_"], depth)
    case "msubsup": addScripts(parts, ["_", "^"], depth)
    case "munder": addScripts(parts, ["_"], depth)
    case "mover": addScripts(parts, ["^"], depth, isAccent: true)
    case "munderover": addScripts(parts, ["_", "^"], depth)
    case "mfrac" where parts.count == 2:
      text += grouped(parts[0], depth) + "/" + grouped(parts[1], depth)
    case "msqrt": text += "sqrt(" + inner(node, depth) + ")"
    case "mroot" where parts.count == 2:
      text += "root(" + alone(parts[1], depth) + ", " + alone(parts[0], depth) + ")"
    case "mfenced": addFenced(node, parts, depth)
    case "mtable": text += parts.map { row($0, depth) }.joined(separator: "; ")
    default: addChildren(of: node, depth: depth)
    }
  }

  private static func parts(of node: HTMLNode) -> [HTMLNode] {
    var parts: [HTMLNode] = []
    var child = node.firstElement
    while let current = child {
      parts.append(current)
      child = current.nextElement
    }
    return parts
  }

  private static func letters(of node: HTMLNode) -> String {
    var letters = ""
    var inner: HTMLNode? = node.firstChild
    while let current = inner {
      if current.isText { letters += current.text }
      inner = current.following(within: node)
    }
    return PlainText.line(letters)
  }

  // MARK: - Pieces

  private mutating func addToken(_ token: String) {
    let word = PlainText.line(token)
    // Two names or numbers side by side are a product.
    if let last = text.last, let first = word.first, last.isNumber && first.isNumber { text += " " }
    text += word
  }

  private static let relations: Set<String> = [
    "=", "<", ">", "≤", "≥", "≠", "≈", "∼", "~", "∈", "∉", "⊂", "⊆", "→", "←", "↦", "⇒", "⇔", "+",
    "-", "−", "±", "×", "·", "∪", "∩", "∧", "∨", "≪", "≫", "≡", "∝", ":=", "∣",
  ]

  /// Operators between two terms get blanks; a sign before a term gets none.
  private mutating func addOperator(_ sign: String) {
    let isInfix = text.last.map { !"([{,^_ ".contains($0) } ?? false
    if Self.relations.contains(sign) && isInfix {
      text += " \(sign) "
    } else {
      text += sign == "," || sign == ";" ? "\(sign) " : sign
    }
  }

  private mutating func addScripts(
    _ parts: [HTMLNode], _ marks: [String], _ depth: Int, isAccent: Bool = false
  ) {
    guard let base = parts.first else { return }
    text += marks.count < parts.count + 1 && isAccent ? alone(base, depth) : grouped(base, depth)
    for (part, mark) in zip(parts.dropFirst(), marks) {
      let script = alone(part, depth)
      let isMark = isAccent && script.count == 1 && script.first?.isLetter == false
      if script.isEmpty || isMark { continue }
      text += mark + (script.count == 1 || Self.isWord(script) ? script : "(\(script))")
    }
  }

  private mutating func addFenced(_ node: HTMLNode, _ parts: [HTMLNode], _ depth: Int) {
    text += node.attribute("open") ?? "("
    text += parts.map { alone($0, depth) }.joined(separator: ", ")
    text += node.attribute("close") ?? ")"
  }

  private func row(_ node: HTMLNode, _ depth: Int) -> String {
    Self.parts(of: node).map { alone($0, depth + 1) }.joined(separator: ", ")
  }

  private func alone(_ node: HTMLNode, _ depth: Int) -> String {
    var reader = MathText()
    reader.add(node, depth: depth + 1)
    return PlainText.line(reader.text)
  }

  private func inner(_ node: HTMLNode, _ depth: Int) -> String {
    var reader = MathText()
    reader.addChildren(of: node, depth: depth + 1)
    return PlainText.line(reader.text)
  }

  /// A term, in parentheses when it has more than one part.
  private func grouped(_ node: HTMLNode, _ depth: Int) -> String {
    let term = alone(node, depth)
    return Self.isWord(term) || term.count == 1 || Self.isEnclosed(term) ? term : "(\(term))"
  }

  private static func isWord(_ text: String) -> Bool {
    text.allSatisfy { $0.isLetter || $0.isNumber || $0 == "." || $0 == "_" || $0 == "^" }
  }

  private static func isEnclosed(_ text: String) -> Bool {
    guard text.first == "(", text.last == ")" else { return false }
    var depth = 0
    for (index, character) in text.enumerated() {
      if character == "(" { depth += 1 } else if character == ")" { depth -= 1 }
      if depth == 0 && index < text.count - 1 { return false }
    }
    return true
  }
}
