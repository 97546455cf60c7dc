/// In which encoding a page is, and how that is known.
package struct EncodingDecision: Sendable, Equatable {
  /// The name of the Encoding Standard, in lower case.
  package let name: EncodingName
  package let evidence: Evidence
  /// What the page or the server declares, when its bytes contradict that.
  package let overruled: EncodingName?

  package enum Evidence: String, Sendable {
    case byteOrderMark = "bom"
    case header
    case meta
    case xmlDeclaration = "xml"
    /// Found from the bytes.
    case detection
    /// Nothing but ASCII was seen and nothing declared.
    case assumption
  }

  /// How much of the start of a page is looked at, in bytes.
  package static let windowBytes = 32 << 10

  private init(
    _ name: EncodingName, _ evidence: Evidence, overruled: EncodingName? = nil
  ) {
    self.name = name
    self.evidence = evidence
    self.overruled = overruled
  }

  /// Decides from the start of a page.
  ///
  /// The same window gives the same answer; hand over `windowBytes` bytes, or all that there are, so
  /// that the answer does not depend on how the page arrived.
  /// - Parameters:
  ///   - window: the first bytes of the body; what exceeds `windowBytes` is not looked at.
  ///   - contentType: the value of the HTTP header, if there was one.
  ///   - isWhole: whether the window ends where the page ends, and not within a character.
  package static func decide(
    window: UnsafeRawBufferPointer, contentType: String?, isWhole: Bool
  ) -> EncodingDecision {
    let cut = unsafe UnsafeRawBufferPointer(rebasing: window.prefix(windowBytes))
    return unsafe decide(
      Array(cut), contentType: contentType, isWhole: isWhole && cut.count == window.count)
  }

  /// The same for bytes in an array.
  ///
  /// - Parameter looksAtAll: follow every model to its end, also those that cannot win any more; for
  ///   tests, which compare.
  package static func decide(
    window: [UInt8], contentType: String?, isWhole: Bool, looksAtAll: Bool = false
  ) -> EncodingDecision {
    let isShort = window.count <= windowBytes
    return decide(
      isShort ? window : Array(window.prefix(windowBytes)), contentType: contentType,
      isWhole: isWhole && isShort, looksAtAll: looksAtAll)
  }

  private static func decide(
    _ bytes: [UInt8], contentType: String?, isWhole: Bool, looksAtAll: Bool = false
  ) -> EncodingDecision {
    if let marked = byteOrderMark(bytes) { return EncodingDecision(marked, .byteOrderMark) }
    let claims = Claims(bytes, contentType: contentType)
    let facts = ByteFacts(bytes, isWhole: isWhole)
    if let utf16 = facts.utf16(pairs: bytes.count / 2) { return claims.verdict(utf16) }
    if facts.hasJapaneseEscapes(bytes) { return claims.verdict(.iso2022JP) }
    guard facts.highCount > 0 else {
      // Without a zero among ASCII, a declared UTF-16 is wrong.
      let declared = claims.all.first { !$0.encoding.isUTF16 || bytes.isEmpty }
      return declared.map { EncodingDecision($0.encoding, $0.evidence) }
        ?? EncodingDecision(.utf8, .assumption)
    }
    if facts.isUTF8, claims.isUTF8Sure(facts) { return claims.verdict(.utf8) }
    if facts.isNearlyUTF8(isDeclared: claims.all.first?.encoding == .utf8) {
      return claims.verdict(.utf8)
    }
    return claims.weigh(bytes, looksAtAll: looksAtAll)
  }

  private static func byteOrderMark(_ bytes: [UInt8]) -> EncodingName? {
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { return .utf8 }
    if bytes.starts(with: [0xFF, 0xFE]) { return .utf16LittleEndian }
    if bytes.starts(with: [0xFE, 0xFF]) { return .utf16BigEndian }
    return nil
  }

  // MARK: - What was declared

  /// The declarations, the strongest first.
  private struct Claims {
    var all: [(encoding: EncodingName, evidence: Evidence)] = []

    init(_ bytes: [UInt8], contentType: String?) {
      if let label = contentType.flatMap({ ContentType.charset(in: $0) }),
        let encoding = EncodingName(label: label)
      {
        all.append((encoding, .header))
      }
      if let (encoding, isMeta) = MetaPrescan.declaration(in: bytes) {
        all.append((encoding, isMeta ? .meta : .xmlDeclaration))
      }
    }

    /// Names an encoding that the bytes show, with the declaration that says the same.
    func verdict(_ encoding: EncodingName) -> EncodingDecision {
      if let claim = all.first(where: { $0.encoding == encoding }) {
        let first = all[0].encoding
        return EncodingDecision(
          encoding, claim.evidence, overruled: first == encoding ? nil : first)
      }
      return EncodingDecision(encoding, .detection, overruled: all.first?.encoding)
    }

    /// Whether bytes that are valid UTF-8 are that: one or two short sequences may also be a character
    /// or two of a declared encoding with two bytes a character.
    func isUTF8Sure(_ facts: ByteFacts) -> Bool {
      guard let declared = all.first?.encoding, declared != .utf8 else { return true }
      return declared.isSingleByte || facts.sequences > 2 || facts.longSequences > 1
    }

    /// Compares the declared encodings with what the bytes look like.
    func weigh(_ bytes: [UInt8], looksAtAll: Bool) -> EncodingDecision {
      // Between two declarations the bytes decide; against both they must be clear.
      let margin = { (highCount: Int) in 8 + Float(highCount) * 0.2 }
      var ranking = EncodingRanking(bytes, claims: all.map(\.encoding)) {
        looksAtAll ? .infinity : margin($0) + 4
      }
      guard let first = all.first(where: { ranking.canJudge($0.encoding) }) else {
        return unknown(ranking)
      }
      guard ranking.isPlausible else { return verdict(first.encoding) }
      let favor = margin(ranking.highCount)
      for claim in all where claim.encoding != first.encoding {
        ranking.favor(claim.encoding, by: favor)
      }
      ranking.favor(first.encoding, by: favor + 4)
      let best = ranking.best.encoding
      let isSame = first.encoding.readsLike(best, in: bytes)
      return verdict(isSame ? first.encoding : best)
    }

    /// What is declared cannot be judged, because it is UTF-8 and wrong, or no model knows it.
    private func unknown(_ ranking: EncodingRanking) -> EncodingDecision {
      guard let declared = all.first?.encoding else { return verdict(ranking.best.encoding) }
      let canBeWrong = declared == .utf8 || declared.isUTF16 || declared.isSevenBit
      return verdict(canBeWrong && ranking.isPlausible ? ranking.best.encoding : declared)
    }
  }
}
