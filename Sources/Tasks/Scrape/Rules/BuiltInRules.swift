/// The rules that come with the program, in the format of `docs/rules.md`.
///
/// Order matters: the first rule that gives a good value wins. Where a site repeats its whole abstract in
/// the head of the page, the head comes first, because the rest of the page then need not be read.
enum BuiltInRules {
  static let fileName = "built in"

  /// What every page is read by; `"sites"` is where the rules of all sites compete on unknown ones.
  private static let common = #"""
    {
      "title": [
        "meta:citation_title", "meta:bepress_citation_title", "meta:eprints.title", "meta:dc.title",
        "meta:dcterms.title", "json-ld:headline", "meta:og:title", "json-ld:name",
        "meta:twitter:title", "sites", "h1", "[itemprop=headline]", "title"
      ],
      "authors": [
        "meta:citation_author", "meta:citation_authors", "meta:bepress_citation_author",
        "meta:eprints.creators_name", "meta:dc.creator", "meta:dcterms.creator",
        "meta:dc.contributor", "json-ld:author.name", "json-ld:creator.name",
        "meta:article:author", "meta:author", "meta:parsely-author", "meta:sailthru.author",
        "sites", "[rel=author]", "[itemprop=author]"
      ],
      "abstract": [
        "meta:citation_abstract", "meta:bepress_citation_abstract", "meta:eprints.abstract",
        "meta:dcterms.abstract", "json-ld:abstract", "sites",
        {"heading": "h1, h2, h3, h4, h5, h6, dt, .section-title",
         "says": ["Abstract", "Zusammenfassung", "Resumen", "Resumo", "Résumé", "Riassunto",
                  "Аннотация", "摘要", "要旨", "抄録", "초록"]},
        {"heading": "strong, b", "says": ["Abstract"]},
        {"json-ld": "description", "hint": true},
        {"meta": "dc.description", "hint": true},
        {"meta": "dcterms.description", "hint": true},
        {"meta": "og:description", "hint": true},
        {"meta": "description", "hint": true},
        {"meta": "twitter:description", "hint": true},
        {"heading": "h1, h2, h3, h4, h5, h6", "says": ["Summary"], "hint": true}
      ],
      "date": [
        "meta:citation_publication_date", "meta:citation_date", "meta:citation_online_date",
        "meta:bepress_citation_date", "meta:eprints.date", "meta:prism.publicationdate",
        "meta:dc.date", "meta:dc.date.issued", "meta:dcterms.issued", "meta:dcterms.date",
        "meta:article:published_time", "json-ld:datePublished", "meta:og:article:published_time",
        "meta:parsely-pub-date", "meta:sailthru.date", "meta:datepublished", "meta:date",
        "meta:citation_year", "sites", "[itemprop=datePublished]@datetime",
        "[itemprop=datePublished]", "time[pubdate]@datetime", "time@datetime"
      ],
      "doi": [
        "meta:citation_doi", "meta:bepress_citation_doi", "meta:prism.doi", "meta:dc.identifier.doi",
        "meta:doi", "meta:dc.identifier", "meta:dcterms.identifier", "meta:eprints.id_number",
        "json-ld:identifier", "json-ld:identifier.value", "json-ld:sameAs", "json-ld:@id", "sites"
      ],
      "venue": [
        "meta:citation_journal_title", "meta:citation_conference_title", "meta:citation_conference",
        "meta:citation_inbook_title", "meta:citation_book_title", "meta:bepress_citation_journal_title",
        "meta:prism.publicationname", "meta:eprints.publication", "meta:dc.relation.ispartof",
        "json-ld:isPartOf.isPartOf.name", "json-ld:isPartOf.name", "sites"
      ],
      "pdf_url": [
        "meta:citation_pdf_url", "meta:bepress_citation_pdf_url", "meta:eprints.document_url",
        "meta:wkhealth_pdf_url", "link[type='application/pdf']@href", "json-ld:encoding.contentUrl",
        "sites"
      ],
      "language": [
        "html@lang", "meta:citation_language", "meta:dc.language", "meta:dcterms.language",
        "meta:content-language", "meta:og:locale", "json-ld:inLanguage"
      ],
      "site": [
        "meta:og:site_name", "meta:application-name", "json-ld:publisher.name",
        "meta:citation_publisher", "meta:dc.publisher"
      ]
    }
    """#

  /// Where each site keeps what; the templates of the tests have a page for every one.
  private static let sites = #"""
    [
      {"site": "NeurIPS", "hosts": ["papers.nips.cc", "proceedings.neurips.cc", "papers.neurips.cc"],
       "fields": {
         "abstract": [{"heading": "h4", "says": ["Abstract"], "take": 2}, "p.abstract"],
         "pdf_url": ["meta:citation_pdf_url", "a[href$='-Paper.pdf']@href"]}},
      {"site": "ACL Anthology", "hosts": ["aclanthology.org", "aclweb.org"],
       "fields": {"abstract": ["meta:citation_abstract", ".acl-abstract"]}},
      {"site": "arXiv", "hosts": ["arxiv.org"],
       "fields": {
         "abstract": [
           "meta:citation_abstract",
           {"select": "blockquote.abstract", "without": "span.descriptor"}]}},
      {"site": "PMLR", "hosts": ["proceedings.mlr.press"],
       "fields": {"abstract": ["meta:citation_abstract", "#abstract", ".abstract"]}},
      {"site": "JMLR", "hosts": ["jmlr.org"],
       "fields": {
         "abstract": [
           "meta:citation_abstract", {"select": "p.abstract"},
           {"heading": "h3", "says": ["Abstract"]}]}},
      {"site": "CVF", "hosts": ["openaccess.thecvf.com"],
       "fields": {
         "abstract": [{"select": "#abstract", "competes": false}],
         "pdf_url": ["meta:citation_pdf_url", "a[href$='_paper.pdf']@href"]}},
      {"site": "OpenReview", "hosts": ["openreview.net"],
       "fields": {
         "abstract": [
           "meta:citation_abstract",
           {"heading": ".note-content-field", "says": ["Abstract"], "take": "next"}]}},
      {"site": "Springer Nature",
       "hosts": ["link.springer.com", "nature.com", "biomedcentral.com", "springeropen.com"],
       "fields": {
         "abstract": [
           "#Abs1-content", "#Abs1", "section[data-title='Abstract']",
           {"meta": "dc.description", "hint": true}]}},
      {"site": "ACM", "hosts": ["dl.acm.org"],
       "fields": {
         "abstract": [
           ".abstractInFull", {"select": "section#abstract", "competes": false}]}},
      {"site": "ScienceDirect", "hosts": ["sciencedirect.com"],
       "fields": {
         "abstract": [
           {"select": ".abstract.author", "competes": false},
           {"select": ".abstract", "competes": false}]}},
      {"site": "Wiley", "hosts": ["onlinelibrary.wiley.com"],
       "fields": {"abstract": ["section.article-section__abstract"]}},
      {"site": "MDPI", "hosts": ["mdpi.com"],
       "fields": {"abstract": ["section.html-abstract", "div.art-abstract"]}},
      {"site": "Oxford Academic", "hosts": ["academic.oup.com"],
       "fields": {"abstract": ["section.abstract"]}},
      {"site": "IJCAI", "hosts": ["ijcai.org"],
       "fields": {
         "abstract": [
           {"select": "div.col-md-12", "without": ".keywords, .topics, a.btn", "competes": false}]}},
      {"site": "AAAI", "hosts": ["aaai.org"],
       "fields": {
         "abstract": [
           {"select": "section.item.abstract"},
           {"heading": "h4", "says": ["Abstract"], "take": "next", "competes": false},
           {"heading": "h2, h3", "says": ["Abstract"], "competes": false}]}},
      {"site": "J-STAGE", "hosts": ["jstage.jst.go.jp"],
       "fields": {
         "abstract": [
           {"heading": "div.section-title", "says": ["Abstract", "抄録", "要旨"], "take": "next"}]}},
      {"site": "bioRxiv", "hosts": ["biorxiv.org", "medrxiv.org"],
       "fields": {"abstract": ["#abstract-1", "meta:citation_abstract"]}},
      {"site": "PubMed", "hosts": ["pubmed.ncbi.nlm.nih.gov"],
       "fields": {"abstract": ["div.abstract-content"]}},
      {"site": "PLOS", "hosts": ["plos.org"],
       "fields": {
         "abstract": [
           {"select": "div.abstract-content", "competes": false}, "meta:citation_abstract"]}},
      {"site": "PeerJ", "hosts": ["peerj.com"],
       "fields": {
         "abstract": [
           {"select": "div.abstract", "competes": false}, "meta:citation_abstract"]}},
      {"site": "eLife", "hosts": ["elifesciences.org"],
       "fields": {
         "abstract": [
           "meta:citation_abstract", {"select": "#abstract", "competes": false}]}},
      {"site": "Frontiers", "hosts": ["frontiersin.org"],
       "fields": {"abstract": ["meta:citation_abstract", ".JournalAbstract"]}}
    ]
    """#

  static let text = "{\"all\": \(common), \"sites\": \(sites)}"
}

extension RuleSet {
  /// The rules that come with the program.
  package static func builtIn() throws(RuleError) -> RuleSet {
    try RuleReader.read(Array(BuiltInRules.text.utf8), file: BuiltInRules.fileName)
  }

  /// The rules of a user's file.
  ///
  /// - Parameter file: its name, for messages.
  package init(json bytes: [UInt8], file: String) throws(RuleError) {
    self = try RuleReader.read(bytes, file: file)
  }
}
