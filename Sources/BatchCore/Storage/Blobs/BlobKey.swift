/// The name of an object in a store: parts with slashes between them, such as `files/ab12`.
///
/// Two keys are the same when their bytes are. Not every text is a key: what no file system could
/// take, and names that begin with a dot, which a directory needs for itself, are refused.
package struct BlobKey: Sendable {
  package let text: String

  /// The longest key that every store takes, in bytes.
  package static let longestBytes = 1024
  /// The longest part between slashes; a store needs some of a file name's 255 bytes for itself.
  package static let longestPartBytes = 200

  /// Nil when `text` is no key: an empty part, one that begins with a dot, a control character, or
  /// too long.
  package init?(_ text: String) {
    guard Self.isKey(text) else { return nil }
    self.text = text
  }

  /// A key of parts that the program has chosen.
  init(parts: [String]) {
    let text = parts.joined(separator: "/")
    precondition(Self.isKey(text), "a part of a key has characters that no key holds: \(text)")
    self.text = text
  }

  private static func isKey(_ text: String) -> Bool {
    guard 1...longestBytes ~= text.utf8.count else { return false }
    guard !text.unicodeScalars.contains(where: { $0.isControl }) else { return false }
    return text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
      .allSatisfy { part in
        1...longestPartBytes ~= part.count && part.first != UInt8(ascii: ".")
      }
  }

  /// Whether keys may begin with `text`, which is not empty.
  static func isPrefix(_ text: String) -> Bool { !text.isEmpty && isKey(text + "x") }

  /// Whether the bytes of the key begin with those of `prefix`.
  func hasPrefix(_ prefix: String) -> Bool { text.utf8.starts(with: prefix.utf8) }
}

// MARK: - Order

// Text that means the same in different bytes is one `String`, and two objects.
extension BlobKey: Hashable, Comparable {
  package static func == (a: BlobKey, b: BlobKey) -> Bool {
    a.text.utf8.elementsEqual(b.text.utf8)
  }

  package static func < (a: BlobKey, b: BlobKey) -> Bool {
    a.text.utf8.lexicographicallyPrecedes(b.text.utf8)
  }

  package func hash(into hasher: inout Hasher) {
    for byte in text.utf8 { hasher.combine(byte) }
  }
}

extension BlobKey: CustomStringConvertible {
  package var description: String { text }
}
