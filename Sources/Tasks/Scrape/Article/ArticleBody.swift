/// Finds the elements that hold an article's text.
///
/// Paragraphs vote for the elements around them, the nearest most, as many points as they have commas and
/// hundreds of letters; links take votes away, names add or take some. The winner takes in neighbours that
/// are like it, and grows to the `article` or `main` around it. After the idea of Arc90's Readability.
struct ArticleBody {
  private var tree: ArticleTree
  private var votes: [Double]
  /// The chosen elements, in the order of the page.
  private(set) var chosen: [Int] = []

  init(_ tree: ArticleTree) {
    self.tree = tree
    votes = Array(repeating: 0, count: tree.count)
    castVotes()
    choose()
    sweep()
  }

  /// The text of the chosen elements; `title` is not repeated in it.
  func text(title: String?) -> String {
    var cursor = 0
    let tree = tree
    let plainTitle = title.map { PlainText.line($0).lowercased() }
    return ElementText.read(chosen.map { tree.nodes[$0] }) { node in
      // Both go through the page in order, so that each element is looked for only once.
      while cursor < tree.count, tree.nodes[cursor] != node { cursor += 1 }
      guard cursor < tree.count else { return false }
      if tree.isClutter[cursor] { return true }
      guard tree.names[cursor] == "h1" || tree.names[cursor] == "h2" else { return false }
      return ElementText.line(ElementText.read(node)).lowercased() == plainTitle
    }
  }

  // MARK: - Votes

  private static let paragraphs: Set<String> = ["p", "pre"]
  /// Paragraphs only when text stands directly in them.
  private static let containers: Set<String> = ["div", "section", "li", "td", "blockquote", "dd"]
  /// A shorter text is a label.
  private static let fewestLetters = 20

  private func isParagraph(_ index: Int) -> Bool {
    Self.paragraphs.contains(tree.names[index])
      || (Self.containers.contains(tree.names[index])
        && tree.ownLetters[index] >= Self.fewestLetters * 2)
  }

  private mutating func castVotes() {
    for index in 0..<tree.count where !tree.isClutter[index] && isParagraph(index) {
      let letters = tree.letters[index]
      guard letters >= Self.fewestLetters else { continue }
      let own = 1 + Double(tree.commas[index]) + min(Double(letters) / 100, 3)
      let vote = own * (1 - tree.linkDensity(index))
      var (ancestor, weight) = (tree.parents[index], 1.0)
      if Self.containers.contains(tree.names[index]) { votes[index] += vote }
      for level in 2...5 where ancestor >= 0 {
        votes[ancestor] += vote * weight
        weight = 1 / Double(level)
        ancestor = tree.parents[ancestor]
      }
    }
  }

  private func score(_ index: Int) -> Double {
    guard votes[index] > 0, !tree.isClutter[index] else { return 0 }
    var score = votes[index]
    switch tree.names[index] {
    case "article", "main": score += 10
    case "div", "section": score += 3
    case "ul", "ol", "dl", "th", "table": score -= 5
    case "body": score -= 5
    default: break
    }
    if tree.hints[index].isContent { score += 15 }
    if tree.hints[index].isClutter { score -= 15 }
    if tree.nodes[index].attribute("itemprop") == "articleBody" { score += 30 }
    return max(score * (1 - tree.linkDensity(index)), 0)
  }

  // MARK: - The choice

  private mutating func choose() {
    let scores = (0..<tree.count).map(score)
    guard let top = scores.indices.max(by: { scores[$0] < scores[$1] }), scores[top] > 0 else {
      return
    }
    let shared = sharedAncestor(top, scores)
    if let around = semanticElement(around: shared) {
      chosen = [around]
    } else {
      chosen = withNeighbors(shared, scores)
    }
  }

