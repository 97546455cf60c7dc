/// How many bits it takes to say a text, supposing that it is in one language and one encoding.
struct SingleByteModel: Sendable {
  let encoding: EncodingName
  let language: Language
  /// For the 128 bytes beyond ASCII.
  private let kinds: [Kind]
  private let costs: [Float]
  /// The language's frequent words with letters beyond ASCII, as bytes.
  let words: [ArraySlice<UInt8>]
  private let languagePlace: Int

  /// A model for each pair of a language and an encoding that it was written in.
  static let all: [SingleByteModel] = Language.all.enumerated().flatMap { place, language in
    language.encodings.map {
      SingleByteModel(encoding: EncodingName(known: $0), language: language, at: place)
    }
  }

  private enum Kind: UInt8 {
    case lower, upper, uncased, joiner, apostrophe, symbol, impossible

    var isLetter: Bool { self == .lower || self == .upper || self == .uncased }
  }

  private init(encoding: EncodingName, language: Language, at place: Int) {
    self.encoding = encoding
    self.language = language
    languagePlace = place
    let units = SingleByteTable.of(encoding).units
    words = language.accented.compactMap { Self.bytes(of: $0, in: units) }
    let letters = Self.letterCosts(language)
    var (kinds, costs) = ([Kind](), [Float]())
    for unit in units[0x80...] {
      let (kind, cost) = Self.kind(of: unit, letters: letters, isLatin: language.isLatin)
      kinds.append(kind)
      costs.append(cost)
    }
    self.kinds = kinds
    self.costs = costs
  }

  private static func bytes(of word: String, in units: [UInt16]) -> ArraySlice<UInt8>? {
    let places = word.utf16.map { unit in units.firstIndex(of: unit).map { UInt8($0) } }
    return places.contains(nil) ? nil : places.compactMap(\.self)[...]
  }

  private static func letterCosts(_ language: Language) -> [Unicode.Scalar: Float] {
    let ordered = Array(language.letters.unicodeScalars)
    let costs = FrequencyLaw.costs(count: ordered.count)
    return Dictionary(zip(ordered, costs), uniquingKeysWith: { first, _ in first })
  }

  private static func kind(
    of unit: UInt16, letters: [Unicode.Scalar: Float], isLatin: Bool
  ) -> (Kind, Float) {
    guard unit >= 0xA0, unit != 0xFFFD, let scalar = Unicode.Scalar(unit) else {
      return (.impossible, 22)
    }
    if let cost = letters[scalar] {
      return (scalar.properties.isLowercase ? .lower : .uncased, cost)
    }
    let lower = scalar.properties.lowercaseMapping.unicodeScalars.first ?? scalar
    if scalar.properties.isUppercase {
      return (.upper, letters[lower] ?? 11)
    }
    if scalar.properties.isLowercase && unit != 0xAA && unit != 0xBA { return (.lower, 11) }
    if scalar.properties.isAlphabetic && unit > 0xFF { return (.uncased, 11) }
    if scalar == "’" { return (.apostrophe, 7) }
    return common.contains(scalar) ? (.joiner, 7) : (.symbol, 12)
  }

  /// Marks that ordinary texts have, which may stand beside or between letters.
  private static let common = Set("‘“”„«»–—…\u{A0}\u{AD}·€£©®°§№•¿¡".unicodeScalars)

  // MARK: - The cost of a text

  /// What the page's words say about the language before any run is looked at, in bits.
  ///
  /// - Parameter place: of this model among all.
  func wordBonus(_ text: TextRuns, place: Int) -> Float {
    // English stands on pages of every language, and says little about the rest of them.
    let hits = min(text.wordHits[languagePlace], language.code == "en" ? 6 : 40)
    return Float(hits) * 2.5 + Float(text.accentHits[place]) * 5
  }

  /// Adds the bits of some runs to a cost, which never makes it less.
  ///
  /// - Parameter limit: above this, the exact number is of no interest.
  func add(runs: Range<Int>, of text: TextRuns, to cost: inout Float, limit: Float) {
    var place = runs.lowerBound
    while place < runs.upperBound, cost < limit {
      cost += self.cost(of: text.bytes[text.runs[place]])
      place += 1
    }
  }

  /// Case and neighbourhood count as much as the letters: they are what a wrong encoding scrambles.
  private func cost(of run: ArraySlice<UInt8>) -> Float {
    var total: Float = 0
    var (before, isHighBefore): (Kind?, Bool) = (nil, false)
    var lettersBefore = 0
    for (index, byte) in zip(run.indices, run) {
      let isHigh = byte >= 0x80
      let kind = isHigh ? kinds[Int(byte & 0x7F)] : byte & 0x20 == 0 ? .upper : .lower
      if isHigh {
        total += costs[Int(byte & 0x7F)]
        if kind == .symbol, lettersBefore > 0, isLetter(run, at: index + 1) { total += 6 }
        if kind == .apostrophe, lettersBefore == 0, isLetter(run, at: index + 1) { total += 4 }
        if kind.isLetter && language.isLatin {
          total += isHighBefore && lettersBefore > 0 ? 3.5 : 2
        }
      }
      if kind.isLetter {
        total += transition(from: before, to: kind, lettersBefore: lettersBefore, isHigh: isHigh)
        if !language.isLatin && lettersBefore > 0 && isHigh != isHighBefore { total += 6 }
      }
      lettersBefore = kind.isLetter ? lettersBefore + 1 : 0
      (before, isHighBefore) = (kind, isHigh)
    }
    return total
  }

  private func transition(
    from before: Kind?, to kind: Kind, lettersBefore: Int, isHigh: Bool
  ) -> Float {
    switch (before, kind) {
    case (.lower?, .upper): 8
    case (.upper?, .upper): isHigh ? 1 : 0
    case (.upper?, .lower): lettersBefore > 1 ? 5 : 0
    case (_, .upper): isHigh ? 3 : 0
    default: 0
    }
  }

  private func isLetter(_ run: ArraySlice<UInt8>, at index: Int) -> Bool {
    guard index < run.endIndex else { return false }
    return run[index] < 0x80 || kinds[Int(run[index] & 0x7F)].isLetter
  }
}
