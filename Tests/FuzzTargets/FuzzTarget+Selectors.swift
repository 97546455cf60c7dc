internal import PageSamples
internal import Scrape

extension FuzzTarget {
  /// A byte chooses the page; the rest is a selector.
  package static let selectors = FuzzTarget(
    name: "selectors", summary: "A selector is refused in words, or finds the same early and late",
    seeds: { SelectorSeeds.all.map { [0] + Array($0.utf8) } }, words: SelectorSeeds.words,
    longestInput: 400,
    check: { bytes in
      var choices = Choices(bytes)
      let template = choices.one(of: PageTemplate.all)
      let text = String(decoding: choices.rest, as: UTF8.self)
      let one: OwnField
      let all: OwnField
      do throws(SelectorError) {
        one = try OwnField("one=" + text)
        all = try OwnField("all[]=" + text)
      } catch {
        return error.description.contains(";") ? nil : "the refusal names no cure: \(error)"
      }
      return SelectorSeeds.difference(one, all, on: template)
    })

  /// Rules as data, read on the page of a template.
  package static let rules = FuzzTarget(
    name: "rules", summary: "A file of rules is refused in words, or finds the same early and late",
    seeds: { SelectorSeeds.ruleFiles.map { [0] + Array($0.utf8) } },
    words: SelectorSeeds.words + SelectorSeeds.ruleWords,
    longestInput: 2000,
    check: { bytes in
      var choices = Choices(bytes)
      let template = choices.one(of: PageTemplate.all)
      let rules: RuleSet
      do throws(RuleError) {
        rules = try RuleSet(json: Array(choices.rest), file: "f")
      } catch {
        return error.description.contains(";") ? nil : "the refusal names no cure: \(error)"
      }
      guard let extractors = try? FuzzedPage.Extractors(rules: rules, own: []) else { return nil }
      let page = FuzzedPage(
        url: template.url, contentType: nil, chunkBytes: 50, body: Array(template.html.utf8))
      let early = page.read(by: extractors.early, chunkBytes: 50)
      return early == page.read(by: extractors.whole, chunkBytes: .max)
        ? nil : "stopping early gives something else"
    })
}

enum SelectorSeeds {
  static let all = [
    "h1", "div.abstract > p:first-child", "a[href*=Abstract]@href", "#abstract, .acl-abstract",
    "h4:not(.x) + p ~ p", "meta[name='citation_abstract' i]@content", "p:nth-child(2n+1)::text",
    "a::attr(href)", "//h4[contains(., 'Abstract')]/following-sibling::p[1]", "//a/@href",
    "count(//p)", "xpath:string(//title)", "(//p)[last()]", "div:has(> p, h4) :is(i, b)", "*",
    "ul li:nth-last-of-type(-n+3):only-child", "[lang|=en]", "a\\:b", "p:empty, :root > body",
    ".//p[position() mod 2 = 1]", "//p[normalize-space()]",
  ]

  static let words = [
    ":nth-child(", ":not(", ":has(", ":is(", ":where(", "::text", "::attr(", "[href", "*=", "~=",
    "|=",
    "^=", "$=", "//", "/@", "ancestor::", "following::", "preceding-sibling::", "contains(",
    "string(", "count(", "last()", "position()", "translate(", "substring(", "concat(", "|",
    " and ",
    "not(", "id(", "document(", "\\", "2n+1", ":first-of-type",
  ]

  static let ruleFiles = [
    """
    {"sites": [{"site": "Stones", "hosts": ["arxiv.org", "stones.example", "papers.nips.cc"],
      "fields": {"abstract": ["meta:stone_abstract", "blockquote.abstract",
        {"select": "div.summary", "without": "h3, .keywords"}, {"heading": "h2", "says": ["Summary"]}],
        "pdf_url": ["a.download@href"], "authors": [".authors a"]}}]}
    """,
    """
    {"all": {"venue": ["meta:stone_journal"], "title": ["json-ld:headline", "sites", "h1"],
     "abstract": [{"heading": "h4", "says": ["Abstract"], "take": "next"},
       {"heading": "h2", "says": ["Abstract"], "take": 2, "hint": true},
       {"select": "p", "contains": "pebbles", "competes": false, "name": "pebbles"}]}}
    """,
  ]

  static let ruleWords = [
    "\"sites\"", "\"site\":\"", "\"hosts\":[\"", "\"fields\":{", "\"all\":{", "\"title\":[",
    "\"abstract\":[",
    "\"authors\":[", "\"date\":[", "{\"select\":\"", "{\"heading\":\"", "\"says\":[\"",
    "\"without\":\"",
    "\"take\":\"next\"", "\"take\":3", "\"hint\":true", "\"competes\":false", "\"contains\":\"",
    "\"json-ld:author.name\"", "\"meta:description\"",
  ]

  static func difference(_ one: OwnField, _ all: OwnField, on template: PageTemplate) -> String? {
    // Without the built-in rules, which would take most of the time.
    guard let rules = try? RuleSet(json: Array("{}".utf8), file: "f") else { return "no rules" }
    let page = FuzzedPage(
      url: template.url, contentType: nil, chunkBytes: 100, body: Array(template.html.utf8))
    var request = ExtractionRequest(fields: [.title], ownFields: [one], rules: rules)
    let early = page.read(by: Extractor(request), chunkBytes: 100)
    request.ownFields = [one, all]
    let whole = page.read(by: Extractor(request), chunkBytes: .max)
    guard early.ownFields.first == whole.ownFields.first else {
      return "the first match is \(early.ownFields) early and \(whole.ownFields) late"
    }
    guard case .one(let first) = whole.ownFields[0], case .all(let list) = whole.ownFields[1] else {
      return "the fields have changed their kinds"
    }
    return first == list.first ? nil : "the first of all is not the first"
  }
}
