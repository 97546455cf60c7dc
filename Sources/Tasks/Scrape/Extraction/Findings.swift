/// What has been found on a page so far, slot by slot, and what could still change it.
///
/// Everything is decided by rank: the order in which things are found never matters, so that a page that is
/// read in part gives what the whole page would give.
struct Findings {
  /// The best value of one slot.
  struct Finding {
    /// The rank of the rule that gave it, counted from 0; nothing is behind the last.
    var position = Int.max
    var entry: Int?
    var values: [String] = []
    /// Values that are only taken when there is no other: hints, and what may be cut off.
    var spare: [Spare] = []
  }

  struct Spare {
    let position: Int
    let entry: Int
    let text: String
    let isGood: Bool
  }

  private let plan: RulePlan
  private let wanted: [Bool]
  private(set) var slots: [Finding]
  /// Set once the page's site is known.
  private(set) var scope: RulePlan.Scope?

  init(_ extractor: Extractor) {
    plan = extractor.plan
    wanted = extractor.wanted
    slots = Array(repeating: Finding(), count: extractor.plan.slotCount)
  }

  mutating func decide(scope: RulePlan.Scope) { self.scope = scope }

  /// The rank of a rule; `nil` when it does not apply to this page.
  func position(of entry: Int, isLate: Bool = false) -> Int? {
    isLate ? scope?.latePosition[entry] : scope?.position[entry]
  }

  /// Whether a value of a rule could still count.
  func isOpen(_ entry: Int, isLate: Bool = false) -> Bool {
    let brief = plan.briefs[entry]
    guard wanted[brief.slot], let position = position(of: entry, isLate: isLate) else {
      return false
    }
    let best = slots[brief.slot].position
    return position < best || position == best && brief.isList
  }

  // MARK: - Recording

  /// Notes what a rule has found on the page, in the order of the page for each rule.
  mutating func record(_ entry: Int, isLate: Bool = false, _ text: String, _ judge: FieldJudge) {
    guard isOpen(entry, isLate: isLate), let position = position(of: entry, isLate: isLate) else {
      return
    }
    let slot = plan.entries[entry].slot
    guard let field = slot.field else { return take([text], entry, position) }
    switch judge.judge(field, text) {
    case .good(let values):
      if plan.entries[entry].rule.isHint {
        spare(values[0], isGood: true, entry, position)
      } else {
        take(values, entry, position)
      }
    case .doubtful(let text): spare(text, isGood: false, entry, position)
    case .rejected: break
    }
  }

  private mutating func take(_ values: [String], _ entry: Int, _ position: Int) {
    let slot = plan.entries[entry].slot.index
    if position < slots[slot].position {
      slots[slot].position = position
      slots[slot].entry = entry
      slots[slot].values = values
    } else {
      for value in values where !slots[slot].values.contains(value) {
        slots[slot].values.append(value)
      }
    }
  }

  private mutating func spare(_ text: String, isGood: Bool, _ entry: Int, _ position: Int) {
    let slot = plan.entries[entry].slot.index
    slots[slot].spare.append(
      Spare(position: position, entry: entry, text: text, isGood: isGood))
  }

  // MARK: - What is missing

  /// Whether nothing that follows can change what was found.
  func isSettled(ignoring ignored: RulePlan.Slot) -> Bool {
    guard scope != nil else { return false }
    for index in slots.indices where wanted[index] && index != ignored.index {
      if slots[index].position == .max { return false }
    }
    return !plan.briefs.indices.contains { entry in
      plan.briefs[entry].slot != ignored.index && isOpenBehindHead(entry)
    }
  }

  /// Whether a rule may find something behind the head of the page.
  private func isOpenBehindHead(_ entry: Int) -> Bool {
    isOpen(entry, isLate: plan.briefs[entry].isMeta)
  }

  /// The groups of the literals that may still lead to something behind the head; `nil` when there are
  /// rules without a literal among them.
  func openGroups(ignoring ignored: RulePlan.Slot?, countsJSON: Bool) -> UInt64? {
    var groups: UInt64 = 0
    for entry in plan.briefs.indices where isOpenBehindHead(entry) {
      let brief = plan.briefs[entry]
      if brief.slot == ignored?.index { continue }
      if brief.isJSON {
        if countsJSON { groups |= RulePlan.jsonGroup }
      } else if brief.groups == 0 {
        return nil
      } else {
        groups |= brief.groups
      }
    }
    return groups
  }
}

// MARK: - Choosing among the rest

extension Findings.Finding {
  /// The value to be taken when the page has been read, and the rule that gave it.
  func chosen() -> (entry: Int, values: [String], isCut: Bool)? {
    if let entry { return (entry, values, false) }
    let ranked = spare.enumerated().sorted {
      ($0.element.position, $0.offset) < ($1.element.position, $1.offset)
    }.map(\.element)
    if let good = ranked.first(where: \.isGood) {
      let longer = ranked.filter { $0.isGood && Self.begins($0.text, with: good.text) }
      let best = longer.max { $0.text.utf8.count < $1.text.utf8.count } ?? good
      return (best.entry, [best.text], false)
    }
    guard let longest = ranked.map(\.text.utf8.count).max(),
      let best = ranked.first(where: { $0.text.utf8.count == longest })
    else { return nil }
    return (best.entry, [best.text], true)
  }

  /// Whether a text is the beginning of another, or the same.
  private static func begins(_ text: String, with beginning: String) -> Bool {
    PageFacts.compared(text).hasPrefix(PageFacts.compared(beginning))
  }
}
