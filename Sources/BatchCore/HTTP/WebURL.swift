/// An absolute `http`, `https` or `file` address in one normal form, and where its parts stand.
///
/// The normal form has a lower-case scheme and host (international names as ASCII), no default port,
/// a path that is at least `/` and has no dot segments, and no fragment. User name and password are
/// kept beside the text, so that printing an address never prints them.
///
/// Layout: one string and 16-bit offsets into it; an address that is in normal form already costs the
/// string and nothing else.
public struct WebURL: Sendable, Hashable {
  public enum Scheme: UInt8, Sendable, Hashable {
    case http
    case https
    case file

    public var name: String {
      switch self {
      case .http: "http"
      case .https: "https"
      case .file: "file"
      }
    }

    /// Where a server listens when the address does not say; zero for files.
    public var defaultPort: Int {
      switch self {
      case .http: 80
      case .https: 443
      case .file: 0
      }
    }
  }

  /// The address in normal form, without user name and password.
  public let text: String
  public let scheme: Scheme
  /// User name and password as they stand in an address, `name:password`; never in messages.
  package let credentials: String?
  /// Where the host stands in `text`, in bytes; half-open.
  let hostStart: UInt16
  let hostEnd: UInt16
  let pathStart: UInt16
  private let portNumber: UInt16

  init(
    text: String, scheme: Scheme, credentials: String?, hostStart: Int, hostEnd: Int,
    port: Int, pathStart: Int
  ) {
    self.text = text
    self.scheme = scheme
    self.credentials = credentials
    self.hostStart = UInt16(hostStart)
    self.hostEnd = UInt16(hostEnd)
    self.pathStart = UInt16(pathStart)
    portNumber = UInt16(port)
  }

  /// The longest address that is taken, in bytes.
  public static let longestBytes = 65_535

  /// The normal form of `text`, around which white space does not count.
  ///
  /// - Throws: the reason why it is no address of a page or a file. An unusual character is no error:
  ///   spaces and bytes beyond ASCII are percent-encoded, as browsers do.
  public init(_ text: String) throws(WebURLError) {
    if let url = Self.inNormalForm(text) {
      self = url
    } else {
      self = try Self.parse(text)
    }
  }

  /// Without brackets where it is an IPv6 address; empty for files.
  public var host: String {
    let utf8 = text.utf8
    let from = utf8.index(utf8.startIndex, offsetBy: Int(hostStart))
    let to = utf8.index(utf8.startIndex, offsetBy: Int(hostEnd))
    let host = text[from..<to]
    return host.first == "[" ? String(host.dropFirst().dropLast()) : String(host)
  }

  public var port: Int { Int(portNumber) }

  /// Scheme, host and port: what shares connections and robots rules, such as `http://a.org:8080`.
  public var origin: String { String(text[..<pathIndex]) }

  /// The path with its query, which begins with `/`.
  public var pathAndQuery: Substring { text[pathIndex...] }

  /// The path without its query, which begins with `/`.
  public var path: Substring { pathAndQuery.prefix { $0 != "?" } }

  /// Where a `file` address points to, percent-decoded; nil for others.
  public var filePath: String? {
    guard scheme == .file else { return nil }
    return PercentCoding.decode(path)
  }

  private var pathIndex: String.Index {
    text.utf8.index(text.utf8.startIndex, offsetBy: Int(pathStart))
  }
}

extension WebURL: CustomStringConvertible {
  public var description: String { text }
}
