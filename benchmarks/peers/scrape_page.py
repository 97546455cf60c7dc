"""What the scraping peers look for on a page: the same for every parser, given its few operations."""

import json

ABSTRACTS = (
    "#Abs1-content", ".abstract-content", ".acl-abstract span", "blockquote.abstract", "p.abstract",
    "#abstract", "section.abstract",
)
FIELDS = {
    "date": ("citation_publication_date", "article:published_time"),
    "doi": ("citation_doi",),
    "venue": ("citation_journal_title",),
    "pdf_url": ("citation_pdf_url",),
    "site": ("og:site_name", "citation_publisher"),
}


def record(url, metas, first_text, heading_text):
    """The record of a page as a line of JSON.

    metas: pairs of name and content; first_text(selector): the text of the first match or None;
    heading_text(): the text behind a heading that says Abstract, or None.
    """
    values = {}
    authors = []
    for name, content in metas:
        if name == "citation_author":
            authors.append(content)
        elif name and content:
            values.setdefault(name, content)
    title = values.get("citation_title") or values.get("og:title") or first_text("h1")
    abstract = values.get("citation_abstract")
    if abstract is None:
        for selector in ABSTRACTS:
            abstract = first_text(selector)
            if abstract:
                break
        else:
            abstract = heading_text() or values.get("og:description") or values.get("description")
    if abstract and abstract.startswith("Abstract:"):
        abstract = abstract[len("Abstract:"):].strip()
    result = {"url": url, "title": title, "authors": authors, "abstract": abstract}
    for field, names in FIELDS.items():
        result[field] = next((values[name] for name in names if name in values), None)
    return json.dumps(result, ensure_ascii=False)
