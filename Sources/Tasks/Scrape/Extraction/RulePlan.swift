/// All rules of a run, compiled for reading pages: where they stand, and what they look for.
final class RulePlan: Sendable {
  /// What a rule fills: a field of the record, the sign of a missing page, or a field of the user.
  struct Slot: Sendable, Hashable {
    let index: Int
    static func page(_ field: PageField) -> Slot {
      Slot(index: PageField.allCases.firstIndex(of: field) ?? 0)
    }
    /// A heading that says there is no such page.
    static let notFound = Slot(index: PageField.allCases.count)
    static func own(_ number: Int) -> Slot { Slot(index: notFound.index + 1 + number) }

    var field: PageField? {
      index < PageField.allCases.count ? PageField.allCases[index] : nil
    }
  }

  struct Entry: Sendable {
    let slot: Slot
    let rule: Rule
    /// The rule's site, as an index; `nil` for rules of all pages.
    let site: Int?
    /// The bits of its literals; zero when it may match anywhere.
    var groups: UInt64 = 0
  }

  /// What has to be known of an entry again and again.
  struct Brief: Sendable {
    let slot: Int
    let groups: UInt64
    let isList: Bool
    let isMeta: Bool
    let isJSON: Bool
    /// Whether it may match a meta, which has no text: for an attribute, or where the user says so.
    let matchesMetas: Bool

    init(_ entry: Entry) {
      slot = entry.slot.index
      groups = entry.groups
      isList = entry.slot.field?.isList == true
      isMeta = entry.rule.kind.isMeta
      isJSON = entry.rule.kind.isJSON
      matchesMetas = entry.slot.index >= Slot.own(0).index || entry.rule.kind.readsAttribute
    }
  }

  /// The order of trust among the rules, for the pages of one site or of unknown ones.
  struct Scope: Sendable {
    /// The place of each entry among the rules of its slot; `nil` when it does not apply.
    var position: [Int?]
    /// The same for metas that stand behind the head, where they should not be.
    var latePosition: [Int?]
  }

  let entries: [Entry]
  /// The same, as far as is asked for often.
  let briefs: [Brief]
  let slotCount: Int
  /// Whether there is an element rule that may match a meta.
  let hasRulesOfMetas: Bool
  /// Entries by the name of their meta.
  let metas: [String: [Int]]
  let elements: [Int]
  /// The same by what they ask of an element.
  let index: RuleIndex
  let jsonLD: [Int]
  /// The bits of all rules that compare elements.
  let elementGroups: UInt64
  /// Whether there is such a rule without a literal.
  let hasRuleEverywhere: Bool
  let scan: LiteralScan
  /// The bits of the headings that say a page is missing.
  let notFoundGroups: UInt64
  let ruleSet: RuleSet
  /// One for each site, and the last for pages of unknown sites.
  private let scopes: [Scope]

  /// The group of the literal that announces JSON-LD.
  static let jsonGroup: UInt64 = 1
  /// The group of the literals that metas begin with.
  static let metaGroup: UInt64 = 2

  init(_ ruleSet: RuleSet, own: [OwnField]) {
    self.ruleSet = ruleSet
    var entries = Self.entries(of: ruleSet) + Self.ownEntries(own)
    scan = Self.assignGroups(&entries)
    self.entries = entries
    briefs = entries.map(Brief.init)
    notFoundGroups = entries.last { $0.slot == .notFound }?.groups ?? 0
    slotCount = Slot.own(own.count).index
    var metas: [String: [Int]] = [:]
    for (index, entry) in entries.enumerated() {
      if case .meta(let name) = entry.rule.kind { metas[name, default: []].append(index) }
    }
    self.metas = metas
    elements = entries.indices.filter { entries[$0].rule.kind.isElement }
    hasRulesOfMetas = zip(entries, briefs).contains { $0.rule.kind.isElement && $1.matchesMetas }
    index = RuleIndex(
      elements.compactMap { place in
        entries[place].rule.kind.selector.map { (place, $0) }
      })
    elementGroups = elements.reduce(0) { $0 | entries[$1].groups }
    hasRuleEverywhere = elements.contains { entries[$0].groups == 0 }
    jsonLD = entries.indices.filter { entries[$0].rule.kind.isJSON }
    scopes = (ruleSet.sites.indices.map { $0 } + [nil]).map { site in
      Self.scope(of: site, entries, ruleSet)
    }
  }

  /// - Parameter site: an index into the rule set's sites; `nil` for unknown ones.
  func scope(of site: Int?) -> Scope { scopes[site ?? scopes.count - 1] }

  // MARK: - Entries

  private static func entries(of ruleSet: RuleSet) -> [Entry] {
    var entries: [Entry] = []
    for (index, site) in ruleSet.sites.enumerated() {
      for field in PageField.allCases {
        for rule in site.fields[field] ?? [] {
          entries.append(Entry(slot: .page(field), rule: rule, site: index))
        }
      }
    }
    for field in PageField.allCases {
      // A year is what the rules of dates give.
      let rules =
        (ruleSet.common[field] ?? []) + (field == .year ? ruleSet.common[.date] ?? [] : [])
      for case .rule(let rule) in rules {
        entries.append(Entry(slot: .page(field), rule: rule, site: nil))
      }
    }
    return entries + [Entry(slot: .notFound, rule: NotFoundSigns.rule, site: nil)]
  }

