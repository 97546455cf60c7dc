internal import Glibc

/// Where a store is, as a text that means the same on every machine that can reach it.
///
/// `file:///share/jobs` is a directory; `s3://bucket/prefix` a bucket, or the objects of one that
/// begin with a prefix. A service other than AWS is told by `?endpoint=http://host:port`, and a
/// region by `?region=NAME`, where the environment of the other machine would not say the same.
package enum BlobLocator: Sendable, Hashable {
  /// An absolute path without a slash at its end.
  case directory(path: String)
  case s3(S3)

  package struct S3: Sendable, Hashable {
    package var bucket: String
    /// What all keys begin with, without slashes at either end; empty for the whole bucket.
    package var prefix = ""
    package var region: String?
    /// Scheme, host and port.
    package var endpoint: String?

    package init(
      bucket: String, prefix: String = "", region: String? = nil, endpoint: String? = nil
    ) {
      self.bucket = bucket
      self.prefix = prefix
      self.region = region
      self.endpoint = endpoint
    }
  }

  /// Reads what a user typed: a path, `file:` or `s3:`.
  package init(_ text: String) throws(BlobFailure) {
    if text.hasPrefix("s3://") {
      self = .s3(try Self.s3(text))
    } else if text.hasPrefix("file://") {
      let encoded = text.dropFirst("file://".count)
      guard encoded.first == "/", let path = PercentCoding.decode(encoded) else {
        throw BlobFailure(
          .badLocator, "\(text) is not a directory; write file:// and an absolute path")
      }
      self = .directory(path: Self.absolute(path))
    } else if text.isEmpty || text.prefix(16).contains("://") {
      throw BlobFailure(
        .badLocator, "\"\(text)\" is no place for objects; give a directory or s3://BUCKET/PREFIX")
    } else {
      self = .directory(path: Self.absolute(text))
    }
  }

  private static func absolute(_ path: String) -> String {
    var path = path
    if path.first != "/" {
      var bytes = [CChar](repeating: 0, count: Int(PATH_MAX))
      if unsafe getcwd(&bytes, bytes.count) != nil {
        let end = bytes.firstIndex(of: 0) ?? 0
        let here = bytes[..<end].map { UInt8(bitPattern: $0) }
        path = String(decoding: here, as: UTF8.self) + "/" + path
      }
    }
    // Links stay as they are: what is behind one differs between machines that mount it by themselves.
    let parts = path.split(separator: "/").filter { $0 != "." }
    return "/" + parts.joined(separator: "/")
  }

  // MARK: - S3

  private static func s3(_ text: String) throws(BlobFailure) -> S3 {
    let halves = text.dropFirst("s3://".count).split(
      separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    let parts = (halves.first ?? "").split(separator: "/")
    guard let bucket = parts.first, isBucket(bucket) else {
      throw BlobFailure(
        .badLocator,
        "\(text) does not name a bucket: 3 to 63 small letters, digits, dots and hyphens")
    }
    let prefix = parts.dropFirst().joined(separator: "/")
    guard prefix.isEmpty || BlobKey(prefix) != nil, prefix.utf8.count <= longestPrefixBytes else {
      throw BlobFailure(
        .badLocator, "\(text) has a prefix that cannot begin keys; use letters, digits, - and _")
    }
    var result = S3(bucket: String(bucket), prefix: prefix)
    guard halves.count == 2 else { return result }
    for field in halves[1].split(separator: "&") {
      let sides = field.split(separator: "=", maxSplits: 1)
      let value = sides.count == 2 ? PercentCoding.decode(sides[1]) : nil
      switch (sides.first, value) {
      case ("region", let value?): result.region = value
      case ("endpoint", let value?): result.endpoint = value
      default:
        throw BlobFailure(.badLocator, "\(text): only region= and endpoint= may follow the ?")
      }
    }
    return result
  }

  /// Leaves room for the keys of a run.
  private static let longestPrefixBytes = 512

  /// Names that S3 takes, and no more: what is left has no meaning in an address.
  private static func isBucket(_ name: Substring) -> Bool {
    3...63 ~= name.utf8.count
      && name.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
          UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
          true
        default: false
        }
      } && name.first != "." && name.first != "-" && name.last != "." && name.last != "-"
      && !name.contains("..")
  }
}

extension BlobLocator: CustomStringConvertible {
  package var description: String {
    switch self {
    case .directory(let path): return "file://" + PercentCoding.encode(path: path)
    case .s3(let place):
      var fields: [String] = []
      if let region = place.region { fields.append("region=" + PercentCoding.encode(path: region)) }
      if let endpoint = place.endpoint {
        fields.append("endpoint=" + PercentCoding.encode(path: endpoint))
      }
      let path = place.prefix.isEmpty ? "" : "/" + place.prefix
      let query = fields.isEmpty ? "" : "?" + fields.joined(separator: "&")
      return "s3://\(place.bucket)\(path)\(query)"
    }
  }
}
