import Scrape

/// Parses HTML for a test.
func parsed(_ html: String) -> HTMLDocument {
  let document = HTMLDocument()
  let bytes = Array(html.utf8)
  unsafe bytes.withUnsafeBytes { unsafe document.feed($0) }
  document.finish()
  return document
}

/// The readable text of a piece of HTML.
func readable(_ html: String) -> String {
  let document = parsed("<html><body><div>\(html)</div></body></html>")
  return document.root.map { ElementText.read($0) } ?? ""
}
