/// An element that stands for a formula, whatever it holds, or that a formula's drawing consists of.
struct Formula {
  private let text: String

  init?(_ node: HTMLNode) {
    switch node.name {
    case "math": text = MathText.read(node)
    case "script":
      guard let type = node.attribute("type")?.lowercased(), type.hasPrefix("math/tex"),
        let source = node.firstChild?.text
      else { return nil }
      text = Self.delimited(source, isDisplayed: type.contains("mode=display"))
    case "img":
      guard let alternative = Self.alternative(of: node) else { return nil }
      text = alternative
    case "mjx-container", "span", "div":
      guard let drawing = Self.drawing(node) else { return nil }
      text = drawing
    default: return nil
    }
  }

  func write(to writer: inout TextWriter) {
    writer.append(text)
  }

  /// TeX between dollar signs, unless it brings its own delimiters.
  static func delimited(_ source: String, isDisplayed: Bool) -> String {
    var tex = PlainText.line(source)
    for (open, close) in [("{\\displaystyle", "}"), ("\\displaystyle", "")]
    where tex.hasPrefix(open) {
      tex = PlainText.line(String(tex.dropFirst(open.count)))
      if !close.isEmpty, tex.hasSuffix(close) { tex = PlainText.line(String(tex.dropLast())) }
    }
    if tex.isEmpty { return "" }
    if tex.hasPrefix("$") || tex.hasPrefix("\\(") || tex.hasPrefix("\\[") { return tex }
    let mark = isDisplayed ? "$$" : "$"
    return mark + tex + mark
  }

  // MARK: - Images

  private static func alternative(of node: HTMLNode) -> String? {
    guard let text = node.attribute("alt").map(PlainText.line), !text.isEmpty,
      !HiddenElements.isHidden(node)
    else { return nil }
    let classes = (node.attribute("class") ?? "").lowercased()
    let isFormula = ["tex", "math", "equation", "formula"].contains { classes.contains($0) }
    let hasCommand = text.contains("\\") && !text.contains(":\\")
    let isTeX = hasCommand || (isFormula && text.contains { "^_{".contains($0) })
    if isTeX || text.hasPrefix("$") { return delimited(text, isDisplayed: false) }
    return isFormula ? text : nil
  }

  // MARK: - What MathJax and others draw

  /// The text of a drawing, which is empty when the source stands beside it; nil for other elements.
  private static func drawing(_ node: HTMLNode) -> String? {
    if node.isNamed("mjx-container") { return math(inside: node).map(MathText.read) ?? "" }
    guard node.hasAttribute("class") else { return nil }
    if mathJax.contains(where: { node.hasClass($0) }) {
      return hasSource(node) ? "" : math(inside: node).map(MathText.read)
    }
    // Wikipedia hides its MathML from those who see the image.
    let isMathML = node.attribute(ByteName("class"), .contains, mathML, ignoringCase: true)
    guard isMathML, HiddenElements.isHidden(node) else { return nil }
    return math(inside: node).map(MathText.read)
  }

  private static let mathJax = [
    "MathJax", "MathJax_Preview", "MathJax_Display", "MathJax_SVG", "MathJax_CHTML",
  ].map { ByteName($0) }
  private static let mathML = Array("mathml".utf8)

  /// Whether a script with the source follows the drawing.
  private static func hasSource(_ node: HTMLNode) -> Bool {
    var next = node.nextElement
    for _ in 0..<2 {
      if next?.attribute("type")?.hasPrefix("math/") == true { return true }
      next = next?.nextElement
    }
    return false
  }

  private static func math(inside node: HTMLNode) -> HTMLNode? {
    var inner = node.firstChild
    while let current = inner {
      if current.isNamed("math") { return current }
      inner = current.following(within: node)
    }
    return nil
  }
}
