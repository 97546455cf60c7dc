/// What the words of an element's class and id say about it.
///
/// The words are those that templates of content management systems have in common.
struct ClassHints {
  private(set) var isContent = false
  private(set) var isClutter = false
  private(set) var isByline = false

  private static let content: Set<String> = words(
    """
    article articlebody body content contents entry hentry main markdown message page post postbody
    prose story text
    """)
  private static let clutter: Set<String> = words(
    """
    ad ads advert advertisement advertising alert author authorbox banner bio breadcrumb breadcrumbs
    byline combx comment comments community consent contentinfo cookie cookies copyright credits crumbs
    disqus dropdown feedback filed footer gdpr hidden infobar jumplinks legal license links login
    masthead menu menubar meta metadata modal more nav navbar navigation navlinks newsletter notice
    outbrain overlay pager pagination paging paywall permalink popular popup prevnext promo promoted
    rail rating recommendations recommended related remark replies reply rss rsswidget search share
    sharing shoutbox sidebar signature signup skip skyscraper social sponsor sponsored subscribe
    subscription taboola tag tags teaser toc toolbar tooltip topbar trending utility vote votes
    widget
    """)
  private static let byline: Set<String> = words("author authors byline dateline writtenby creator")

  private static func words(_ text: String) -> Set<String> {
    Set(text.split(whereSeparator: \.isWhitespace).map(String.init))
  }

  init(_ node: HTMLNode) {
    for name in [node.attribute("class"), node.attribute("id")] {
      for word in Self.parts(of: name ?? "") {
        isContent = isContent || Self.content.contains(word)
        isClutter = isClutter || Self.clutter.contains(word)
        isByline = isByline || Self.byline.contains(word)
      }
    }
  }

  /// `postBody` and `post-body` are `post` and `body`; the whole name counts as a word, too.
  private static func parts(of name: String) -> [String] {
    var parts: [String] = []
    for token in name.split(whereSeparator: \.isWhitespace) {
      var part = ""
      for character in token {
        let isLetter = character.isASCII && character.isLetter
        if !isLetter || (character.isUppercase && part.last?.isLowercase == true) {
          if !part.isEmpty { parts.append(part.lowercased()) }
          part = ""
        }
        if isLetter { part.append(character) }
      }
      if !part.isEmpty { parts.append(part.lowercased()) }
      parts.append(token.lowercased())
    }
    return parts
  }
}
