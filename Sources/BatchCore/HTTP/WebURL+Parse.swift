internal import CCurl
internal import Glibc

// The addresses that are not in normal form, taken apart by libcurl.

extension WebURL {
  /// - Complexity: linear; a handful of allocations.
  static func parse(_ text: String) throws(WebURLError) -> WebURL {
    let text = try PercentCoding.tidied(text)
    guard let scheme = schemeName(of: text) else { throw .noScheme }
    switch scheme {
    case "http": return try parse(text, .http)
    case "https": return try parse(text, .https)
    case "file": return try parse(text, .file)
    default:
      // `localhost:8080/x` has a host where a scheme would be.
      let rest = text.utf8.dropFirst(scheme.utf8.count + 1).first
      if let rest, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(rest) { throw .noScheme }
      throw .unsupportedScheme(scheme)
    }
  }

  /// What stands before the first colon, in lower case, if it is spelled like a scheme (RFC 3986, 3.1).
  static func schemeName(of text: some StringProtocol) -> String? {
    let utf8 = text.utf8
    guard let colon = utf8.firstIndex(of: UInt8(ascii: ":")), colon != utf8.startIndex else {
      return nil
    }
    for (place, byte) in utf8[..<colon].enumerated() {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): break
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"),
        UInt8(ascii: "."):
        if place == 0 { return nil }
      default: return nil
      }
    }
    return String(text[..<colon]).lowercased()
  }

  private static func parse(_ text: String, _ scheme: Scheme) throws(WebURLError) -> WebURL {
    let afterScheme = text.utf8.dropFirst(scheme.name.utf8.count + 1)
    // libcurl would take one slash or three for two.
    if scheme != .file, !afterScheme.starts(with: "//".utf8) || afterScheme.starts(with: "///".utf8)
    {
      throw .noHost
    }
    if scheme == .file {
      guard afterScheme.first == UInt8(ascii: "/") else { throw .relativeFile }
      try checkAuthority(afterScheme)
    }
    let encoded = PercentCoding.encodedPath(of: text)
    if scheme == .file {
      let path = pathStart(ofFile: encoded)
      let start = String(encoded[..<path])
      let parts = try AddressParts(start + withoutDrive(withoutQuery(encoded[path...])))
      return try assemble(scheme, host: "", port: 0, parts, path: withoutDrive(parts.pathAndQuery))
    }
    let parts = try AddressParts(encoded)
    guard let host = parts.asciiHost()?.lowercased(), !host.isEmpty else { throw .badHost }
    return try assemble(
      scheme, host: host, port: parts.port(of: scheme), parts, path: parts.pathAndQuery)
  }

  /// A file is on this machine: between two slashes and the path stands nothing, or what says so.
  private static func checkAuthority(_ text: Substring.UTF8View) throws(WebURLError) {
    guard text.starts(with: "//".utf8) else { return }
    let authority = String(
      decoding: text.dropFirst(2).prefix { $0 != UInt8(ascii: "/") }, as: UTF8.self)
    guard ["", "localhost", "127.0.0.1"].contains(authority.lowercased()) else { throw .badHost }
  }

  /// A file has no query: a question mark belongs to its name.
  private static func withoutQuery(_ path: Substring) -> String {
    let fragment = path.firstIndex(of: "#") ?? path.endIndex
    return String(path[..<fragment]).replacing("?", with: "%3F") + String(path[fragment...])
  }

  /// The slash with which the path of a file begins.
  private static func pathStart(ofFile text: String) -> String.Index {
    var rest = text[...].drop { $0 != "/" }
    if rest.hasPrefix("//") { rest = rest.dropFirst(2).drop { $0 != "/" } }
    return rest.startIndex
  }

  /// No system that this runs on has drives: `/c:` is a file like any other. libcurl would refuse it.
  private static func withoutDrive(_ path: String) -> String {
    let sign = path.dropFirst(2).prefix(1)
    guard sign == ":" || sign == "|", path.dropFirst().first?.isLetter == true,
      ["", "/", "\\", "#"].contains(path.dropFirst(3).prefix(1))
    else { return path }
    return path.prefix(2) + (sign == ":" ? "%3A" : "%7C") + path.dropFirst(3)
  }

  private static func assemble(
    _ scheme: Scheme, host: String, port: Int, _ parts: borrowing AddressParts, path: String
  ) throws(WebURLError) -> WebURL {
    var text = scheme.name + "://"
    let hostStart = text.utf8.count
    text += host
    let hostEnd = text.utf8.count
    if port != scheme.defaultPort { text += ":\(port)" }
    let pathStart = text.utf8.count
    text += path
    guard text.utf8.count <= longestBytes else { throw .tooLong }
    return WebURL(
      text: text, scheme: scheme, credentials: parts.credentials, hostStart: hostStart,
      hostEnd: hostEnd, port: port, pathStart: pathStart)
  }
}

