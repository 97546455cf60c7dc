extension WebURL {
  /// The address that `reference` means on the page at this address (RFC 3986, section 5.2).
  ///
  /// Credentials stay with their host: they are kept where the reference names no other.
  public func resolving(_ reference: String) throws(WebURLError) -> WebURL {
    let reference = try PercentCoding.tidied(reference, allowsEmpty: true)
    if Self.schemeName(of: reference) != nil { return try WebURL(reference) }
    let merged: String
    switch reference.utf8.first {
    case nil, UInt8(ascii: "#"): return self
    case UInt8(ascii: "/") where reference.hasPrefix("//"):
      return try WebURL("\(scheme.name):\(reference)")
    case UInt8(ascii: "/"): merged = origin + reference
    case UInt8(ascii: "?"): merged = origin + path + reference
    default: merged = origin + directory + reference
    }
    return try WebURL(merged).with(credentials: credentials)
  }

  /// The path up to its last slash.
  private var directory: Substring {
    let path = self.path
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "/" }
    return path[...slash]
  }

  private func with(credentials: String?) -> WebURL {
    WebURL(
      text: text, scheme: scheme, credentials: credentials, hostStart: Int(hostStart),
      hostEnd: Int(hostEnd), port: port, pathStart: Int(pathStart))
  }

  /// The address of a file; a relative path is taken from the working directory by whoever reads it.
  ///
  /// - Parameter path: absolute, as the system spells it.
  public init(filePath path: String) throws(WebURLError) {
    guard path.utf8.first == UInt8(ascii: "/") else { throw .malformed }
    self = try Self.parse("file://" + PercentCoding.encode(path: path))
  }
}
