/// One way in which pages say what a field is.
///
/// The format is documented in `docs/rules.md`; the built-in rules are in the same format.
package struct Rule: Sendable {
  /// What the record names as the source of a value.
  package var name: String
  package var kind: Kind
  /// Taken last, and weighed against the others of its kind: descriptions may be anything.
  package var isHint = false
  /// Tried on pages of unknown sites too; wrong for selectors that any page may match.
  package var competes = true

  package enum Kind: Sendable {
    /// The `content` or `value` of a `meta` whose `name`, `property` or `itemprop` is this, in lower case.
    case meta(String)
    /// A property of a JSON-LD object; names separated by dots lead into objects.
    case jsonLD([String])
    case element(ElementRule)
    case heading(HeadingRule)
  }

  package struct ElementRule: Sendable {
    var selector: Selector
    /// The attribute wanted; `nil` for the text.
    var attribute: ByteName?
    /// What does not belong to the text, such as a label.
    var without: Selector?
    /// What the value has to look like to count.
    var mustContain: String?
  }

  package struct HeadingRule: Sendable {
    var selector: Selector
    /// In lower case; the whole heading, but for digits and punctuation at its ends.
    var words: [String]
    var reach: Reach
    var without: Selector?

    /// What belongs to the heading.
    package enum Reach: Sendable, Equatable {
      /// Everything up to the next heading of the same or a higher level.
      case section
      /// The longest of the next elements.
      case longest(of: Int)
      /// The heading and nothing else.
      case itself
    }
  }
}

/// The rules of one site, by field, the most trusted first.
package struct SiteRules: Sendable {
  package var site: String
  /// Hosts in lower case; a page of a host below one of them is the site's too.
  package var hosts: [String]
  package var fields: [PageField: [Rule]]

  /// Whether a host is one of the site's.
  package func includes(host: String) -> Bool {
    hosts.contains { host == $0 || host.hasSuffix("." + $0) }
  }
}

/// All rules that pages are read by.
package struct RuleSet: Sendable {
  package var sites: [SiteRules]
  /// What is tried on every page, behind the rules of its site.
  package var common: [PageField: [CommonRule]]

  package enum CommonRule: Sendable {
    case rule(Rule)
    /// The place where the rules of all sites compete when the page's site is not known.
    case competition
  }

  /// The rules of the file stand before the built-in ones.
  package func adding(_ other: RuleSet) -> RuleSet {
    var result = self
    result.sites = other.sites + sites
    for (field, rules) in other.common { result.common[field] = rules + (common[field] ?? []) }
    return result
  }

  package func site(ofHost host: String) -> Int? {
    let host = host.lowercased()
    return sites.firstIndex { $0.includes(host: host) }
  }
}
