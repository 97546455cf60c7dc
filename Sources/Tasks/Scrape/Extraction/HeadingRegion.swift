/// The part of a page that a heading stands for.
enum HeadingRegion {
  enum Answer {
    /// The page has not been read far enough.
    case incomplete
    /// Nodes that follow each other; none when nothing follows the heading.
    case nodes([HTMLNode])
  }

  /// How many parents are looked at when a heading is all that its parent holds.
  private static let mostSteps = 3

  /// - Parameter isOpen: whether an element may still grow.
  static func find(
    behind heading: HTMLNode, _ rule: Rule.HeadingRule, isOpen: (HTMLNode) -> Bool
  ) -> Answer {
    var anchor = heading
    for _ in 0...mostSteps {
      let answer =
        switch rule.reach {
        case .section: section(behind: anchor, heading, rule, isOpen)
        case .longest(let count): next(count, behind: anchor, rule, isOpen)
        case .itself: Answer.nodes([heading])
        }
      guard case .nodes(let nodes) = answer, !nodes.contains(where: hasText) else { return answer }
      guard let parent = anchor.parent, !parent.isNamed("body"), !parent.isNamed("html"),
        !hasTextBefore(anchor)
      else { return .nodes([]) }
      anchor = parent
    }
    return .nodes([])
  }

  // MARK: - Reaches

  private static func section(
    behind anchor: HTMLNode, _ heading: HTMLNode, _ rule: Rule.HeadingRule,
    _ isOpen: (HTMLNode) -> Bool
  ) -> Answer {
    var nodes: [HTMLNode] = []
    var sibling = anchor.next
    while let current = sibling {
      if current.isElement, ends(current, heading, rule, isOpen) {
        return .nodes(withoutLinks(nodes))
      }
      nodes.append(current)
      sibling = current.next
    }
    return ends(at: anchor, withoutLinks(nodes), isOpen)
  }

  /// Without the rows of links at the end, such as "PDF  Cite", which lead away from the text.
  private static func withoutLinks(_ nodes: [HTMLNode]) -> [HTMLNode] {
    var kept = nodes[...]
    while let last = kept.last, !hasText(last) || isOnlyLinks(last) { kept.removeLast() }
    return kept.isEmpty ? nodes : Array(kept)
  }

  private static func isOnlyLinks(_ node: HTMLNode) -> Bool {
    guard node.isElement else { return false }
    var hasLink = false
    var child = node.firstChild
    while let current = child {
      if current.isElement {
        guard current.isNamed("a") || !hasText(current) else { return false }
        hasLink = hasLink || current.isNamed("a")
      } else if hasText(current) {
        return false
      }
      child = current.next
    }
    return hasLink
  }

  private static func next(
    _ count: Int, behind anchor: HTMLNode, _ rule: Rule.HeadingRule, _ isOpen: (HTMLNode) -> Bool
  ) -> Answer {
    var nodes: [HTMLNode] = []
    var sibling = anchor.nextElement
    while let current = sibling {
      // A section of its own is none of the paragraphs behind the heading.
      let isOther =
        level(current) != nil || rule.selector.matches(current)
        || startsWithHeading(current, level: 6)
      if isOther { return .nodes(longest(nodes)) }
      if nodes.count == count { return .nodes(longest(nodes)) }
      nodes.append(current)
      if nodes.count == count, !isOpen(current) { return .nodes(longest(nodes)) }
      sibling = current.nextElement
    }
    let answer = ends(at: anchor, nodes, isOpen)
    if case .nodes(let nodes) = answer { return .nodes(longest(nodes)) }
    return answer
  }

  private static func longest(_ nodes: [HTMLNode]) -> [HTMLNode] {
    var best: (node: HTMLNode, length: Int)?
    for node in nodes {
      let length = ElementText.read(node).utf8.count
      if length > best?.length ?? 0 { best = (node, length) }
    }
    return best.map { [$0.node] } ?? []
  }

  private static func ends(
    at anchor: HTMLNode, _ nodes: [HTMLNode], _ isOpen: (HTMLNode) -> Bool
  ) -> Answer {
    if let parent = anchor.parent, isOpen(parent) { return .incomplete }
    return .nodes(nodes)
  }

  // MARK: - Where it stops

  /// The level of `h1` to `h6`.
  private static func level(_ node: HTMLNode) -> Int? {
    let levels: [StaticString] = ["h1", "h2", "h3", "h4", "h5", "h6"]
    return levels.firstIndex { node.isNamed($0) }
  }

  private static func ends(
    _ node: HTMLNode, _ heading: HTMLNode, _ rule: Rule.HeadingRule, _ isOpen: (HTMLNode) -> Bool
  ) -> Bool {
    if bounds.contains(where: { node.isNamed($0) }) || isKeywords(node) { return true }
    if let own = level(heading) {
      // Labels of parts, such as "Methods", stand on a lower level.
      return level(node).map { $0 <= own } ?? startsWithHeading(node, level: own)
    }
    if level(node) != nil || rule.selector.matches(node) { return true }
    // A paragraph that is nothing but such a heading.
    guard let first = node.firstElement, rule.selector.matches(first), !isOpen(node) else {
      return false
    }
    return ElementText.read(node) == ElementText.read(first)
  }

  /// Elements that belong to no section.
  private static let bounds: [StaticString] = ["footer", "nav", "aside", "form"]

  /// The paragraph of keywords that stands behind many abstracts.
  private static func isKeywords(_ node: HTMLNode) -> Bool {
    var current: HTMLNode? = node
    while let inner = current {
      if inner.isText {
        let text = inner.text.trimmingBlanks
        if !text.isEmpty {
          let start = text.prefix(12).lowercased()
          return ["keywords", "key words", "key-words", "index terms"].contains {
            start.hasPrefix($0)
          }
        }
      }
      current = inner.following(within: node)
    }
    return false
  }

  /// A section of its own: its first element is a heading as high as this one.
  private static func startsWithHeading(_ node: HTMLNode, level own: Int) -> Bool {
    var inner = node.firstElement
    for _ in 0..<3 {
      guard let current = inner else { return false }
      if let level = level(current) { return level <= own }
      inner = current.firstElement
    }
    return false
  }

  // MARK: - Text

  private static func hasText(_ node: HTMLNode) -> Bool {
    var current: HTMLNode? = node
    while let inner = current {
      if inner.isText, unsafe inner.withText({ unsafe !$0.allSatisfy(\.isBlank) }) { return true }
      current = inner.following(within: node)
    }
    return false
  }

  private static func hasTextBefore(_ node: HTMLNode) -> Bool {
    var sibling = node.previous
    while let current = sibling {
      if hasText(current) { return true }
      sibling = current.previous
    }
    return false
  }
}
