/// The elements of a page in a row, with what each holds: no walk over it recurses.
struct ArticleTree {
  /// In the order of the page.
  private(set) var nodes: [HTMLNode] = []
  private(set) var names: [String] = []
  /// The index of the parent; -1 for the root.
  private(set) var parents: [Int] = []
  /// Behind the last descendant of each.
  private(set) var ends: [Int] = []
  private(set) var hints: [ClassHints] = []
  /// Letters in the text of each, descendants included; of them in links; and its commas.
  private(set) var letters: [Int] = []
  private(set) var linkedLetters: [Int] = []
  private(set) var commas: [Int] = []
  /// Letters in each that are in no inner block.
  private(set) var ownLetters: [Int] = []
  /// What belongs to no article, and is not looked into.
  private(set) var isClutter: [Bool] = []

  /// - Parameter trustsHints: whether class names may rule elements out.
  init(_ root: HTMLNode, trustsHints: Bool) {
    walk(root, trustsHints: trustsHints)
    sum()
  }

  var count: Int { nodes.count }

  func linkDensity(_ index: Int) -> Double {
    letters[index] == 0 ? 0 : Double(linkedLetters[index]) / Double(letters[index])
  }

  func isAncestor(_ ancestor: Int, of index: Int) -> Bool {
    ancestor <= index && index < ends[ancestor]
  }

  /// The elements directly inside another, in order.
  func children(of index: Int) -> [Int] {
    var (children, next) = ([Int](), index + 1)
    while next < ends[index] {
      children.append(next)
      next = ends[next]
    }
    return children
  }

  mutating func markAsClutter(_ index: Int) { isClutter[index] = true }

  // MARK: - Making

  private mutating func walk(_ root: HTMLNode, trustsHints: Bool) {
    var open: [Int] = []
    var links = 0
    var node: HTMLNode? = root
    while let current = node {
      var entersChildren = false
      if current.isElement {
        let index = add(current, parent: open.last ?? -1, trustsHints: trustsHints, open: open)
        entersChildren = !isClutter[index] && current.firstChild != nil
        if entersChildren {
          open.append(index)
          if names[index] == "a" { links += 1 }
        } else {
          ends[index] = count
        }
      } else if current.isText, let parent = open.last {
        count(current, in: parent, isLinked: links > 0)
      }
      if entersChildren {
        node = current.firstChild
        continue
      }
      var ended = current
      node = nil
      while node == nil, ended != root {
        node = ended.next
        guard node == nil, let parent = ended.parent else { break }
        ended = parent
        if let index = open.popLast() {
          ends[index] = count
          if names[index] == "a" { links -= 1 }
        }
      }
    }
    for index in open { ends[index] = count }
  }

  private mutating func add(
    _ node: HTMLNode, parent: Int, trustsHints: Bool, open: [Int]
  ) -> Int {
    let index = count
    let hints = ClassHints(node)
    nodes.append(node)
    names.append(node.name)
    parents.append(parent)
    ends.append(index + 1)
    self.hints.append(hints)
    letters.append(0)
    linkedLetters.append(0)
    commas.append(0)
    ownLetters.append(0)
    let isOut = isAside(index, open) || (trustsHints && isRuledOut(index, hints))
    isClutter.append(isOut || HiddenElements.isHidden(node))
    return index
  }

  private static let aside: Set<String> = [
    "nav", "aside", "footer", "form", "dialog", "menu", "input", "label", "address",
  ]
  private static let asideRoles: Set<String> = [
    "navigation", "complementary", "banner", "contentinfo", "dialog", "alertdialog", "menu",
    "menubar", "search", "alert", "toolbar",
  ]

  /// Whether the element says by its kind that it is beside the article.
  private func isAside(_ index: Int, _ open: [Int]) -> Bool {
    let name = names[index]
    if Self.aside.contains(name) { return true }
    if name == "header" {
      return !open.contains { names[$0] == "article" || names[$0] == "main" }
    }
    return nodes[index].attribute("role").map { Self.asideRoles.contains($0) } ?? false
  }

  private static let neverRuledOut: Set<String> = ["html", "body", "article", "main", "a", "p"]

  private func isRuledOut(_ index: Int, _ hints: ClassHints) -> Bool {
    hints.isClutter && !hints.isContent && !Self.neverRuledOut.contains(names[index])
  }

  private mutating func count(_ text: HTMLNode, in parent: Int, isLinked: Bool) {
    var (found, pauses) = (0, 0)
    unsafe text.withText { bytes in
      for index in 0..<bytes.count {
        let byte = unsafe bytes[index]
        if byte > 0x20 && byte & 0xC0 != 0x80 { found += byte >= 0xE3 ? 2 : 1 }
        if byte == UInt8(ascii: ",") { pauses += 1 }
        // U+3001, U+3002 and U+FF0C: the last byte will do, at the beginnings E3 80 and EF BC.
        let isWide = unsafe index > 1 && (bytes[index - 2] == 0xE3 && bytes[index - 1] == 0x80)
        let isFull = unsafe index > 1 && (bytes[index - 2] == 0xEF && bytes[index - 1] == 0xBC)
        if (isWide && (byte == 0x81 || byte == 0x82)) || (isFull && byte == 0x8C) { pauses += 1 }
      }
    }
    letters[parent] += found
    ownLetters[parent] += found
    commas[parent] += pauses
    if isLinked { linkedLetters[parent] += found }
  }

  private mutating func sum() {
    for index in stride(from: count - 1, to: 0, by: -1) where parents[index] >= 0 {
      let parent = parents[index]
      letters[parent] += letters[index]
      linkedLetters[parent] += linkedLetters[index]
      commas[parent] += commas[index]
      if ElementRole.of(nodes[index]) == .inline { ownLetters[parent] += ownLetters[index] }
    }
  }
}