  private static func ownEntries(_ own: [OwnField]) -> [Entry] {
    own.enumerated().compactMap { number, field in
      guard !field.needsWholePage, case .css(let selector) = field.selector.query else {
        return nil
      }
      let element = Rule.ElementRule(
        selector: selector, attribute: field.selector.attribute, without: nil, mustContain: nil)
      return Entry(
        slot: .own(number), rule: Rule(name: field.name, kind: .element(element)), site: nil)
    }
  }

  // MARK: - Literals

  /// Gives every set of literals a bit of its own while there are any; then bits are shared.
  ///
  /// The rules of all pages come first, those of sites last; metas, which the head holds, share one.
  private static func assignGroups(_ entries: inout [Entry]) -> LiteralScan {
    var bits: [[Literal]: Int] = [:]
    var added: Set<Grouped> = []
    if let announcement = Literal("ld+json", .anywhere) { added.insert(Grouped(announcement, 0)) }
    let common = entries.indices.filter { entries[$0].site == nil }
    for index in common.reversed() + entries.indices.filter({ entries[$0].site != nil }) {
      let kind = entries[index].rule.kind
      guard let literals = kind.literals, !literals.isEmpty else { continue }
      let own = bits[literals] ?? min(2 + bits.count, LiteralScan.groupCount - 1)
      let bit = kind.isMeta ? 1 : own
      if !kind.isMeta { bits[literals] = own }
      added.formUnion(literals.map { Grouped($0, bit) })
      entries[index].groups = 1 << UInt64(bit)
    }
    return LiteralScan(added.map { ($0.literal, $0.group) })
  }

  private struct Grouped: Hashable {
    let literal: Literal
    let group: Int
    init(_ literal: Literal, _ group: Int) {
      self.literal = literal
      self.group = group
    }
  }

  // MARK: - Scopes

  private static func scope(
    of site: Int?, _ entries: [Entry], _ ruleSet: RuleSet
  ) -> Scope {
    var scope = Scope(
      position: Array(repeating: nil, count: entries.count),
      latePosition: Array(repeating: nil, count: entries.count))
    var places: [Slot: Int] = [:]
    func place(_ index: Int, late: Bool = false) {
      let next = places[entries[index].slot, default: 0]
      places[entries[index].slot] = next + 1
      if late { scope.latePosition[index] = next } else { scope.position[index] = next }
    }
    for index in ordered(site, entries, ruleSet) { place(index) }
    for index in entries.indices
    where scope.position[index] != nil && entries[index].groups != 0
      && entries[index].rule.kind.isMeta
    {
      place(index, late: true)
    }
    return scope
  }

  /// The entries that apply, those of the same slot in the order of trust.
  private static func ordered(
    _ site: Int?, _ entries: [Entry], _ ruleSet: RuleSet
  ) -> [Int] {
    let ofSite = entries.indices.filter { site != nil && entries[$0].site == site }
    let competing = entries.indices.filter {
      site == nil && entries[$0].site != nil && entries[$0].rule.competes
        && !entries[$0].rule.kind.isMeta
    }
    var result = ofSite
    var nextCommon = entries.firstIndex { $0.site == nil } ?? entries.count
    for field in PageField.allCases {
      let rules =
        (ruleSet.common[field] ?? []) + (field == .year ? ruleSet.common[.date] ?? [] : [])
      for rule in rules {
        switch rule {
        case .competition: result += competing.filter { entries[$0].slot == .page(field) }
        case .rule:
          result.append(nextCommon)
          nextCommon += 1
        }
      }
    }
    return result + Array(nextCommon..<entries.count)
  }
}

// MARK: - Kinds

extension Rule.Kind {
  var isMeta: Bool { if case .meta = self { true } else { false } }
  var isJSON: Bool { if case .jsonLD = self { true } else { false } }
  /// Whether it takes an attribute of an element.
  var readsAttribute: Bool {
    if case .element(let rule) = self { rule.attribute != nil } else { false }
  }
  /// Whether it is found by comparing elements with a selector.
  var isElement: Bool { selector != nil }
  var selector: Selector? {
    switch self {
    case .element(let rule): rule.selector
    case .heading(let rule): rule.selector
    case .meta, .jsonLD: nil
    }
  }

  /// What has to occur in the source; `nil` when it may match anywhere.
  fileprivate var literals: [Literal]? {
    switch self {
    case .meta(let name): Self.prefix(of: name).flatMap { Literal($0, .valueStart) }.map { [$0] }
    // Found in the source, without the tree.
    case .jsonLD: nil
    case .element(let rule): rule.selector.literals
    case .heading(let rule): rule.literals
    }
  }
}

extension Rule.Kind {
  /// `citation_` of `citation_title`; names without such a beginning count in the head only, because
  /// `date` and `author` stand everywhere.
  private static func prefix(of name: String) -> Substring? {
    name.firstIndex { "_.:".contains($0) }.map { name[...$0] }
  }
}

extension Rule.HeadingRule {
  /// One for each word; `nil` when a word is too short to be looked for.
  fileprivate var literals: [Literal]? {
    let found = words.compactMap { Literal(heading: $0) }
    return found.count == words.count ? found : nil
  }
}
