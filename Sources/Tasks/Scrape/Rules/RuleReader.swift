internal import BatchCore

/// Why a file of rules cannot be used: one sentence that names the file, the place and the cure.
package struct RuleError: Error, Sendable, Equatable, CustomStringConvertible {
  package let description: String

  init(_ file: String, _ place: String, _ fault: String, cure: String) {
    description = "rules \(file), \(place): \(fault); \(cure)"
  }
}

/// Turns JSON into rules.
struct RuleReader {
  let file: String

  /// - Parameter file: the name for messages.
  static func read(_ bytes: [UInt8], file: String) throws(RuleError) -> RuleSet {
    let reader = RuleReader(file: file)
    let json: JSONValue
    do {
      json = try JSONReader.parse(bytes)
    } catch {
      throw reader.fault(
        "line \(error.line), column \(error.column)", error.what,
        cure: "the file has to be JSON as docs/rules.md shows it")
    }
    return try reader.ruleSet(json)
  }

  private func fault(_ place: String, _ what: String, cure: String) -> RuleError {
    RuleError(file, place, what, cure: cure)
  }

  // MARK: - The file

  private func ruleSet(_ json: JSONValue) throws(RuleError) -> RuleSet {
    try check(json, "the file", allowed: ["sites", "all"])
    var sites: [SiteRules] = []
    for (index, site) in (json["sites"]?.elements ?? []).enumerated() {
      sites.append(try siteRules(site, "sites[\(index)]"))
    }
    var common: [PageField: [RuleSet.CommonRule]] = [:]
    for (field, list) in try fields(json["all"], "all") {
      common[field] = try commonRules(list, "all.\(field.rawValue)")
    }
    return RuleSet(sites: sites, common: common)
  }

  private func check(
    _ json: JSONValue, _ place: String, allowed: [String]
  ) throws(RuleError) {
    guard case .object(let members) = json else {
      throw fault(place, "an object is expected", cure: "write {...} with \(list(allowed))")
    }
    for member in members where !allowed.contains(member.name) {
      throw fault(
        place, "'\(member.name)' is not known", cure: "known are \(list(allowed))")
    }
  }

  private func list(_ words: [String]) -> String {
    words.map { "'\($0)'" }.joined(separator: ", ")
  }

  private func siteRules(_ json: JSONValue, _ place: String) throws(RuleError) -> SiteRules {
    try check(json, place, allowed: ["site", "hosts", "fields"])
    guard let site = json["site"]?.string, !site.isEmpty else {
      throw fault(
        place, "'site' is missing", cure: "write the site's name, such as \"site\": \"PMLR\"")
    }
    let hosts = (json["hosts"]?.elements ?? []).compactMap(\.string).map { $0.lowercased() }
    guard !hosts.isEmpty else {
      throw fault(
        place, "'hosts' is missing", cure: "write a list such as \"hosts\": [\"example.org\"]")
    }
    var found: [PageField: [Rule]] = [:]
    for (field, list) in try fields(json["fields"], place + ".fields") {
      var rules: [Rule] = []
      for (index, entry) in list.elements.enumerated() {
        let entryPlace = "\(place).fields.\(field.rawValue)[\(index)]"
        rules.append(try rule(entry, entryPlace, prefix: site + " "))
      }
      found[field] = rules
    }
    return SiteRules(site: site, hosts: hosts, fields: found)
  }

  private func fields(
    _ json: JSONValue?, _ place: String
  ) throws(RuleError) -> [(PageField, JSONValue)] {
    guard let json else { return [] }
    try check(json, place, allowed: PageField.allCases.map(\.rawValue))
    guard case .object(let members) = json else { return [] }
    return members.compactMap { member in
      PageField(rawValue: member.name).map { ($0, member.value) }
    }
  }

  private func commonRules(
    _ json: JSONValue, _ place: String
  ) throws(RuleError) -> [RuleSet.CommonRule] {
    var rules: [RuleSet.CommonRule] = []
    for (index, entry) in json.elements.enumerated() {
      if entry.string == "sites" {
        rules.append(.competition)
      } else {
        rules.append(.rule(try rule(entry, "\(place)[\(index)]", prefix: "")))
      }
    }
    return rules
  }

  // MARK: - One rule

