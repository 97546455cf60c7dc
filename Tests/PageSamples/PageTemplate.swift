/// A page as one of the known sites marks it up, with our own words, and what has to be found on it.
package struct PageTemplate: Sendable {
  package let name: String
  package let url: String
  package let html: String
  package var title: String? = Self.title
  package var abstract: String? = Self.abstract
  package var authors: [String] = Self.authors
  /// The rule that has to give the abstract.
  package var abstractSource: String?

  package var testDescription: String { name }

  package static let title = "Sorting Pebbles by Weight with Few Comparisons"
  package static let authors = ["Ada Quarry", "Bo Gravel"]
  package static let first =
    "We show that a basket of pebbles can be ordered with fewer weighings than was believed, and give a method that reaches the bound."
  package static let second =
    "Measurements on 1,200 baskets agree with the analysis, and the method is the fastest in all but two."
  package static let abstract = "\(first) \(second)"

  /// The metas of a paper, as most sites have them.
  package static let citation = """
    <meta name="citation_title" content="\(title)">
    <meta name="citation_author" content="Ada Quarry">
    <meta name="citation_author" content="Bo Gravel">
    <meta name="citation_publication_date" content="2021/06/12">
    <meta name="citation_journal_title" content="Journal of Small Stones">
    <meta name="citation_pdf_url" content="/pebbles.pdf">
    <meta name="citation_doi" content="10.1234/PEBBLES.1">
    """

  package static func page(_ head: String, _ body: String) -> String {
    """
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <title>\(title)</title>
    \(head)
    </head>
    <body>
    <nav><a href="/">Home</a> <a href="/about">About the site</a></nav>
    \(body)
    <footer><p>All stones reserved.</p></footer>
    </body>
    </html>
    """
  }
}

