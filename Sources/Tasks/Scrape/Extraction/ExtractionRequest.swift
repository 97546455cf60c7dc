/// What is wanted of every page.
package struct ExtractionRequest: Sendable {
  /// The fields of the record.
  package var fields: Set<PageField>
  package var ownFields: [OwnField]
  package var rules: RuleSet
  /// Whether the main text is wanted; it needs the whole page.
  package var wantsArticle: Bool
  /// The links wanted of an index page; they need the whole page.
  package var follow: ValueSelector?
  /// Parse every page to its end, although the same would be found without.
  package var parsesEverything: Bool

  package init(
    fields: Set<PageField> = Set(PageField.allCases), ownFields: [OwnField] = [], rules: RuleSet,
    wantsArticle: Bool = false, follow: ValueSelector? = nil, parsesEverything: Bool = false
  ) {
    self.fields = fields
    self.ownFields = ownFields
    self.rules = rules
    self.wantsArticle = wantsArticle
    self.follow = follow
    self.parsesEverything = parsesEverything
  }

  /// Whether something wanted can only be known at the end of a page.
  package var needsWholePage: Bool {
    parsesEverything || wantsArticle || follow != nil || ownFields.contains(where: \.needsWholePage)
  }
}

/// What is wanted, made ready once for any number of pages and threads.
package final class Extractor: Sendable {
  package let request: ExtractionRequest
  let plan: RulePlan
  /// The slots that have to be filled.
  let wanted: [Bool]

  package init(_ request: ExtractionRequest) {
    self.request = request
    plan = RulePlan(request.rules, own: request.ownFields)
    var wanted = Array(repeating: false, count: plan.slotCount)
    for field in request.fields { wanted[RulePlan.Slot.page(field).index] = true }
    for (number, field) in request.ownFields.enumerated() where !field.needsWholePage {
      wanted[RulePlan.Slot.own(number).index] = true
    }
    wanted[RulePlan.Slot.notFound.index] = true
    self.wanted = wanted
  }
}
