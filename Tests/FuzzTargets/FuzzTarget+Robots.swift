internal import BatchCore
internal import Scrape

extension FuzzTarget {
  /// A byte says how long the path is; then the path, then robots.txt.
  package static let robots = FuzzTarget(
    name: "robots", summary: "robots.txt decides alike for any line ends, and as RFC 9309 says",
    seeds: { RobotsSeeds.all },
    words: [
      "User-agent: *\n", "User-agent: batchrun\n", "Disallow: /", "Allow: /", "Crawl-delay: ", "*",
      "$",
      "%2F", "%2f", "%7E", "#", "\r\n", "\u{FEFF}", "Sitemap: ",
    ],
    check: { bytes in
      var choices = Choices(bytes)
      let pathBytes = choices.byte() % 64
      let path = String(decoding: choices.rest.prefix(pathBytes), as: UTF8.self)
      let file = Array(choices.rest.dropFirst(pathBytes))
      if let fault = RobotsSeeds.reference(file: file, path: Array(path.utf8)) { return fault }
      guard let url = try? WebURL("https://stones.example/" + path) else { return nil }
      let rules = RobotsRules(file, agent: "batchrun")
      let lines = file.split(separator: 0x0A, omittingEmptySubsequences: false)
      let others = RobotsRules(Array(lines.joined(separator: [0x0D, 0x0A])), agent: "batchrun")
      if rules.allow(url) != others.allow(url) { return "other line ends decide otherwise" }
      if rules.crawlDelaySeconds != others.crawlDelaySeconds {
        return "the delay depends on line ends"
      }
      if let delay = rules.crawlDelaySeconds, !(delay >= 0 && delay.isFinite) {
        return "a delay of \(delay) s"
      }
      return nil
    })
}

private enum RobotsSeeds {
  static let all = [
    ("a/b.html", "User-agent: *\nDisallow: /a/\nAllow: /a/b\nCrawl-delay: 2\n"),
    (
      "x?y=1",
      "User-agent: batchrun\nUser-agent: other\nDisallow: /*?\n\nUser-agent: *\nDisallow: /\n"
    ),
    (
      "p.pdf", "# all\r\nUser-agent: *\r\nDisallow: /*.pdf$\r\nDisallow:\r\nSitemap: http://a/b\r\n"
    ),
    ("%7Ea%2Fb", "User-Agent : *\nAllow: /~a%2fb\nDisallow: /%7e\n"),
    ("", "<html><body>Disallow: /</body></html>"),
  ].map { path, file in [UInt8(path.utf8.count)] + Array(path.utf8) + Array(file.utf8) }

  /// Compares with a matcher that follows the words of RFC 9309, 2.2.2 and 2.2.3, on rules and a path of
  /// few letters that are made of the bytes.
  static func reference(file: [UInt8], path: [UInt8]) -> String? {
    let letters = Array("ab/*$".utf8)
    var rules: [(allows: Bool, pattern: [UInt8])] = []
    for line in file.prefix(120).split(separator: 0x0A).prefix(8) {
      let pattern = line.dropFirst().map { letters[Int($0) % letters.count] }
      rules.append(((line.first ?? 0) % 2 == 0, [UInt8(ascii: "/")] + pattern))
    }
    let asked = [UInt8(ascii: "/")] + path.prefix(24).map { letters[Int($0) % 3] }
    let text =
      "User-agent: *\n"
      + rules.map { rule in
        "\(rule.allows ? "Allow" : "Disallow"): \(String(decoding: rule.pattern, as: UTF8.self))\n"
      }.joined()
    let target = "https://stones.example" + String(decoding: asked, as: UTF8.self)
    guard let url = try? WebURL(target), url.path.utf8.elementsEqual(asked) else { return nil }
    let longest = rules.filter { matches($0.pattern[...], asked[...]) }
      .max { ($0.pattern.count, $0.allows ? 1 : 0) < ($1.pattern.count, $1.allows ? 1 : 0) }
    let expected = longest?.allows ?? true
    let decided = RobotsRules(Array(text.utf8), agent: "batchrun").allow(url)
    return decided == expected ? nil : "\(url.path) is judged \(decided) by:\n\(text)"
  }

  /// Whether a pattern matches the beginning of a path, tried in every way.
  private static func matches(_ pattern: ArraySlice<UInt8>, _ path: ArraySlice<UInt8>) -> Bool {
    var reached = Set([path.startIndex])
    for (place, byte) in zip(pattern.indices, pattern) {
      if byte == UInt8(ascii: "$"), place == pattern.endIndex - 1 {
        return reached.contains(path.endIndex)
      }
      if byte == UInt8(ascii: "*") {
        guard let first = reached.min() else { return false }
        reached = Set(first...path.endIndex)
      } else {
        reached = Set(reached.filter { $0 < path.endIndex && path[$0] == byte }.map { $0 + 1 })
      }
    }
    return !reached.isEmpty
  }
}