extension PageTemplate {
  package static let all: [PageTemplate] = [
    PageTemplate(
      name: "NeurIPS", url: "https://papers.nips.cc/paper/2021/hash/1-Abstract.html",
      html: page(
        citation,
        """
        <div class="container"><h4>\(title)</h4><p>Part of Proceedings</p>
        <h4>Authors</h4><p><i>Ada Quarry, Bo Gravel</i></p>
        <h4>Abstract</h4>
        <p><p>\(abstract)</p></p>
        <h4>Name Change Policy</h4><p>Requests for name changes are handled with care.</p></div>
        """), abstractSource: "NeurIPS h4 'Abstract'"),
    PageTemplate(
      name: "NeurIPS, old", url: "https://proceedings.neurips.cc/paper/1999/hash/2.html",
      html: page(citation, "<h2>\(title)</h2><p class=\"abstract\">\(abstract)</p>")),
    PageTemplate(
      name: "ACL with the meta", url: "https://aclanthology.org/2021.acl-long.1/",
      html: page(
        citation + "<meta name=citation_abstract content='\(abstract)'>",
        "<div class='card-body acl-abstract'><h5>Abstract</h5><span>\(abstract)</span></div>"),
      abstractSource: "citation_abstract"),
    PageTemplate(
      name: "ACL without the meta", url: "https://aclanthology.org/P01-1001/",
      html: page(
        citation,
        "<div class='card-body acl-abstract'><h5 class=card-title>Abstract</h5><span>\(abstract)</span></div>"
      ), abstractSource: "ACL Anthology .acl-abstract"),
    PageTemplate(
      name: "ACL without an abstract", url: "https://aclanthology.org/P79-1001/",
      html: page(citation, "<h2 id=title>\(title)</h2>"), abstract: nil),
    PageTemplate(
      name: "arXiv", url: "https://arxiv.org/abs/2106.00001",
      html: page(
        citation,
        """
        <h1 class="title mathjax"><span class="descriptor">Title:</span>\(title)</h1>
        <blockquote class="abstract mathjax">
        <span class="descriptor">Abstract:</span>\(abstract)
        </blockquote>
        """)),
    PageTemplate(
      name: "PMLR", url: "https://proceedings.mlr.press/v1/quarry21a.html",
      html: page(
        citation, "<h4>Abstract</h4><div id=\"abstract\" class=\"abstract\">\(abstract)</div>")),
    PageTemplate(
      name: "CVF", url: "https://openaccess.thecvf.com/content/x.html",
      html: page(
        citation,
        "<div id=\"papertitle\">\(title)</div>Abstract<br><div id=\"abstract\">\n\(abstract)</div>")
    ),
    PageTemplate(
      name: "OpenReview", url: "https://openreview.net/forum?id=1",
      html: page(
        citation + "<meta name=\"citation_abstract\" content=\"\(abstract)\">",
        "<div id=\"__next\"></div><script>window.x = 1</script>")),
    PageTemplate(
      name: "Springer", url: "https://link.springer.com/article/10.1234/pebbles.1",
      html: page(
        citation + "<meta name=\"dc.description\" content=\"\(first)\">",
        """
        <section aria-labelledby="Abs1" data-title="Abstract"><div class="c-article-section" id="Abs1-section">
        <h2 class="c-article-section__title" id="Abs1">Abstract</h2>
        <div class="c-article-section__content" id="Abs1-content"><p>\(first)</p><p>\(second)</p></div>
        </div></section><section data-title="Introduction"><p>Once there was a stone.</p></section>
        """), abstract: "\(first)\n\n\(second)"),
    PageTemplate(
      name: "ACM", url: "https://dl.acm.org/doi/10.1234/pebbles",
      html: page(
        citation,
        """
        <div class="abstractSection"><h2 class="section__title">ABSTRACT</h2>
        <div class="abstractSection abstractInFull"><p>\(abstract)</p></div></div>
        """)),
    PageTemplate(
      name: "Elsevier", url: "https://www.sciencedirect.com/science/article/pii/S1",
      html: page(
        citation,
        """
        <div class="Abstracts"><div class="abstract author-highlights"><h2>Highlights</h2><p>Stones.</p></div>
        <div class="abstract author" id="ab1"><h2 class="section-title">Abstract</h2><div><p>\(abstract)</p></div></div></div>
        """)),
    PageTemplate(
      name: "Wiley", url: "https://onlinelibrary.wiley.com/doi/10.1234/pebbles",
      html: page(
        citation,
        """
        <section class="article-section article-section__abstract" data-lang="en">
        <h2 class="article-section__header">Abstract</h2>
        <div class="article-section__content en main"><p>\(first)</p><p>\(second)</p></div></section>
        """), abstract: "\(first)\n\n\(second)"),
    PageTemplate(
      name: "MDPI", url: "https://www.mdpi.com/1-1/1/1",
      html: page(
        citation,
        """
        <section class="html-abstract" id="html-abstract"><h2>Abstract</h2>
        <div class="html-p">\(abstract)</div></section>
        <section><div class="html-p">Stones have been counted before.</div></section>
        """)),
    PageTemplate(
      name: "OUP", url: "https://academic.oup.com/stones/article/1/1/1",
      html: page(
        citation,
        """
        <h2 class="abstract-title">Abstract</h2>
        <section class="abstract"><p class="chapter-para">\(abstract)</p></section>
        <p class="chapter-para">The introduction begins here.</p>
        """)),
    PageTemplate(
      name: "IJCAI", url: "https://www.ijcai.org/proceedings/2021/1",
      html: page(
        citation,
        """
        <div class="row"><div class="col-md-12"><h1>\(title)</h1><h2>Ada Quarry, Bo Gravel</h2></div></div>
        <div class="row"><div class="col-md-12">\(abstract)
        <div class="keywords"><div class="topic">Search: Stones</div></div></div></div>
        """)),
    PageTemplate(
      name: "AAAI", url: "https://aaai.org/papers/1-pebbles/",
      html: page(
        citation, "<div class=\"paper-section-wrap\"><h4>Abstract:</h4><p>\(abstract)</p></div>")),
    PageTemplate(
      name: "J-STAGE", url: "https://www.jstage.jst.go.jp/article/stones/1/1/1_1/_article",
      html: page(
        citation,
        """
        <div id="article-overiew-abstract-wrap"><div class="section-title">Abstract</div>
        <p class="global-para-14">\(abstract)</p><div class="section-title">Content from these authors</div></div>
        """)),
    PageTemplate(
      name: "bioRxiv", url: "https://www.biorxiv.org/content/10.1234/1v1",
      html: page(
        citation
          + "<meta name=\"citation_abstract\" content=\"&lt;h3&gt;Abstract&lt;/h3&gt; &lt;p&gt;\(abstract)&lt;/p&gt;\">",
        "<div class=\"section abstract\" id=\"abstract-1\"><h2>Abstract</h2><p id=\"p-2\">\(abstract)</p></div>"
      )),
    PageTemplate(
      name: "PubMed", url: "https://pubmed.ncbi.nlm.nih.gov/1/",
      html: page(
        citation,
        """
        <div class="abstract" id="abstract"><h2 class="title">Abstract</h2>
        <div class="abstract-content selected" id="eng-abstract">
        <p><strong class="sub-title">Background: </strong>\(first)</p>
        <p><strong class="sub-title">Results: </strong>\(second)</p></div>
        <p><strong class="sub-title">Keywords:</strong> pebbles; order.</p></div>
        """), abstract: "Background: \(first)\n\nResults: \(second)"),
    PageTemplate(
      name: "PLOS", url: "https://journals.plos.org/plosone/article?id=10.1234/1",
      html: page(
        citation
          + "<meta name=\"citation_abstract\" content=\"Background \(first) Results \(second)\">",
        """
        <div class="abstract toc-section"><h2>Abstract</h2><div class="abstract-content">
        <h3>Background</h3><p>\(first)</p><h3>Results</h3><p>\(second)</p></div></div>
        """), abstract: "Background\n\n\(first)\n\nResults\n\n\(second)"),
    PageTemplate(
      name: "PeerJ", url: "https://peerj.com/articles/1/",
      html: page(
        citation,
        "<div class=\"abstract\" itemprop=\"description\"><h2>Abstract</h2><p>\(abstract)</p></div>"
      )),
    PageTemplate(
      name: "eLife", url: "https://elifesciences.org/articles/1",
      html: page(
        citation,
        "<section id=\"abstract\"><header><h2>Abstract</h2></header><div><p>\(abstract)</p></div></section>"
      )),
    PageTemplate(
      name: "Frontiers", url: "https://www.frontiersin.org/articles/1/full",
      html: page(
        citation + "<meta name=\"citation_abstract\" content=\"\(abstract)\">", "<p>Text</p>")),
    PageTemplate(
      name: "unknown, headed section", url: "https://stones.example/1",
      html: page(
        citation + "<meta name=description content=\"The home of stones on the web.\">",
        "<h2>1. Abstract</h2><div><p>\(abstract)</p></div><h2>2. Introduction</h2><p>Stones.</p>")),
    PageTemplate(
      name: "unknown, heading in bold", url: "https://stones.example/2",
      html: page(citation, "<p><b>Abstract.</b> \(abstract)</p><p><b>Keywords.</b> stones</p>")),
    PageTemplate(
      name: "unknown, JSON-LD at the end", url: "https://stones.example/3",
      html: page(
        "",
        """
        <p>Welcome.</p><script type="application/ld+json">
        {"@context": "https://schema.org", "@graph": [{"@type": "WebSite", "name": "Stones"},
        {"@type": "ScholarlyArticle", "headline": "\(title)", "abstract": "\(abstract)",
         "author": [{"@type": "Person", "name": "Ada Quarry"}, {"@type": "Person", "name": "Bo Gravel"}]}]}
        </script>
        """), abstractSource: "json-ld abstract"),
    PageTemplate(
      name: "unknown, Dublin Core with value and no quotes", url: "https://stones.example/4",
      html: page(
        citation + "<meta value=\"\(abstract)\" name=DC.Description>", "<p>No more here.</p>"),
      abstractSource: "dc.description"),
    PageTemplate(
      name: "known by its canonical address", url: "https://mirror.example/abs/1",
      html: page(
        citation + "<link rel=\"canonical\" href=\"https://arxiv.org/abs/2106.00001\">",
        "<blockquote class=abstract><span class=descriptor>Abstract:</span> \(abstract)</blockquote>"
      ),
      abstractSource: "arXiv blockquote.abstract"),
  ]
}
