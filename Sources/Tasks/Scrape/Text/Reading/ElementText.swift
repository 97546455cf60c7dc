/// The text of elements as a reader sees it.
///
/// The conventions, in one place:
/// - Blocks are paragraphs, with an empty line between them. `br` and a row of a table begin a line, two
///   `br` a paragraph; the cells of a row are apart by a blank. `pre` keeps its lines.
/// - What is not shown is left out: scripts, styles, templates, `noscript`, controls, `hidden`,
///   `aria-hidden`, `display:none`, `visibility:hidden`.
/// - Formulas in TeX stay TeX. `\(…\)`, `$…$` and the like stand in the text already; a
///   `script type="math/tex"`, the TeX annotation of MathML and the alternative text of a formula's image
///   become `$…$`, or `$$…$$` when displayed. What MathJax or KaTeX drew for them is left out.
/// - MathML without TeX is written on a line: see ``MathText``.
/// - `sup` and `sub` that hold a number or a letter are `x^2` and `x_2`, short sums `x^(n-1)`; a link to a
///   note is `[1]`; others, as in 1st, stay plain.
/// - Images are nothing, except formulas.
/// - White space, invisible characters and normalization: see ``TextWriter``.
package struct ElementText {
  private var writer = TextWriter()
  private let isLeftOut: (HTMLNode) -> Bool
  private var isPreformatted = false

  /// The readable text of nodes that follow each other.
  ///
  /// - Parameter without: elements to leave out with all that they hold.
  package static func read(_ nodes: [HTMLNode], without: Selector? = nil) -> String {
    guard let without else { return read(nodes, leavingOut: { _ in false }) }
    return read(nodes, leavingOut: without.matches)
  }

  /// - Parameter isLeftOut: asked of each element that would be read, in the order of the page.
  static func read(_ nodes: [HTMLNode], leavingOut isLeftOut: @escaping (HTMLNode) -> Bool)
    -> String
  {
    var text = ElementText(isLeftOut: isLeftOut)
    for node in nodes { text.add(node) }
    return text.writer.finished()
  }

  package static func read(_ node: HTMLNode, without: Selector? = nil) -> String {
    read([node], without: without)
  }

  /// A value on one line.
  package static func line(_ text: String) -> String { PlainText.line(text) }

  // MARK: - Walking

  private mutating func add(_ root: HTMLNode) {
    var node: HTMLNode? = root
    while let current = node {
      if enter(current), let child = current.firstChild {
        node = child
      } else {
        node = leave(current, root)
      }
    }
  }

  /// The next node behind `node`, after ending the elements that end there.
  private mutating func leave(_ node: HTMLNode, _ root: HTMLNode) -> HTMLNode? {
    var current = node
    while true {
      if current.isElement { end(current) }
      if current == root { return nil }
      if let next = current.next { return next }
      guard let parent = current.parent else { return nil }
      current = parent
    }
  }

  /// - Returns: whether what the node holds is text of the page.
  private mutating func enter(_ node: HTMLNode) -> Bool {
    if node.isText {
      unsafe node.withText { unsafe writer.append(utf8: $0, keepsLines: isPreformatted) }
      return false
    }
    guard node.isElement, !isLeftOut(node) else { return false }
    if let formula = Formula(node) {
      formula.write(to: &writer)
      return false
    }
    guard !HiddenElements.isHidden(node) else { return false }
    switch ElementRole.of(node) {
    case .block: writer.owe(breaks: 2)
    case .row: writer.owe(breaks: 1)
    case .lineBreak: writer.breakLine()
    case .cell: writer.oweBlank()
    case .preformatted:
      writer.owe(breaks: 2)
      isPreformatted = true
    case .raised, .lowered: return !Script.write(node, to: &writer)
    case .inline: break
    }
    return true
  }

  private mutating func end(_ node: HTMLNode) {
    switch ElementRole.of(node) {
    case .block: writer.owe(breaks: 2)
    case .row: writer.owe(breaks: 1)
    case .cell: writer.oweBlank()
    case .preformatted:
      writer.owe(breaks: 2)
      isPreformatted = false
    default: break
    }
  }
}
