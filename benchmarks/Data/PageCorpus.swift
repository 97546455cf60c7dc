package import BatchCore

/// Seeded pages of the web: papers, articles, blogs and documentation, the same bytes on every machine.
///
/// A third are papers whose head gives all but the abstract, a third have the abstract in the head or
/// somewhere in the body, and the rest are no papers. Half are shorter than 14 kB; the longest have
/// 3 MB.
package struct PageCorpus: Sendable {
  package static let pageCount = 5000
  /// The page that has 3 MB whatever is drawn.
  private static let longestPage = 2500
  /// All bodies together.
  package static let byteCount = 256_172_601

  private let seed: UInt64
  private let prose: PageProse

  package init(seed: UInt64 = 3) {
    self.seed = seed
    prose = PageProse(seed: seed)
  }

  /// The place of a page on the server, without a slash in front.
  package static func path(of page: Int) -> String {
    "\(digits(page / 100, 2))/\(digits(page, 5)).html"
  }

  static func digits(_ number: Int, _ count: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, count - digits.count)) + digits
  }

  /// A page does not depend on which others are asked for.
  package func page(_ index: Int) -> CorpusPage {
    var random = SeededRandom(
      seed: seed &* 0x9E37_79B9 &+ UInt64(index) &* 0xD6E8_FEB8_6659_FD93)
    let shape = CorpusPage.Shape(index, &random)
    let size = index == Self.longestPage ? 3_000_000 : Self.size(&random)
    var page = CorpusPage(index: index, shape: shape, &random)
    var markup = PageMarkup(prose: prose, random: random)
    markup.write(page, shape, size: size)
    page.html = markup.buffer
    return page
  }

  /// Bytes of a page: about log-normal, by powers of two with straight lines between them, which
  /// need no mathematical library.
  private static func size(_ random: inout SeededRandom) -> Int {
    let power = 2.33 * random.bell()
    let whole = power.rounded(.down)
    let scale = Double(sign: .plus, exponent: Int(whole), significand: 1 + power - whole)
    return Int(min(14_000 * scale, 3_000_000))
  }
}

/// A drawn page, and what is to be found on it.
package struct CorpusPage: Sendable {
  package let index: Int
  package let title: String
  let authors: [String]
  /// Nil where the page has none.
  package let abstract: String?
  package fileprivate(set) var html = ByteBuffer()

  /// What kind of page it is, and where things stand on it.
  struct Shape: Sendable {
    enum Kind: Sendable {
      /// All but the abstract is in the head.
      case head
      /// The abstract is in the head, or at some depth of a body without all other fields in the head.
      case deep
      case article, blog, documentation
    }

    let kind: Kind
    let site: PaperSite
    /// Whether `citation_abstract` gives the abstract.
    let hasMetaAbstract: Bool
    /// Whether the head lacks a DOI and the site's name, as many do.
    let lacksDetails: Bool
    /// The part of the body that stands before the abstract.
    let depth: Double

    init(_ index: Int, _ random: inout SeededRandom) {
      let draw = random.unit()
      let others: Kind = draw < 0.4 ? .article : draw < 0.7 ? .blog : .documentation
      kind = index % 3 == 0 ? .head : index % 3 == 1 ? .deep : others
      let isMeta = index % 3 == 1 && random.unit() < 0.5
      hasMetaAbstract = isMeta
      site = PageProse.pick(
        PaperSite.allCases.filter { !isMeta || $0.allowsMetaAbstract }, &random)
      lacksDetails = index % 3 == 1 && random.unit() < 0.5
      depth = index % 3 == 1 ? 0.9 * random.unit() : 0
    }

    var isPaper: Bool { kind == .head || kind == .deep }
  }

  init(index: Int, shape: Shape, _ random: inout SeededRandom) {
    self.index = index
    title = PageProse.title(&random)
    authors = PageProse.authors(&random)
    let lacksAbstract =
      shape.kind == .documentation || shape.kind == .head && random.unit() < 0.1
    abstract =
      lacksAbstract
      ? nil : shape.isPaper ? PageProse.abstract(&random) : PageProse.sentence(&random)
  }
}

/// Where papers stand on the web: the address a page gives itself, and its markup around an abstract.
enum PaperSite: CaseIterable {
  case neurips, acl, arxiv, pubmed, springer, repository

  var host: String {
    switch self {
    case .neurips: "proceedings.neurips.cc"
    case .acl: "aclanthology.org"
    case .arxiv: "arxiv.org"
    case .pubmed: "pubmed.ncbi.nlm.nih.gov"
    case .springer: "link.springer.com"
    case .repository: "papers.university.example"
    }
  }

  var name: String {
    switch self {
    case .neurips: "Neural Information Processing Systems"
    case .acl: "ACL Anthology"
    case .arxiv: "arXiv"
    case .pubmed: "PubMed"
    case .springer: "SpringerLink"
    case .repository: "University Repository"
    }
  }

  /// Whether its pages may carry the abstract in the head.
  var allowsMetaAbstract: Bool { self == .acl || self == .arxiv || self == .repository }

  /// What stands before and behind the text of an abstract.
  var abstractMarkup: (before: String, after: String) {
    switch self {
    case .neurips: ("<h4>Abstract</h4>\n<p>", "</p>\n")
    case .acl:
      (
        "<div class=\"card-body acl-abstract\"><h5 class=card-title>Abstract</h5><span>",
        "</span></div>\n"
      )
    case .arxiv:
      (
        "<blockquote class=\"abstract mathjax\">\n<span class=\"descriptor\">Abstract:</span>",
        "\n</blockquote>\n"
      )
    case .pubmed:
      (
        "<div class=\"abstract\" id=\"abstract\"><h2 class=\"title\">Abstract</h2>\n"
          + "<div class=\"abstract-content selected\" id=\"eng-abstract\">\n<p>",
        "</p>\n</div></div>\n"
      )
    case .springer:
      (
        "<section data-title=\"Abstract\"><div id=\"Abs1-section\"><h2 id=\"Abs1\">Abstract</h2>"
          + "<div class=\"c-article-section__content\" id=\"Abs1-content\"><p>",
        "</p></div></div></section>\n"
      )
    case .repository:
      ("<h2>Abstract</h2>\n<div class=\"simple-item-view\"><p>", "</p></div>\n")
    }
  }
}
