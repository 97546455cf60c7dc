import PageSamples
import Scrape
import Testing

@Suite("EncodingDecision")
struct EncodingDecisionTests {
  /// Compares what is read rather than names: some languages look the same in two encodings.
  private func expect(
    _ decision: EncodingDecision, toRead text: String, in encoding: String,
    at location: SourceLocation = #_sourceLocation
  ) throws {
    let bytes = try #require(Iconv.encode(text, as: encoding))
    let reading = Iconv.decode(bytes, as: decision.name.text)
    #expect(reading == text, "read as \(decision.name)", sourceLocation: location)
  }

  private func decide(
    _ text: String, in encoding: String, header: String? = nil
  ) throws -> EncodingDecision {
    let bytes = try #require(Iconv.encode(text, as: encoding))
    return EncodingDecision.decide(
      window: bytes, contentType: header.map { "text/html; charset=\($0)" }, isWhole: true)
  }

  // MARK: - Without and against a declaration

  @Test("An undeclared page is read right, long or short", arguments: LanguageSample.pairs)
  func undeclared(_ pair: EncodedSample) throws {
    for text in [pair.sample.page(), pair.sample.page(isLong: true), pair.sample.abstract] {
      let decision = try decide(text, in: pair.encoding)
      try expect(decision, toRead: text, in: pair.encoding)
      #expect(decision.evidence == .detection)
      #expect(decision.overruled == nil)
    }
  }

  @Test("A page declared as UTF-8 is read right", arguments: LanguageSample.pairs)
  func misdeclaredAsUTF8(_ pair: EncodedSample) throws {
    let byHeader = try decide(pair.sample.page(), in: pair.encoding, header: "UTF-8")
    let byMeta = try decide(pair.sample.page(charset: "utf-8"), in: pair.encoding)
    for decision in [byHeader, byMeta] {
      try expect(decision, toRead: pair.sample.page(), in: pair.encoding)
      #expect(decision.overruled == .utf8)
    }
  }

  @Test(
    "A page declared as ISO-8859-1 is read right",
    arguments: LanguageSample.pairs.filter { !$0.looksLikeLatin1 })
  func misdeclaredAsLatin1(_ pair: EncodedSample) throws {
    let decision = try decide(pair.sample.page(), in: pair.encoding, header: "ISO-8859-1")
    try expect(decision, toRead: pair.sample.page(), in: pair.encoding)
    #expect(decision.overruled == .windows1252)
    #expect(decision.evidence == .detection)
  }

  @Test("A header against a right meta loses", arguments: LanguageSample.pairs)
  func headerAgainstMeta(_ pair: EncodedSample) throws {
    for header in ["utf-8", "iso-8859-1"] where !pair.looksLikeLatin1 {
      let page = pair.sample.page(charset: pair.encoding)
      let decision = try decide(page, in: pair.encoding, header: header)
      #expect(decision.name.text == pair.encoding)
      #expect(decision.evidence == .meta)
    }
  }

  @Test("A right declaration is believed", arguments: LanguageSample.pairs)
  func rightlyDeclared(_ pair: EncodedSample) throws {
    let decision = try decide(pair.sample.page(), in: pair.encoding, header: pair.encoding)
    #expect(decision.name.text == pair.encoding)
    #expect(decision.evidence == .header)
    #expect(decision.overruled == nil)
  }

  @Test(
    "UTF-8 and UTF-16 are found, whatever is declared", arguments: LanguageSample.all,
    ["utf-8", "utf-16le", "utf-16be"])
  func unicode(_ sample: LanguageSample, encoding: String) throws {
    for header in [nil, "iso-8859-1", "shift_jis", "utf-8", "gb2312"] {
      let decision = try decide(sample.page(), in: encoding, header: header)
      #expect(decision.name.text == encoding, "declared: \(header ?? "nothing")")
    }
  }

  @Test(
    "A right declaration is believed for languages that no model knows",
    arguments: [
      ("Tá an modh seo níos tapúla ná na cinn eile, agus tá sé éasca é a úsáid.", "windows-1252"),
      (
        "Hesin háttur er skjótari enn aðrir, og tað er lætt at nýta hann í royndum.", "windows-1252"
      ),
      (
        "Este método é máis rápido ca os demais e é doado de usar nas nosas probas.", "windows-1252"
      ),
      ("Бұл әдіс басқаларға қарағанда жылдамырақ.", "utf-8"),
      ("Оваа метода е побрза од другите и лесно се користи.", "windows-1251"),
      ("Mae’r dull hwn yn gynt na’r lleill ac yn hawdd i’w ddefnyddio â dŵr.", "iso-8859-14"),
      ("Dan il-metodu huwa aktar mgħaġġel minn oħrajn, u faċli.", "iso-8859-3"),
      ("Phương pháp này", "utf-8"),
    ])
  func unknownLanguages(text: String, encoding: String) throws {
    let page = "<html><body><p>\(text)</p></body></html>"
    guard let bytes = Iconv.encode(page, as: encoding) else { return }
    let decision = EncodingDecision.decide(
      window: bytes, contentType: "text/html; charset=\(encoding)", isWhole: true)
    #expect(decision.name.text == encoding)
    #expect(decision.evidence == .header)
  }

