internal import BatchCore

/// Follows the tree of a page as it grows, and collects what the rules match.
struct PageWalk {
  /// An element that a rule has matched and whose value is not known yet.
  struct Candidate {
    let entry: Int
    let node: HTMLNode
  }

  private let plan: RulePlan
  let document: HTMLDocument
  private var last: HTMLNode?
  private(set) var facts: PageFacts
  /// Values of metas in the head, until the page's site is known.
  private var headMetas: [(entry: Int, text: String)] = []
  private var waiting: [Candidate] = []
  private(set) var findings: Findings
  private(set) var isHeadDone = false

  init(_ extractor: Extractor, document: HTMLDocument, finalURL: String) {
    plan = extractor.plan
    self.document = document
    facts = PageFacts(finalURL: finalURL)
    findings = Findings(extractor)
  }

  private var judge: FieldJudge { FieldJudge(facts: facts) }

  // MARK: - Visiting

  /// Looks at the elements that have begun since the last time.
  ///
  /// - Parameters:
  ///   - groups: the literals found near the place in the source; the other rules cannot match here.
  ///   - allowsNotFound: whether a heading may still say that the page is missing.
  mutating func visit(groups: UInt64, allowsNotFound: Bool) {
    let active = activeRules(groups, allowsNotFound)
    let countsMetas = !isHeadDone || groups & RulePlan.metaGroup != 0
    while let node = nextNode() {
      last = node
      guard node.isElement else { continue }
      if node.isNamed("meta") {
        if countsMetas { visit(meta: node) }
      } else {
        visit(node, active)
      }
    }
  }

  private func activeRules(_ groups: UInt64, _ allowsNotFound: Bool) -> [Int] {
    guard plan.hasRuleEverywhere || groups & plan.elementGroups != 0 else { return [] }
    return plan.elements.filter { entry in
      let own = plan.entries[entry].groups
      guard own == 0 || own & groups != 0 else { return false }
      if plan.entries[entry].slot == .notFound, !allowsNotFound { return false }
      return !isHeadDone || findings.isOpen(entry)
    }
  }

  private func nextNode() -> HTMLNode? {
    guard let last else { return document.root }
    return last.following(within: nil)
  }

  private mutating func visit(_ node: HTMLNode, _ active: [Int]) {
    if !isHeadDone { facts.note(element: node) }
    for entry in active where plan.entries[entry].rule.kind.matches(node) {
      waiting.append(Candidate(entry: entry, node: node))
    }
  }

  private mutating func visit(meta node: HTMLNode) {
    guard let value = node.attribute("content") ?? node.attribute("value"), !value.isEmpty else {
      return
    }
    let text = MetaText.readable(value)
    let names = ["name", "property", "itemprop", "http-equiv"] as [StaticString]
    for name in names.compactMap({ node.attribute($0)?.lowercased() }) {
      if !isHeadDone { facts.note(meta: name, text) }
      for entry in plan.metas[name] ?? [] {
        if isHeadDone {
          findings.record(entry, isLate: true, text, judge)
        } else {
          headMetas.append((entry, text))
        }
      }
    }
  }

  // MARK: - The head

  /// Whether the element being read is one of the head, or the head itself.
  var isInsideHead: Bool {
    var node = document.openElement
    while let current = node {
      if current.isNamed("head") { return true }
      node = current.parent
    }
    return false
  }

  var isInsideBody: Bool {
    var node = document.openElement
    while let current = node {
      if current.isNamed("body") { return true }
      node = current.parent
    }
    return false
  }

  /// Ends the head: the page's site is known now, and with it which rules count.
  mutating func endHead() {
    guard !isHeadDone else { return }
    isHeadDone = true
    let host = facts.base?.host ?? ""
    let hosts = [host] + facts.ownHosts
    let rules = plan.ruleSet
    let site = hosts.lazy.compactMap { rules.site(ofHost: $0) }.first
    findings.decide(scope: plan.scope(of: site))
    let judge = judge
    for (entry, text) in headMetas { findings.record(entry, text, judge) }
    headMetas = []
  }

  /// Takes what the page carries as JSON-LD.
  mutating func take(_ data: JSONLinkedData) {
    let judge = judge
    for entry in plan.jsonLD where findings.isOpen(entry) {
      guard case .jsonLD(let path) = plan.entries[entry].rule.kind else { continue }
      for text in data.texts(at: path) { findings.record(entry, MetaText.readable(text), judge) }
    }
  }

  // MARK: - Settling

  /// Whether an element that counts has not been closed yet.
  var hasOpenCandidates: Bool { !waiting.isEmpty }

  /// Reads the elements that are closed; those that are not wait.
  mutating func settle(isFinal: Bool) {
    guard isHeadDone, !waiting.isEmpty else { return }
    var kept: [Candidate] = []
    let judge = judge
    for candidate in waiting where findings.isOpen(candidate.entry) {
      // For each rule, what stands first in the page goes first.
      if kept.contains(where: { $0.entry == candidate.entry }) {
        kept.append(candidate)
        continue
      }
      switch value(of: candidate, isFinal: isFinal) {
      case .incomplete: kept.append(candidate)
      case .nothing: break
      case .text(let text): findings.record(candidate.entry, text, judge)
      }
    }
    waiting = kept.filter { findings.isOpen($0.entry) }
  }

  private enum Value {
    case incomplete
    case nothing
    case text(String)
  }

  private func value(of candidate: Candidate, isFinal: Bool) -> Value {
    let isOpen: (HTMLNode) -> Bool = { isFinal ? false : document.isOpen($0) }
    switch plan.entries[candidate.entry].rule.kind {
    case .element(let rule): return value(of: candidate.node, rule, isOpen)
    case .heading(let rule): return value(of: candidate.node, rule, isOpen)
    case .meta, .jsonLD: return .nothing
    }
  }

  private func value(
    of node: HTMLNode, _ rule: Rule.ElementRule, _ isOpen: (HTMLNode) -> Bool
  ) -> Value {
    var text: String
    if let attribute = rule.attribute {
      guard let value = node.attribute(attribute) else { return .nothing }
      text = value
    } else {
      guard !isOpen(node) else { return .incomplete }
      text = ElementText.read(node, without: rule.without)
    }
    if let needed = rule.mustContain, !text.contains(needed) { return .nothing }
    return .text(text)
  }

  private func value(
    of node: HTMLNode, _ rule: Rule.HeadingRule, _ isOpen: (HTMLNode) -> Bool
  ) -> Value {
    guard !isOpen(node) else { return .incomplete }
    let words = ElementText.line(ElementText.read(node)).lowercased()
    guard rule.words.contains(HeadingWords.core(of: words)) || rule.words.contains(words) else {
      return .nothing
    }
    switch HeadingRegion.find(behind: node, rule, isOpen: isOpen) {
    case .incomplete: return .incomplete
    case .nodes(let nodes): return .text(ElementText.read(nodes, without: rule.without))
    }
  }
}

extension Rule.Kind {
  fileprivate func matches(_ node: HTMLNode) -> Bool {
    switch self {
    case .element(let rule): rule.selector.matches(node)
    case .heading(let rule): rule.selector.matches(node)
    case .meta, .jsonLD: false
    }
  }
}

extension HTMLDocument {
  /// Whether an element has not been closed yet.
  func isOpen(_ node: HTMLNode) -> Bool {
    var open = openElement
    while let current = open {
      if current == node { return true }
      open = current.parent
    }
    return false
  }
}
