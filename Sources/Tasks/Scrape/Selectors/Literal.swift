/// Bytes that have to occur in a page's source for a selector to match anything there.
///
/// The other way round is not promised: a literal that occurs says only where it is worth parsing.
package struct Literal: Sendable, Hashable {
  /// What has to stand around the bytes; the raw values are those of the C scan.
  package enum Surroundings: Int, Sendable, Hashable {
    case anywhere = 0
    /// The beginning of an attribute's value.
    case valueStart = 1
    /// A whole value, or one word of it.
    case value = 2
    /// `<h1` as a tag.
    case tag = 3
    /// All of the text between two tags, but for digits and punctuation.
    case wholeText = 4
  }

  /// ASCII in lower case, 3 to 63 bytes.
  package let bytes: [UInt8]
  package let surroundings: Surroundings

  static let lengths = 3...63

  /// - Returns: `nil` when a page may write the text in more than one way, or when it is too short.
  package init?(_ text: some StringProtocol, _ surroundings: Surroundings) {
    let bytes = text.utf8.map(\.asciiLowercased)
    guard bytes.count >= Self.lengths.lowerBound, bytes.allSatisfy(Self.isPlain) else { return nil }
    self.bytes = Array(bytes.prefix(Self.lengths.upperBound))
    self.surroundings =
      bytes.count > Self.lengths.upperBound && surroundings == .value ? .valueStart : surroundings
  }

  /// The words of a heading, as they stand between two tags; beyond ASCII, case counts.
  ///
  /// - Returns: `nil` when they are too short.
  package init?(heading words: String) {
    let bytes = words.utf8.map(\.asciiLowercased)
    guard Self.lengths.contains(bytes.count) else { return nil }
    self.bytes = bytes
    surroundings = .wholeText
  }

  /// Bytes that no page writes as an entity without need.
  private static func isPlain(_ byte: UInt8) -> Bool {
    byte > 0x20 && byte < 0x7F && byte != UInt8(ascii: "&") && byte != UInt8(ascii: "\"")
      && byte != UInt8(ascii: "'") && byte != UInt8(ascii: ">")
  }
}

extension Selector {
  /// The literals of which one stands in the tag of every element that matches.
  ///
  /// - Returns: `nil` when there is none for some alternative: the selector may match anywhere.
  package var literals: [Literal]? {
    var found: [Literal] = []
    for chain in alternatives {
      guard let own = chain.subject.literals else { return nil }
      found += own
    }
    return found
  }
}

extension Selector.Compound {
  /// The most telling literal of an element's tag; several for `:is()`.
  fileprivate var literals: [Literal]? {
    let named = ([id] + classes).compactMap { name in
      name.flatMap { Literal($0.text, .value) }
    }
    let compared = attributes.compactMap(\.literal)
    if let best = (named + compared).max(by: { $0.bytes.count < $1.bytes.count }) { return [best] }
    for case .any(let selector) in conditions {
      if let found = selector.literals { return found }
    }
    return (tag.flatMap { Literal("<" + $0.text, .tag) }).map { [$0] }
  }
}

extension Selector.AttributeTest {
  fileprivate var literal: Literal? {
    let text = String(decoding: value, as: UTF8.self)
    return switch test {
    case .present: Literal(name.text, .anywhere)
    // Blanks around a value are the value's: what stands around it is not.
    case .equals, .hasWord: Literal(text, .value) ?? Literal(name.text, .anywhere)
    case .startsWith, .startsWithLanguage: Literal(text, .valueStart)
    case .endsWith, .contains: Literal(text, .anywhere)
    }
  }
}