  private func rule(
    _ json: JSONValue, _ place: String, prefix: String
  ) throws(RuleError) -> Rule {
    if let text = json.string { return try shortRule(text, place, prefix: prefix) }
    let allowed = [
      "meta", "json-ld", "select", "heading", "says", "take", "without", "contains", "name", "hint",
      "competes",
    ]
    try check(json, place, allowed: allowed)
    var rule = try longRule(json, place, prefix: prefix)
    if let name = json["name"]?.string { rule.name = name }
    if case .bool(let flag)? = json["hint"] { rule.isHint = flag }
    if case .bool(let flag)? = json["competes"] { rule.competes = flag }
    return rule
  }

  private func shortRule(
    _ text: String, _ place: String, prefix: String
  ) throws(RuleError) -> Rule {
    if let name = text.suffix(behind: "meta:") { return metaRule(name) }
    if let path = text.suffix(behind: "json-ld:") { return jsonRule(path) }
    return Rule(
      name: prefix + text, kind: .element(try element(text, .null, place)))
  }

  private func metaRule(_ name: String) -> Rule {
    Rule(name: name, kind: .meta(name.lowercased()))
  }

  private func jsonRule(_ path: String) -> Rule {
    Rule(
      name: "json-ld " + path, kind: .jsonLD(path.split(separator: ".").map(String.init)))
  }

  private func longRule(
    _ json: JSONValue, _ place: String, prefix: String
  ) throws(RuleError) -> Rule {
    if let name = json["meta"]?.string { return metaRule(name) }
    if let path = json["json-ld"]?.string { return jsonRule(path) }
    if let text = json["select"]?.string {
      return Rule(name: prefix + text, kind: .element(try element(text, json, place)))
    }
    if let text = json["heading"]?.string {
      let words = (json["says"]?.elements ?? []).compactMap(\.string)
      guard !words.isEmpty else {
        throw fault(
          place, "'says' is missing", cure: "write the words, such as \"says\": [\"Abstract\"]")
      }
      let heading = Rule.HeadingRule(
        selector: try selector(text, place), words: words.map { $0.lowercased() },
        reach: try reach(json["take"], place), without: try without(json, place))
      return Rule(name: "\(prefix)\(text) '\(words[0])'", kind: .heading(heading))
    }
    throw fault(
      place, "it does not say where to look",
      cure: "write one of 'select', 'heading', 'meta' and 'json-ld'")
  }

  private func element(
    _ text: String, _ json: JSONValue, _ place: String
  ) throws(RuleError) -> Rule.ElementRule {
    let value: ValueSelector
    do { value = try ValueSelector(text) } catch { throw fault(place, error) }
    guard case .css(let selector) = value.query, !selector.looksAhead else {
      throw fault(
        place, "rules are decided when an element begins, and '\(text)' is not",
        cure: "use CSS without XPath, :has(), :empty, :last-child and the like")
    }
    return Rule.ElementRule(
      selector: selector, attribute: value.attribute, without: try without(json, place),
      mustContain: json["contains"]?.string)
  }

  private func without(_ json: JSONValue, _ place: String) throws(RuleError) -> Selector? {
    guard let text = json["without"]?.string else { return nil }
    return try selector(text, place)
  }

  private func selector(_ text: String, _ place: String) throws(RuleError) -> Selector {
    do { return try SelectorParser.parse(text) } catch { throw fault(place, error) }
  }

  private func fault(_ place: String, _ error: SelectorError) -> RuleError {
    RuleError(file, place, error)
  }

  private func reach(
    _ json: JSONValue?, _ place: String
  ) throws(RuleError) -> Rule.HeadingRule.Reach {
    switch json {
    case nil, .string("section"): return .section
    case .string("next"): return .longest(of: 1)
    case .integer(let count) where (1...9).contains(count): return .longest(of: count)
    default:
      throw fault(
        place, "'take' is not understood",
        cure: "write \"section\", \"next\", or how many elements to choose the longest of")
    }
  }
}

extension RuleError {
  init(_ file: String, _ place: String, _ error: SelectorError) {
    description = "rules \(file), \(place): \(error.description)"
  }
}

extension String {
  fileprivate func suffix(behind prefix: String) -> String? {
    hasPrefix(prefix) ? String(dropFirst(prefix.count)) : nil
  }
}
