/// Elements that a browser does not show.
enum HiddenElements {
  private static let neverShown: Set<String> = [
    "script", "style", "noscript", "template", "button", "svg", "select", "head", "textarea",
    "object", "iframe", "canvas", "audio", "video", "math-fallback",
  ]

  static func isHidden(_ node: HTMLNode) -> Bool {
    if neverShown.contains(node.name) || node.hasAttribute("hidden") { return true }
    if node.attribute("aria-hidden") == "true" { return true }
    guard let style = node.attribute("style") else { return false }
    let plain = style.lowercased().filter { !$0.isWhitespace }
    return plain.contains("display:none") || plain.contains("visibility:hidden")
  }
}
