internal import BatchCore

/// Writes down what was found on a page that has been read.
struct Answers {
  private let extractor: Extractor
  private let walk: PageWalk

  init(_ extractor: Extractor, _ walk: PageWalk) {
    self.extractor = extractor
    self.walk = walk
  }

  func fill(_ page: inout ExtractedPage) {
    for field in PageField.allCases where extractor.request.fields.contains(field) {
      fill(field, &page)
    }
    nameSite(&page)
    page.ownFields = extractor.request.ownFields.enumerated().map { value(of: $1, number: $0) }
    page.links = links()
    if extractor.request.wantsArticle { page.article = walk.document.root.map(ArticleReader.read) }
    page.notFoundEvidence = notFoundEvidence()
  }

  private func fill(_ field: PageField, _ page: inout ExtractedPage) {
    guard let (entry, values, isCut) = walk.findings.slots[RulePlan.Slot.page(field).index].chosen()
    else { return }
    let name = extractor.plan.entries[entry].rule.name
    page.values[field] = values
    page.sources[field] = isCut && field == .abstract ? name + ", may be cut off" : name
  }

  /// A page that names no site has the one of the rules, or its host.
  private func nameSite(_ page: inout ExtractedPage) {
    guard extractor.request.fields.contains(.site), page[.site] == nil,
      let host = walk.facts.base?.host, !host.isEmpty
    else { return }
    let rules = extractor.plan.ruleSet
    page.values[.site] = [rules.site(ofHost: host).map { rules.sites[$0].site } ?? host]
    page.sources[.site] = "host"
  }

  // MARK: - Own fields

  private func value(of field: OwnField, number: Int) -> ExtractedPage.OwnValue {
    guard field.needsWholePage else {
      let found = walk.findings.slots[RulePlan.Slot.own(number).index].values.first
      return .one(found.map { finished($0, field.selector) })
    }
    let values = texts(of: field.selector, onlyFirst: !field.takesAll)
    return field.takesAll ? .all(values) : .one(values.first)
  }

  private func texts(of selector: ValueSelector, onlyFirst: Bool) -> [String] {
    guard let root = walk.document.root else { return [] }
    switch selector.query {
    case .xpath(let query):
      return query.matches(in: walk.document).map { match in
        switch match {
        case .element(let node): ElementText.read(node)
        case .text(let text): ElementText.line(text)
        }
      }
    case .css(let css):
      let nodes =
        onlyFirst && selector.attribute == nil
        ? css.first(within: root).map { [$0] } ?? [] : css.all(within: root)
      guard let attribute = selector.attribute else { return nodes.map { ElementText.read($0) } }
      return nodes.compactMap { $0.attribute(attribute) }.map { finished($0, selector) }
    }
  }

  private func finished(_ text: String, _ selector: ValueSelector) -> String {
    selector.attribute == nil ? text : ElementText.line(text)
  }

  // MARK: - Links

  /// The addresses that the selector of the request finds; an element without an attribute gives its `href`.
  private func links() -> [String] {
    guard let follow = extractor.request.follow, let root = walk.document.root else { return [] }
    let references: [String]
    switch follow.query {
    case .xpath(let query):
      references = query.matches(in: walk.document).compactMap { match in
        switch match {
        case .element(let node): node.attribute("href") ?? node.attribute("src")
        case .text(let text): text
        }
      }
    case .css(let css):
      references = css.all(within: root).compactMap { node in
        follow.attribute.map { node.attribute($0) } ?? node.attribute("href")
      }
    }
    var seen: Set<String> = []
    return references.compactMap { walk.facts.absolute($0) }.filter { seen.insert($0).inserted }
  }

  // MARK: - Missing pages

  private func notFoundEvidence() -> String? {
    guard !walk.facts.hasCitation else { return nil }
    if let title = walk.facts.windowTitle, NotFoundSigns.isSign(title: title) {
      return "the title of the page is '\(title)'"
    }
    guard let entry = walk.findings.slots[RulePlan.Slot.notFound.index].entry else { return nil }
    _ = entry
    return "a heading says that the page was not found"
  }
}
