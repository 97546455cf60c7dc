/// A request to a service of AWS, or to one that speaks the same language, before it is signed.
package struct AWSRequest: Sendable {
  package enum Payload: Sendable, Equatable {
    /// The signature covers the body, of which this is the SHA-256 in hexadecimal digits.
    case signed(String)
    /// The body is protected by TLS only.
    case unsigned

    var text: String {
      switch self {
      case .signed(let digest): digest
      case .unsigned: "UNSIGNED-PAYLOAD"
      }
    }
  }

  package struct Field: Sendable, Equatable {
    package var name: String
    package var value: String

    package init(_ name: String, _ value: String) {
      self.name = name
      self.value = value
    }
  }

  package var method: HTTPRequest.Method
  /// Scheme, host and port.
  package var origin: String
  /// As it travels: percent-encoded once, and beginning with a slash.
  package var path: String
  /// Not encoded, in any order.
  package var query: [Field]
  /// All of them are signed; `Host` and those of the signature are added.
  package var headers: [Field]
  package var body: ByteBuffer?
  package var payload: Payload
  package var limits = HTTPLimits()

  /// - Parameter payload: nil has the body signed.
  package init(
    _ method: HTTPRequest.Method, origin: String, path: String, query: [Field] = [],
    headers: [Field] = [], body: ByteBuffer? = nil, payload: Payload? = nil
  ) {
    self.method = method
    self.origin = origin
    self.path = path
    self.query = query
    self.headers = headers
    self.body = body
    self.payload = payload ?? .signed(AWSDigest.sha256(body))
  }

  /// Host and port as the `Host` field has them.
  var host: String {
    let authority = origin.split(separator: "/", omittingEmptySubsequences: true).dropFirst().first
    guard let authority else { return "" }
    let isDefault =
      origin.hasPrefix("https:") ? authority.hasSuffix(":443") : authority.hasSuffix(":80")
    guard isDefault, let colon = authority.lastIndex(of: ":") else { return String(authority) }
    return String(authority[..<colon])
  }

  /// The query, encoded and in the order of a signature, which is also how it is sent.
  var encodedQuery: String {
    let pairs = query.map { field in
      (name: AWSEncoding.encode(field.name), value: AWSEncoding.encode(field.value))
    }
    return pairs.sorted { ($0.name, $0.value) < ($1.name, $1.value) }
      .map { "\($0.name)=\($0.value)" }.joined(separator: "&")
  }

  var address: String {
    let query = encodedQuery
    return origin + path + (query.isEmpty ? "" : "?" + query)
  }
}

/// The one way in which signatures allow text to be percent-encoded (RFC 3986, section 2.3).
enum AWSEncoding {
  /// - Parameter keepsSlashes: for paths.
  static func encode(_ text: String, keepsSlashes: Bool = false) -> String {
    var result: [UInt8] = []
    result.reserveCapacity(text.utf8.count)
    for byte in text.utf8 {
      if PercentCoding.isUnreserved(byte) || (keepsSlashes && byte == UInt8(ascii: "/")) {
        result.append(byte)
      } else {
        let digits = [PercentCoding.digit(byte >> 4), PercentCoding.digit(byte & 15)]
        result += [UInt8(ascii: "%")] + digits
      }
    }
    return String(decoding: result, as: UTF8.self)
  }
}
