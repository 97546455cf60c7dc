extension Selector {
  /// Says whether an element matches; nothing is allocated.
  package func matches(_ node: HTMLNode) -> Bool { matches(node, scope: nil) }

  /// The first element inside of `root`, or `root` itself, that matches.
  package func first(within root: HTMLNode) -> HTMLNode? {
    var node: HTMLNode? = root
    while let current = node {
      if current.isElement, matches(current) { return current }
      node = current.following(within: root)
    }
    return nil
  }

  /// All elements inside of `root`, and `root` itself, that match, in the order of the page.
  package func all(within root: HTMLNode) -> [HTMLNode] {
    var found: [HTMLNode] = []
    var node: HTMLNode? = root
    while let current = node {
      if current.isElement, matches(current) { found.append(current) }
      node = current.following(within: root)
    }
    return found
  }

  fileprivate func matches(_ node: HTMLNode, scope: HTMLNode?) -> Bool {
    alternatives.contains { $0.matches(node, scope) }
  }
}

// MARK: - Chains

extension Selector.Chain {
  /// Why the left part of a selector does not match; the difference keeps deep pages linear.
  private enum Outcome {
    case matched
    /// Another ancestor or sibling may do.
    case failedHere
    /// No ancestor further up will do either.
    case failedForGood
  }

  func matches(_ node: HTMLNode, _ scope: HTMLNode? = nil) -> Bool {
    subject.matches(node, scope) && continued(0, node, scope) == .matched
  }

  private func continued(_ index: Int, _ node: HTMLNode, _ scope: HTMLNode?) -> Outcome {
    guard index < links.count else { return .matched }
    let link = links[index]
    switch link.combinator {
    case .child:
      guard let parent = node.parent, link.compound.matches(parent, scope) else {
        return .failedHere
      }
      return continued(index + 1, parent, scope)
    case .nextSibling:
      guard let sibling = node.previousElement, link.compound.matches(sibling, scope) else {
        return .failedHere
      }
      return continued(index + 1, sibling, scope)
    case .descendant: return ancestors(index, link, node, scope)
    case .laterSibling: return siblings(index, link, node, scope)
    }
  }

  private func ancestors(
    _ index: Int, _ link: Selector.Link, _ node: HTMLNode, _ scope: HTMLNode?
  ) -> Outcome {
    var ancestor = node.parent
    while let current = ancestor {
      if link.compound.matches(current, scope) {
        let outcome = continued(index + 1, current, scope)
        if outcome != .failedHere { return outcome }
      }
      ancestor = current.parent
    }
    return .failedForGood
  }

  private func siblings(
    _ index: Int, _ link: Selector.Link, _ node: HTMLNode, _ scope: HTMLNode?
  ) -> Outcome {
    var sibling = node.previousElement
    while let current = sibling {
      if link.compound.matches(current, scope) {
        let outcome = continued(index + 1, current, scope)
        if outcome != .failedHere { return outcome }
      }
      sibling = current.previousElement
    }
    return .failedHere
  }
}

// MARK: - Compounds

extension Selector.Compound {
  fileprivate func matches(_ node: HTMLNode, _ scope: HTMLNode?) -> Bool {
    if isScope { return node == scope }
    if let tag, !node.isNamed(tag) { return false }
    if let id, !node.hasID(id) { return false }
    for name in classes where !node.hasClass(name) { return false }
    for test in attributes
    where !node.attribute(test.name, test.test, test.value, ignoringCase: test.ignoresCase) {
      return false
    }
    for condition in conditions where !condition.holds(for: node, scope) { return false }
    return true
  }
}

extension Selector.Condition {
  fileprivate func holds(for node: HTMLNode, _ scope: HTMLNode?) -> Bool {
    switch self {
    case .place(let place): place.includes(Self.index(of: node, place))
    case .root: node.parent == nil
    case .empty: Self.isEmpty(node)
    case .not(let selector): !selector.matches(node, scope: scope)
    case .any(let selector): selector.matches(node, scope: scope)
    case .has(let selector): Self.has(node, selector)
    }
  }

  private static func index(of node: HTMLNode, _ place: Selector.Place) -> Int {
    var index = 1
    var sibling = place.fromEnd ? node.nextElement : node.previousElement
    while let current = sibling {
      if !place.ofType || current.hasSameName(as: node) { index += 1 }
      sibling = place.fromEnd ? current.nextElement : current.previousElement
    }
    return index
  }

  private static func isEmpty(_ node: HTMLNode) -> Bool {
    var child = node.firstChild
    while let current = child {
      if current.isElement || current.isText { return false }
      child = current.next
    }
    return true
  }

  /// Looks at what the element holds, and at the elements behind it with theirs.
  private static func has(_ node: HTMLNode, _ selector: Selector) -> Bool {
    var current = node.following(within: node)
    while let inner = current {
      if inner.isElement, selector.matches(inner, scope: node) { return true }
      current = inner.following(within: node)
    }
    guard selector.reachesSiblings else { return false }
    var sibling = node.nextElement
    while let root = sibling {
      current = root
      while let inner = current {
        if inner.isElement, selector.matches(inner, scope: node) { return true }
        current = inner.following(within: root)
      }
      sibling = root.nextElement
    }
    return false
  }
}

extension Selector {
  /// Whether a selector inside of `:has()` begins with `+` or `~`.
  fileprivate var reachesSiblings: Bool {
    alternatives.contains { chain in
      guard let last = chain.links.last, last.compound.isScope else { return false }
      return last.combinator == .nextSibling || last.combinator == .laterSibling
    }
  }
}
