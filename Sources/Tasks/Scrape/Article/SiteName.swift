/// The name of the site at the end of a page's title: "A headline | The Site".
enum SiteName {
  private static let separators = [" | ", " - ", " – ", " — ", " :: ", " » ", " · ", " / "]

  /// The title without the site's name, when that is known.
  static func removed(from title: String, site: String?) -> String {
    guard let site = site?.lowercased(), !site.isEmpty else { return title }
    for separator in separators {
      if title.lowercased().hasSuffix(separator + site) {
        return String(title.dropLast(separator.count + site.count))
      }
      if title.lowercased().hasPrefix(site + separator) {
        return String(title.dropFirst(separator.count + site.count))
      }
    }
    return title
  }

  /// The part of a title that is a heading of the page, else what stands before the last separator, when
  /// that is the longer part.
  static func cut(_ title: String, headings: [String]) -> String {
    if let heading = headings.first(where: { !$0.isEmpty && title.contains($0) && $0.count > 8 }) {
      return heading
    }
    for separator in separators {
      let parts = title.split(separator: separator)
      guard parts.count > 1, let last = parts.last else { continue }
      let before = title.dropLast(last.count + separator.count)
      return before.count >= last.count ? String(before) : title
    }
    return title
  }
}
