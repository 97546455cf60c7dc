/// What a page says about itself: metas, linked data, the `title`, bylines and times.
struct ArticleHead {
  private var metas: [String: [String]] = [:]
  private var pageTitle: String?
  private var headings: [String] = []
  private var bylines: [String] = []
  private var times: [String] = []
  private let linked: JSONLinkedData

  init(_ root: HTMLNode) {
    var scripts: [[UInt8]] = []
    var reading = Reading()
    var node: HTMLNode? = root
    while let current = node {
      if current.isNamed("script") {
        let type = current.attribute("type")?.lowercased() ?? ""
        if type.contains("ld+json") {
          scripts.append(Array((current.firstChild?.text ?? "").utf8))
        }
        node = current.followingSkippingChildren(within: root)
        continue
      }
      if current.isElement { reading.note(current) }
      node = current.following(within: root)
    }
    linked = JSONLinkedData(scripts: scripts[...])
    metas = reading.metas
    pageTitle = reading.title
    headings = reading.headings
    bylines = reading.relAuthors.isEmpty ? reading.bylines : reading.relAuthors
    times = reading.times
  }

  private func first(_ names: String...) -> String? {
    for name in names {
      if let value = metas[name]?.first(where: { !$0.isEmpty }) { return value }
    }
    return nil
  }

  private func linked(_ path: String...) -> String? {
    linked.texts(at: path).lazy.map(PlainText.line).first { !$0.isEmpty }
  }

  // MARK: - Answers

  /// The headline: as declared, else the heading that the page's title begins with, else that title
  /// without the name of the site.
  var title: String? {
    let declared = linked("headline") ?? first("og:title", "twitter:title", "dc.title", "headline")
    guard let raw = declared ?? pageTitle ?? headings.first else { return nil }
    let title = SiteName.removed(from: raw, site: first("og:site_name", "application-name"))
    let spoken = headings.first { !$0.isEmpty && raw.hasPrefix($0) && $0.count * 3 > title.count }
    if let spoken { return spoken }
    return declared == nil ? SiteName.cut(title, headings: headings) : title
  }

  var authors: [String] {
    let paths = [["author", "name"], ["creator", "name"]]
    for path in paths {
      let names = linked.texts(at: path).map(PlainText.line).flatMap(Byline.names)
      if !names.isEmpty { return Byline.distinct(names) }
    }
    for name in ["author", "article:author", "parsely-author", "dc.creator", "sailthru.author"] {
      let names = (metas[name] ?? []).filter { !$0.contains("://") }.flatMap(Byline.names)
      if !names.isEmpty { return Byline.distinct(names) }
    }
    return Byline.distinct(bylines.flatMap(Byline.names))
  }

  /// The day of publication by ISO 8601, as exactly as it is known.
  var date: String? {
    let declared =
      linked("datePublished") ?? linked("dateCreated")
      ?? first(
        "article:published_time", "datepublished", "parsely-pub-date", "pubdate", "publishdate",
        "dc.date.issued", "dc.date", "dcterms.date", "date", "sailthru.date", "og:published_time")
    return declared.flatMap(DateText.iso) ?? times.lazy.compactMap(DateText.iso).first
  }

  var summary: String? {
    first("og:description", "description", "twitter:description", "dc.description")
      ?? linked("description")
  }

  var linkedBody: String? {
    linked.texts(at: ["articleBody"]).first.map(PlainText.normalized)
  }

  // MARK: - Reading

  private struct Reading {
    var metas: [String: [String]] = [:]
    var title: String?
    var headings: [String] = []
    var relAuthors: [String] = []
    var bylines: [String] = []
    var times: [String] = []

    mutating func note(_ node: HTMLNode) {
      switch node.name {
      case "meta": noteMeta(node)
      case "title": if title == nil { title = text(node) }
      case "h1": headings.append(text(node))
      case "time": noteTime(node)
      default: noteByline(node)
      }
    }

    private func text(_ node: HTMLNode) -> String { PlainText.line(ElementText.read(node)) }

    private mutating func noteMeta(_ node: HTMLNode) {
      guard let content = node.attribute("content") ?? node.attribute("value") else { return }
      for attribute in ["name", "property", "itemprop"] as [StaticString] {
        guard let name = node.attribute(attribute)?.lowercased() else { continue }
        metas[name, default: []].append(PlainText.line(MetaText.readable(content)))
      }
    }

    private mutating func noteTime(_ node: HTMLNode) {
      guard times.count < 8 else { return }
      let value = node.attribute("datetime") ?? text(node)
      let isPublication =
        node.hasAttribute("pubdate") || node.attribute("itemprop") == "datePublished"
      if isPublication { times.insert(value, at: 0) } else { times.append(value) }
    }

    private mutating func noteByline(_ node: HTMLNode) {
      guard bylines.count + relAuthors.count < 8 else { return }
      if node.attribute("itemprop") == "datePublished" {
        return times.insert(node.attribute("content") ?? text(node), at: 0)
      }
      let isAuthor = node.attribute("rel") == "author" || node.attribute("itemprop") == "author"
      if isAuthor { return relAuthors.append(text(node)) }
      guard node.hasAttribute("class"), bylines.isEmpty, ClassHints(node).isByline else { return }
      let line = text(node)
      if !line.isEmpty && line.count < 100 { bylines.append(line) }
    }
  }
}