  /// Where several elements that do not contain each other are nearly as good, or good and of the same
  /// make, as the posts of a thread: what holds them all.
  private func sharedAncestor(_ top: Int, _ scores: [Double]) -> Int {
    let make = tree.nodes[top].attribute("class")
    let rivals = scores.indices.filter { index in
      guard scores[index] >= scores[top] * 0.25, !tree.isAncestor(index, of: top),
        !tree.isAncestor(top, of: index)
      else { return false }
      return scores[index] >= scores[top] * 0.6
        || (make != nil && tree.nodes[index].attribute("class") == make)
    }
    let apart = rivals.filter { rival in
      !rivals.contains { $0 != rival && tree.isAncestor($0, of: rival) }
    }
    let isThread = make != nil && apart.contains { tree.nodes[$0].attribute("class") == make }
    let fewest = isThread ? 1 : 2
    guard apart.count >= fewest else { return top }
    var ancestor = tree.parents[top]
    while ancestor >= 0, apart.count(where: { tree.isAncestor(ancestor, of: $0) }) < fewest {
      ancestor = tree.parents[ancestor]
    }
    guard ancestor >= 0, !["body", "html"].contains(tree.names[ancestor]) else { return top }
    return ancestor
  }

  /// The element around the text that says it is the article.
  private func semanticElement(around index: Int) -> Int? {
    var current = index
    while current >= 0 {
      let node = tree.nodes[current]
      let isNamed = tree.names[current] == "article" || node.attribute("itemprop") == "articleBody"
      let isMain = tree.names[current] == "main" || node.attribute("role") == "main"
      if (isNamed || isMain) && tree.linkDensity(current) < 0.4 { return current }
      current = tree.parents[current]
    }
    return nil
  }

  private func withNeighbors(_ top: Int, _ scores: [Double]) -> [Int] {
    guard tree.parents[top] >= 0, !["body", "html"].contains(tree.names[top]) else { return [top] }
    return tree.children(of: tree.parents[top]).filter { index in
      if index == top { return true }
      guard !tree.isClutter[index], tree.letters[index] > 0 else { return false }
      if scores[index] >= max(8, scores[top] * 0.2) { return true }
      guard isParagraph(index) else { return false }
      return tree.letters[index] > 70 && tree.linkDensity(index) < 0.25
    }
  }

  // MARK: - What is not text inside

  private static let lists: Set<String> = [
    "ul", "ol", "dl", "div", "section", "table", "p", "figure", "center",
  ]

  /// Marks lists of links, bylines, and the headings above what was marked.
  private mutating func sweep() {
    for top in chosen {
      for index in (top + 1)..<max(tree.ends[top], top + 1) where !tree.isClutter[index] {
        let name = tree.names[index]
        if Self.lists.contains(name), isListOfLinks(index) { tree.markAsClutter(index) }
        if isByline(index) { tree.markAsClutter(index) }
      }
      for index in (top + 1)..<max(tree.ends[top], top + 1) where isHeading(index) {
        let next = tree.ends[index]
        let isLast = next >= tree.ends[tree.parents[index]]
        if !isLast, tree.isClutter[next], next < tree.count, isLastText(next) {
          tree.markAsClutter(index)
        }
      }
    }
  }

  private func isListOfLinks(_ index: Int) -> Bool {
    let density = tree.linkDensity(index)
    if tree.names[index] == "p" { return density > 0.9 && tree.letters[index] < 120 }
    return density > 0.5 && tree.letters[index] < 2000 && votes[index] < 8
  }

  private func isByline(_ index: Int) -> Bool {
    guard tree.letters[index] < 100 else { return false }
    if tree.hints[index].isByline { return true }
    return tree.names[index] == "time"
      && tree.parents[index] >= 0 && tree.letters[tree.parents[index]] < 60
  }

  private func isHeading(_ index: Int) -> Bool {
    ["h2", "h3", "h4", "h5", "h6"].contains(tree.names[index]) && !tree.isClutter[index]
  }

  /// Whether nothing to read follows before the next heading.
  private func isLastText(_ index: Int) -> Bool {
    let next = tree.ends[index]
    guard next < tree.ends[tree.parents[index]] else { return true }
    return isHeading(next) || tree.isClutter[next]
  }
}
