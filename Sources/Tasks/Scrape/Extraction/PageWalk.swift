internal import BatchCore

/// Follows the tree of a page as it grows, and collects what the rules match.
struct PageWalk {
  /// The elements that a rule has matched and whose values are not known yet, in the order of the page.
  private struct Queue {
    let entry: Int
    var nodes: [HTMLNode]
    /// How many of them have been dealt with.
    var done = 0
    /// How many of those had a value, good or not.
    var valued = 0
  }

  /// How many values of one rule are tried: a page of nothing but elements that match, each inside of the
  /// last, would have its text read over and over.
  private static let mostValues = (single: 32, list: 1_000)

  private let plan: RulePlan
  let document: HTMLDocument
  private var last: HTMLNode?
  private(set) var facts: PageFacts
  /// Values of metas in the head, until the page's site is known.
  private var headMetas: [(entry: Int, text: String)] = []
  /// One for each rule that has matched: only the first element of each can be next.
  private var waiting: [Queue] = []
  /// Whether an entry of the rules can match where the page is being looked at.
  private var isActive: [Bool]
  private(set) var findings: Findings
  private(set) var isHeadDone = false

  init(_ extractor: Extractor, document: HTMLDocument, finalURL: String) {
    plan = extractor.plan
    self.document = document
    isActive = Array(repeating: false, count: plan.entries.count)
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
    let hasActive = activate(groups, allowsNotFound)
    let countsMetas = !isHeadDone || groups & RulePlan.metaGroup != 0
    while let node = nextNode() {
      last = node
      guard node.isElement else { continue }
      let isMeta = node.isNamed("meta")
      if isMeta {
        if countsMetas { visit(meta: node) }
      } else if !isHeadDone {
        facts.note(element: node)
      }
      if hasActive, !isMeta || plan.hasRulesOfMetas { visit(node, isMeta: isMeta) }
    }
  }

  /// Notes which rules can match; false when there is none.
  private mutating func activate(_ groups: UInt64, _ allowsNotFound: Bool) -> Bool {
    guard plan.hasRuleEverywhere || groups & plan.elementGroups != 0 else { return false }
    var hasActive = false
    for entry in plan.elements {
      let brief = plan.briefs[entry]
      let isNear = brief.groups == 0 || brief.groups & groups != 0
      isActive[entry] =
        isNear && (allowsNotFound || brief.slot != RulePlan.Slot.notFound.index)
        && (!isHeadDone || findings.isOpen(entry))
      hasActive = hasActive || isActive[entry]
    }
    return hasActive
  }

  private func nextNode() -> HTMLNode? {
    guard let last else { return document.root }
    return last.following(within: nil)
  }

  private mutating func visit(_ node: HTMLNode, isMeta: Bool) {
    for entry in plan.index.matches(of: node, isActive)
    where !isMeta || plan.briefs[entry].matchesMetas {
      if let queue = waiting.firstIndex(where: { $0.entry == entry }) {
        waiting[queue].nodes.append(node)
      } else {
        waiting.append(Queue(entry: entry, nodes: [node]))
      }
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
  var hasOpenCandidates: Bool { waiting.contains { $0.done < $0.nodes.count } }

  /// Reads the elements that are closed; those that are not wait.
  mutating func settle(isFinal: Bool) {
    guard isHeadDone, !waiting.isEmpty else { return }
    let judge = judge
    var queues = waiting
    waiting = []
    for index in queues.indices { settle(&queues[index], isFinal, judge) }
    // A queue that is through stays, because it knows how much has been tried.
    waiting = queues.filter { findings.isOpen($0.entry) }
  }

  private mutating func settle(_ queue: inout Queue, _ isFinal: Bool, _ judge: FieldJudge) {
    let most = plan.briefs[queue.entry].isList ? Self.mostValues.list : Self.mostValues.single
    while queue.done < queue.nodes.count, findings.isOpen(queue.entry) {
      guard queue.valued < most else { return queue.done = queue.nodes.count }
      switch value(of: queue.nodes[queue.done], queue.entry, isFinal: isFinal) {
      case .incomplete: return
      case .nothing: break
      case .text(let text):
        queue.valued += 1
        findings.record(queue.entry, text, judge)
      }
      queue.done += 1
    }
  }

  private enum Value {
    case incomplete
    case nothing
    case text(String)
  }

  private func value(of node: HTMLNode, _ entry: Int, isFinal: Bool) -> Value {
    let isOpen: (HTMLNode) -> Bool = { isFinal ? false : document.isOpen($0) }
    switch plan.entries[entry].rule.kind {
    case .element(let rule):
      if plan.briefs[entry].isList, !node.holdsAtMost(Self.mostNameNodes) { return .nothing }
      return value(of: node, rule, isOpen)
    case .heading(let rule): return value(of: node, rule, isOpen)
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

  /// More nodes than any heading has.
  private static let mostHeadingNodes = 64
  /// More nodes than the name of an author has.
  private static let mostNameNodes = 256

  private func value(
    of node: HTMLNode, _ rule: Rule.HeadingRule, _ isOpen: (HTMLNode) -> Bool
  ) -> Value {
    guard !isOpen(node) else { return .incomplete }
    guard node.holdsAtMost(Self.mostHeadingNodes) else { return .nothing }
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