/// The parts of one address, held by libcurl.
@safe
private struct AddressParts: ~Copyable {
  private let handle: OpaquePointer

  init(_ text: String) throws(WebURLError) {
    guard let handle = unsafe curl_url() else { preconditionFailure("no memory for an address") }
    unsafe self.handle = handle
    let code = unsafe curl_url_set(handle, CURLUPART_URL, text, 0)
    guard code == CURLUE_OK else { throw Self.error(code) }
    if part(CURLUPART_ZONEID) != nil { throw .badHost }
  }

  deinit { unsafe curl_url_cleanup(handle) }

  private static func error(_ code: CURLUcode) -> WebURLError {
    switch code {
    case CURLUE_BAD_PORT_NUMBER: .badPort
    case CURLUE_NO_HOST: .noHost
    case CURLUE_BAD_HOSTNAME, CURLUE_BAD_IPV6, CURLUE_URLDECODE, CURLUE_LACKS_IDN: .badHost
    case CURLUE_BAD_LOGIN, CURLUE_BAD_USER, CURLUE_BAD_PASSWORD, CURLUE_USER_NOT_ALLOWED: .badUser
    default: .malformed
    }
  }

  private func part(_ part: CURLUPart, _ flags: Int32 = 0) -> String? {
    var text: UnsafeMutablePointer<CChar>?
    guard unsafe curl_url_get(handle, part, &text, UInt32(flags)) == CURLUE_OK,
      let found = unsafe text
    else { return nil }
    defer { unsafe curl_free(found) }
    return unsafe String(cString: found)
  }

  /// The host, with international names in their ASCII form (RFC 5891).
  ///
  /// What decoding leaves of a name may be the number of a host: `８０` and `%380` are `0.0.0.80` as much
  /// as `80` is, therefore it is read once more.
  func asciiHost() -> String? {
    guard let host = part(CURLUPART_HOST) else { return nil }
    let isASCII = host.utf8.allSatisfy { $0 < 0x80 }
    guard let ascii = isASCII ? host : internationalHost(), !ascii.contains("%") else { return nil }
    return try? AddressParts("http://\(ascii)/").part(CURLUPART_HOST)
  }

  /// The converter reads names in the locale of the thread, which in a program that has set none
  /// knows ASCII only.
  private func internationalHost() -> String? {
    guard let locale = unsafe newlocale(LC_CTYPE_MASK, "C.UTF-8", nil) else { return nil }
    let previous = unsafe uselocale(locale)
    defer {
      unsafe uselocale(previous)
      unsafe freelocale(locale)
    }
    guard let ascii = part(CURLUPART_HOST, CURLU_PUNYCODE), ascii.utf8.allSatisfy(Self.isInName)
    else { return nil }
    return ascii
  }

  /// Whether a name of a host in ASCII may have the byte; nothing that ends a host is among them.
  private static func isInName(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
      UInt8(ascii: "_"):
      true
    default: false
    }
  }

  func port(of scheme: WebURL.Scheme) throws(WebURLError) -> Int {
    guard let text = part(CURLUPART_PORT) else { return scheme.defaultPort }
    guard let number = Int(text), 1...65_535 ~= number else { throw .badPort }
    return number
  }

  var pathAndQuery: String {
    var text = part(CURLUPART_PATH) ?? "/"
    if text.isEmpty { text = "/" }
    if let query = part(CURLUPART_QUERY) { text += "?" + query }
    return text
  }

  var credentials: String? {
    let password = part(CURLUPART_PASSWORD)
    guard let user = part(CURLUPART_USER) ?? password.map({ _ in "" }) else { return nil }
    return password.map { "\(user):\($0)" } ?? user
  }
}
