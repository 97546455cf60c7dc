/// The text of elements as a reader sees it: paragraphs apart, white space collapsed.
struct ElementText {
  private var bytes: [UInt8] = []
  /// Line feeds owed before the next visible byte: 2 between paragraphs, 1 behind a line break.
  private var owedBreaks = 0
  private var owesBlank = false
  private let without: Selector?

  private init(without: Selector?) { self.without = without }

  /// The readable text of nodes that follow each other.
  static func read(_ nodes: [HTMLNode], without: Selector? = nil) -> String {
    var text = ElementText(without: without)
    for node in nodes { text.add(node) }
    return String(decoding: text.bytes, as: UTF8.self)
  }

  static func read(_ node: HTMLNode, without: Selector? = nil) -> String {
    read([node], without: without)
  }

  /// A value on one line.
  static func line(_ text: String) -> String {
    text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }

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
      if current.isElement, Self.isBlock(current) { owedBreaks = max(owedBreaks, 2) }
      if current == root { return nil }
      if let next = current.next { return next }
      guard let parent = current.parent else { return nil }
      current = parent
    }
  }

  /// - Returns: whether what the node holds is text of the page.
  private mutating func enter(_ node: HTMLNode) -> Bool {
    if node.isText {
      unsafe node.withText { unsafe append($0) }
      return false
    }
    guard node.isElement, !Self.isInvisible(node), without?.matches(node) != true else {
      return false
    }
    if node.isNamed("br") { owedBreaks = max(owedBreaks, 1) }
    if Self.isBlock(node) { owedBreaks = max(owedBreaks, 2) }
    return true
  }

  private mutating func append(_ text: UnsafeBufferPointer<UInt8>) {
    var index = 0
    while index < text.count {
      let byte = unsafe text[index]
      index += 1
      // A no-break space is a blank as well.
      let isNoBreak =
        unsafe byte == 0xC2 && index < text.count && text[index] == 0xA0
      if isNoBreak { index += 1 }
      if byte.isBlank || isNoBreak {
        owesBlank = true
        continue
      }
      payDebts()
      bytes.append(byte)
    }
  }

  private mutating func payDebts() {
    if !bytes.isEmpty {
      if owedBreaks > 0 {
        for _ in 0..<owedBreaks { bytes.append(UInt8(ascii: "\n")) }
      } else if owesBlank {
        bytes.append(UInt8(ascii: " "))
      }
    }
    (owedBreaks, owesBlank) = (0, false)
  }

  // MARK: - Elements

  private static let invisible: [StaticString] = [
    "script", "style", "noscript", "template", "button", "svg", "select", "head",
  ]
  private static let blocks: [StaticString] = [
    "p", "div", "section", "li", "ul", "ol", "dl", "dt", "dd", "h1", "h2", "h3", "h4", "h5", "h6",
    "blockquote", "table", "tr", "article", "header", "footer", "figure", "pre", "main", "aside",
  ]

  private static func isBlock(_ node: HTMLNode) -> Bool { blocks.contains { node.isNamed($0) } }

  private static func isInvisible(_ node: HTMLNode) -> Bool {
    if invisible.contains(where: { node.isNamed($0) }) || node.hasAttribute("hidden") {
      return true
    }
    return unsafe node.withAttribute("style") { style in
      unsafe style.contains("display:none".utf8) || style.contains("display: none".utf8)
    } ?? false
  }
}
