internal import BatchCore
internal import Scrape

extension FuzzTarget {
  /// A line of a list, which may be an address, and the same as a link on a page.
  package static let addresses = FuzzTarget(
    name: "addresses", summary: "An address has one normal form, and shows no password",
    seeds: {
      [
        "https://example.org/a/b?c=d#e", "HTTP://User:Secret1@EXAMPLE.org:80/%7ea/../b",
        "file:///a%20b",
        "papers/2019 a.html", "user:secret1@host.example/x", "https://müller.example/ü?ö",
        "//a.b/c",
        "http://[::1]:8080/", "http://1.2.3.4/", "mailto:a@b.c", "javascript:void(0)", "?q", "#f",
        "../..",
        "https://a:b:c@d@e/f", "http:/\\a", "localhost:8080/x",
      ].map { Array($0.utf8) }
    },
    words: [
      "http://", "https://", "file://", "@", ":", "//", "/../", "/./", "%2e", "%00", "%40", "[::1]",
      "[fe80::1%25eth0]", ":80", ":443", ":65536", "xn--", "\u{AD}", "\u{3002}", "\\", "\t",
    ],
    longestInput: 300,
    check: { bytes in
      let typed = String(decoding: bytes, as: UTF8.self)
      if let url = try? WebURL(typed), let fault = AddressChecks.fault(of: url) { return fault }
      for base in AddressChecks.bases {
        guard let url = try? base.resolving(typed) else { continue }
        if let fault = AddressChecks.fault(of: url) { return "as a link: \(fault)" }
      }
      return AddressChecks.fault(ofLine: typed)
    })
}

private enum AddressChecks {
  static let bases = ["https://user:secret1@stones.example/a/b?c", "file:///a/b.html"]
    .compactMap { try? WebURL($0) }

  static func fault(of url: WebURL) -> String? {
    guard let again = try? WebURL(url.text) else { return "'\(url.text)' cannot be read again" }
    if again.text != url.text { return "'\(url.text)' becomes '\(again.text)'" }
    if again.credentials != nil { return "'\(url.text)' shows a user" }
    if (again.host, again.port, again.scheme) != (url.host, url.port, url.scheme) {
      return "'\(url.text)' is read as another host"
    }
    let isPlain = url.text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "#") }
    if !isPlain { return "'\(url.text)' is not in normal form" }
    if url.scheme != .file, url.host.isEmpty { return "'\(url.text)' has no host" }
    guard let same = try? url.resolving(""), same == url else {
      return "an empty link leads elsewhere"
    }
    if (try? url.resolving(url.text))?.text != url.text {
      return "a link to itself leads elsewhere"
    }
    return nil
  }

  static func fault(ofLine typed: String) -> String? {
    let page = ListedPage(line: 1, typed: typed)
    let secret = "secret1"
    var told = [page.shown]
    if (try? WebURL(page.shown))?.credentials != nil { return "what is shown has a user" }
    do throws(ListedPage.Objection) {
      let url = try page.url(from: "/folder/")
      if let fault = fault(of: url) { return fault }
      told.append(url.text)
    } catch {
      told.append(error.sentence)
    }
    guard typed.ranges(of: secret).count == 1 else { return nil }
    if let url = try? WebURL(typed), url.scheme != .file {
      // Elsewhere than in front of the host no password is meant: `http://host/a:secret1@b` has none.
      guard let word = url.credentials?.split(separator: ":").last, word.contains(secret) else {
        return nil
      }
      return told.contains { $0.contains(word) } ? "the password is shown" : nil
    }
    guard let at = typed.firstRange(of: secret + "@"),
      typed[at.upperBound...].first?.isLetter == true,
      // Without a colon in front it is the name of a user, or of a file.
      let colon = typed.firstIndex(of: ":"), colon < at.lowerBound,
      // A file may have both signs in its name, behind a folder.
      !typed[..<colon].contains("/"), !typed.lowercased().hasPrefix("file:")
    else { return nil }
    return told.contains { $0.contains(secret) } ? "a password may be shown" : nil
  }
}
