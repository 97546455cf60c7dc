internal import BatchCore
internal import PageSamples
internal import Scrape

extension FuzzTarget {
  /// Two bytes choose the declared type and the chunks; the rest is text in some encoding.
  package static let encodings = FuzzTarget(
    name: "encodings", summary: "Text of any encoding becomes valid UTF-8, however it arrives",
    seeds: { PageSeeds.all.map { [$0[1], 3] + $0.dropFirst(2) } }, words: PageSeeds.words,
    longestInput: 48 << 10,
    check: { bytes in
      var choices = Choices(bytes)
      let contentType = choices.one(of: PageSeeds.contentTypes)
      let chunkBytes = choices.one(of: [1, 2, 3, 7, 64, 4096])
      let text = Array(choices.rest)
      let decision = EncodingDecision.decide(window: text, contentType: contentType, isWhole: true)
      let again = unsafe text.withUnsafeBytes {
        unsafe EncodingDecision.decide(window: $0, contentType: contentType, isWhole: true)
      }
      if decision != again { return "the same bytes are in two encodings" }
      let careful = EncodingDecision.decide(
        window: text, contentType: contentType, isWhole: true, looksAtAll: true)
      if decision != careful { return "\(decision.name) in haste, \(careful.name) with care" }
      for encoding in [decision.name] + EncodingName.samples {
        if let fault = fault(of: text, encoding, chunkBytes) { return "\(encoding): \(fault)" }
      }
      return nil
    })

  private static func fault(
    of text: [UInt8], _ encoding: EncodingName, _ chunkBytes: Int
  ) -> String? {
    let whole = decoded(text.pieces(of: .max), encoding)
    if decoded(text.pieces(of: chunkBytes), encoding) != whole {
      return "chunks of \(chunkBytes) bytes give another text"
    }
    if String(validating: whole, as: UTF8.self) == nil { return "the text is no valid UTF-8" }
    if whole.contains(0) { return "the text holds a zero" }
    return whole.count > 4 * text.count + 16 ? "the text is longer than its bytes allow" : nil
  }

  private static func decoded(_ pieces: [[UInt8]], _ encoding: EncodingName) -> [UInt8] {
    var transcoder = Transcoder(encoding)
    let target = ByteBuffer()
    for (number, piece) in pieces.enumerated() {
      unsafe piece.withUnsafeBytes {
        unsafe transcoder.append($0, to: target, isLast: number == pieces.count - 1)
      }
    }
    return unsafe target.withBytes { unsafe Array($0) }
  }
}

extension EncodingName {
  /// One of each kind of decoder.
  fileprivate static let samples = ["utf-8", "shift_jis", "utf-16le", "iso-2022-jp", "gb18030"]
    .compactMap { EncodingName(label: $0) }
}
