/// What an element does to the text around it.
enum ElementRole {
  case inline, block, row, cell, lineBreak, preformatted, raised, lowered

  private static let roles: [String: ElementRole] = {
    var roles: [String: ElementRole] = [
      "br": .lineBreak, "tr": .row, "td": .cell, "th": .cell, "pre": .preformatted,
      "sup": .raised, "sub": .lowered,
    ]
    let blocks =
      "p div section li ul ol dl dt dd h1 h2 h3 h4 h5 h6 blockquote table thead tbody tfoot caption "
      + "article header footer figure figcaption main aside nav address form fieldset details "
      + "summary hr center body html title option legend"
    for name in blocks.split(separator: " ") { roles[String(name)] = .block }
    return roles
  }()

  static func of(_ node: HTMLNode) -> ElementRole { roles[node.name] ?? .inline }
}
