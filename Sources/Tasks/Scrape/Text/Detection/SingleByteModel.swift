/// How many bits it takes to say a text, supposing that it is in one language and one encoding.
final class SingleByteModel: Sendable {
  let encoding: EncodingName
  let language: Language
  /// The place of the encoding among those that models know.
  let encodingPlace: Int
  /// What the encoding costs from the start.
  let handicap: Float
  /// What each byte is, and what it costs wherever it stands; nothing for ASCII.
  private let kinds: [Kind]
  private let costs: [Float]
  private let isLatin: Bool
  /// The language's frequent words with letters beyond ASCII, as bytes.
  let words: [ArraySlice<UInt8>]
  private let languagePlace: Int
  private let place: Int

  /// A model for each pair of a language and an encoding that it was written in.
  static let all: [SingleByteModel] = {
    var models: [SingleByteModel] = []
    for place in Language.all.indices {
      for name in Language.all[place].encodings {
        models.append(
          SingleByteModel(EncodingName(known: name), languagePlace: place, models.count))
      }
    }
    return models
  }()

  static let encodings = Language.all.flatMap(\.encodings).map { EncodingName(known: $0) }

  private enum Kind: UInt8 {
    case lower, upper, uncased, joiner, apostrophe, symbol, impossible, nothing

    var isLetter: Bool { self == .lower || self == .upper || self == .uncased }
  }

  private init(_ encoding: EncodingName, languagePlace: Int, _ place: Int) {
    let language = Language.all[languagePlace]
    self.encoding = encoding
    self.language = language
    self.languagePlace = languagePlace
    self.place = place
    isLatin = language.isLatin
    encodingPlace = EncodingModels.place(of: encoding) ?? 0
    handicap = EncodingModels.handicaps[encoding.text] ?? 0
    let units = SingleByteTable.of(encoding).units
    words = language.accented.compactMap { Self.bytes(of: $0, in: units) }
    let letters = Self.letterCosts(language)
    var kinds = (UInt8(0)..<0x80).map { $0 & 0x20 == 0 ? Kind.upper : .lower }
    var costs = [Float](repeating: 0, count: 0x80)
    for unit in units[0x80...] {
      let (kind, cost) = Self.kind(of: unit, letters: letters, isLatin: language.isLatin)
      kinds.append(kind)
      costs.append(kind.isLetter && language.isLatin ? cost + 2 : cost)
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
  func wordBonus(_ text: TextRuns) -> Float {
    // English stands on pages of every language, and says little about the rest of them.
    let hits = min(text.wordHits[languagePlace], language.code == "en" ? 6 : 40)
    return Float(hits) * 2.5 + Float(text.accentHits[place]) * 5
  }

  /// The bits for all bytes of the runs, wherever they stand: most of what the text costs, and known
  /// before any run is looked at.
  func byteCost(of text: TextRuns) -> Float {
    var total: Float = 0
    for (byte, count) in text.highBytes { total += costs[Int(byte)] * Float(count) }
    return total
  }

  /// The bits that one run takes besides, for how its bytes stand together; never less than none.
  ///
  /// Case and neighbourhood count as much as the letters: they are what a wrong encoding scrambles.
  func cost(of run: Range<Int>, in bytes: [UInt8]) -> Float {
    var total: Float = 0
    var (before, isHighBefore): (Kind, Bool) = (.nothing, false)
    var lettersBefore = 0
    for index in run {
      let byte = bytes[index]
      let isHigh = byte >= 0x80
      let kind = kinds[Int(byte)]
      let isLetter = kind.isLetter
      if isHigh {
        if kind == .symbol, lettersBefore > 0, isLetterNext(index, run, bytes) { total += 6 }
        if kind == .apostrophe, lettersBefore == 0, isLetterNext(index, run, bytes) { total += 4 }
        if isLetter && isLatin && isHighBefore && lettersBefore > 0 { total += 1.5 }
      }
      if isLetter {
        total += transition(from: before, to: kind, lettersBefore: lettersBefore, isHigh: isHigh)
        if !isLatin && lettersBefore > 0 && isHigh != isHighBefore { total += 6 }
      }
      lettersBefore = isLetter ? lettersBefore + 1 : 0
      (before, isHighBefore) = (kind, isHigh)
    }
    return total
  }

  private func transition(
    from before: Kind, to kind: Kind, lettersBefore: Int, isHigh: Bool
  ) -> Float {
    switch (before, kind) {
    case (.lower, .upper): 8
    case (.upper, .upper): isHigh ? 1 : 0
    case (.upper, .lower): lettersBefore > 1 ? 5 : 0
    case (_, .upper): isHigh ? 3 : 0
    default: 0
    }
  }

  private func isLetterNext(_ index: Int, _ run: Range<Int>, _ bytes: [UInt8]) -> Bool {
    index + 1 < run.upperBound && kinds[Int(bytes[index + 1])].isLetter
  }
}