  @Test("Giving up what cannot win decides nothing otherwise", arguments: UInt64(1)...20)
  func haste(seed: UInt64) throws {
    var random = PageMutation.SeededSequence(seed: seed)
    let headers = [nil, "utf-8", "iso-8859-1", "koi8-r", "shift_jis", "windows-1250", "macintosh"]
    for pair in LanguageSample.pairs {
      let page = pair.sample.page(
        charset: Bool.random(using: &random) ? "windows-1251" : nil,
        isLong: Bool.random(using: &random))
      var bytes = try #require(Iconv.encode(page, as: pair.encoding))
      for _ in 0..<Int.random(in: 0...30, using: &random) {
        bytes[Int.random(in: 0..<bytes.count, using: &random)] = .random(
          in: 0...255, using: &random)
      }
      let type = headers.randomElement(using: &random)?.map { "text/html; charset=\($0)" }
      let decisions = [false, true].map {
        EncodingDecision.decide(window: bytes, contentType: type, isWhole: true, looksAtAll: $0)
      }
      #expect(decisions[0] == decisions[1], "\(pair.testDescription), \(type ?? "-"), seed \(seed)")
    }
  }

  // MARK: - Evidence

  @Test(
    "A byte order mark is stronger than any declaration",
    arguments: [
      ([0xEF, 0xBB, 0xBF, 0x61], "utf-8"), ([0xFF, 0xFE, 0x61, 0], "utf-16le"),
      ([0xFE, 0xFF, 0, 0x61], "utf-16be"),
    ] as [([UInt8], String)])
  func byteOrderMark(bytes: [UInt8], name: String) {
    let decision = EncodingDecision.decide(
      window: bytes, contentType: "text/html; charset=koi8-r", isWhole: true)
    #expect(decision.name.text == name)
    #expect(decision.evidence == .byteOrderMark)
  }

  @Test(
    "A page of ASCII is what it says, or UTF-8",
    arguments: [
      (nil, "", "utf-8", .assumption), ("text/html", "", "utf-8", .assumption),
      ("text/html; charset=Shift_JIS", "", "shift_jis", .header),
      (nil, "<meta charset=latin1>", "windows-1252", .meta),
      ("text/html; charset=utf-16", "", "utf-8", .assumption),
      ("text/html; charset=nonsense", "<meta charset=big5>", "big5", .meta),
    ] as [(String?, String, String, EncodingDecision.Evidence)])
  func asciiOnly(
    contentType: String?, head: String, name: String, evidence: EncodingDecision.Evidence
  ) {
    let decision = EncodingDecision.decide(
      window: Array("<html>\(head)<p>Plain text.".utf8), contentType: contentType, isWhole: true)
    #expect(decision.name.text == name)
    #expect(decision.evidence == evidence)
  }

  @Test("A few bad bytes in a page of UTF-8 do not change what it is")
  func damagedUTF8() throws {
    let sample = try #require(LanguageSample.all.first)
    let bytes = Array(sample.page().utf8) + [0x92, 0x20, 0xE9, 0x20]
    for contentType in [nil, "text/html; charset=utf-8"] {
      let decision = EncodingDecision.decide(window: bytes, contentType: contentType, isWhole: true)
      #expect(decision.name == .utf8)
    }
  }

  @Test("A page that is cut within a character is still UTF-8")
  func cutWithinCharacter() throws {
    let bytes = Array(String(repeating: "深層学習", count: 4000).utf8)
    for count in 6..<40 {
      for isWhole in [true, false] {
        let decision = EncodingDecision.decide(
          window: Array(bytes.prefix(count)), contentType: nil, isWhole: isWhole)
        #expect(decision.name == .utf8, "\(count) bytes, whole: \(isWhole)")
      }
    }
    #expect(EncodingDecision.decide(window: bytes, contentType: nil, isWhole: true).name == .utf8)
  }

  @Test("What stands behind the window changes nothing")
  func windowOnly() {
    let head = [UInt8](repeating: 0x20, count: EncodingDecision.windowBytes)
    let tails: [[UInt8]] = [[], [0xE9, 0x20], Array("深層学習".utf8)]
    for tail in tails {
      let decision = EncodingDecision.decide(
        window: head + tail, contentType: nil, isWhole: false)
      #expect(decision.evidence == .assumption)
    }
  }

  @Test("Noise is no text: what is declared stays")
  func noise() {
    var state: UInt64 = 7
    let bytes: [UInt8] = (0..<4000).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1
      return UInt8(truncatingIfNeeded: state >> 33) | 1
    }
    let decision = EncodingDecision.decide(
      window: bytes, contentType: "text/html; charset=utf-8", isWhole: true)
    #expect(decision.name == .utf8)
  }
}
