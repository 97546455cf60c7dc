/// How many bits it takes to say a text, supposing that it is in an encoding of two bytes a character.
struct DoubleByteModel: Sendable {
  let encoding: EncodingName
  let language: String
  private let shape: Shape
  /// For each pair of bytes its place among the costs of the frequent ones; zero for the others.
  private let places: [UInt16]
  private let costs: [Float]

  private enum Shape { case shiftJIS, eucJP, gb18030, big5, eucKR }

  static let all: [DoubleByteModel] = [
    DoubleByteModel(
      "shift_jis", .shiftJIS, "ja", (HanTable.hiragana, 0.45), (HanTable.katakana, 0.12),
      (HanTable.kanji, 0.2), (HanTable.punctuation, 0.08)),
    DoubleByteModel(
      "euc-jp", .eucJP, "ja", (HanTable.hiragana, 0.45), (HanTable.katakana, 0.12),
      (HanTable.kanji, 0.2), (HanTable.punctuation, 0.08)),
    DoubleByteModel(
      "gb18030", .gb18030, "zh", (HanTable.simplified, 0.5), (HanTable.punctuation, 0.1)),
    DoubleByteModel(
      "big5", .big5, "zh", (HanTable.traditional, 0.5), (HanTable.punctuation, 0.1)),
    DoubleByteModel(
      "euc-kr", .eucKR, "ko", (HanTable.hangul, 0.75), (HanTable.punctuation, 0.03)),
  ]

  private init(
    _ name: String, _ shape: Shape, _ language: String, _ groups: (text: String, share: Double)...
  ) {
    encoding = EncodingName(known: name)
    self.language = language
    self.shape = shape
    var frequent: [UInt16: Float] = [:]
    for group in groups {
      let scalars = Array(group.text.unicodeScalars)
      let surplus = FrequencyLaw.uniformCost(share: group.share, among: 1)
      for (scalar, cost) in zip(scalars, FrequencyLaw.costs(count: scalars.count)) {
        let code = ICUConverter.bytes(of: scalar, in: encoding)
        guard code.count == 2 else { continue }
        let key = UInt16(code[0]) << 8 | UInt16(code[1])
        frequent[key] = min(frequent[key] ?? .infinity, cost + surplus)
      }
    }
    var places = [UInt16](repeating: 0, count: 1 << 16)
    var costs: [Float] = [0]
    for (key, cost) in frequent {
      places[Int(key)] = UInt16(costs.count)
      costs.append(cost)
    }
    self.places = places
    self.costs = costs
  }

  // MARK: - The cost of a text

  /// What an ASCII byte costs in every model; saved where one is the second byte of a character.
  private static let asciiCost: Float = 5
  private static let invalid: Float = 30

  func cost(of text: TextRuns) -> Float {
    var total: Float = 0
    let bytes = text.bytes
    var index = 0
    while index < text.end {
      let lead = bytes[index]
      index += 1
      if lead < 0x80 { continue }
      // A character that the end of the window has cut says nothing.
      guard index < text.end else { break }
      let trail = bytes[index]
      if shape == .eucJP && lead == 0x8F {
        total += Self.invalid / 2
        index = min(index + 2, text.end)
      } else if let single = singleCost(lead) {
        total += single
      } else if shape == .gb18030 && (0x30...0x39).contains(trail) {
        total += Self.invalid
        index = min(index + 3, text.end)
      } else if let cost = frequentCost(lead, trail) ?? regionCost(lead, trail) {
        total += trail < 0x80 ? cost - Self.asciiCost : cost
        index += 1
      } else {
        total += Self.invalid
      }
    }
    return total
  }

  private func frequentCost(_ lead: UInt8, _ trail: UInt8) -> Float? {
    let place = places[Int(lead) << 8 | Int(trail)]
    return place > 0 ? costs[Int(place)] : nil
  }

  /// The cost of a byte that is a character by itself.
  private func singleCost(_ byte: UInt8) -> Float? {
    switch shape {
    case .shiftJIS:
      if (0xA1...0xDF).contains(byte) { return 13 }
      return byte == 0x80 || byte == 0xA0 || byte > 0xFC ? Self.invalid : nil
    case .gb18030: return byte == 0x80 ? 20 : nil
    default: return nil
    }
  }

  /// The cost of a pair that is not among the frequent ones; nil when it is no character.
  private func regionCost(_ lead: UInt8, _ trail: UInt8) -> Float? {
    switch shape {
    case .shiftJIS: Self.shiftJIS(lead, trail)
    case .eucJP: Self.eucJP(lead, trail)
    case .gb18030: Self.gb18030(lead, trail)
    case .big5: Self.big5(lead, trail)
    case .eucKR: Self.eucKR(lead, trail)
    }
  }

  // Shares of common and rare characters: one in eight and one in a thousand.

  private static func shiftJIS(_ lead: UInt8, _ trail: UInt8) -> Float? {
    guard (0x40...0xFC).contains(trail), trail != 0x7F else { return nil }
    switch lead {
    case 0x81...0x83: return 16
    case 0x88...0x97: return 14.5
    case 0x84, 0x98...0x9F, 0xE0...0xEA: return 21
    case 0x87, 0xED, 0xEE, 0xFA...0xFC: return 23
    default: return nil
    }
  }

  private static func eucJP(_ lead: UInt8, _ trail: UInt8) -> Float? {
    if lead == 0x8E { return (0xA1...0xDF).contains(trail) ? 20 : nil }
    guard (0xA1...0xFE).contains(trail) else { return nil }
    switch lead {
    case 0xA1...0xA5: return 16
    case 0xB0...0xCF: return 14.5
    case 0xA6...0xA8, 0xD0...0xF4: return 21
    case 0xAD, 0xF9...0xFC: return 23
    default: return nil
    }
  }

  private static func gb18030(_ lead: UInt8, _ trail: UInt8) -> Float? {
    guard (0x81...0xFE).contains(lead), (0x40...0xFE).contains(trail), trail != 0x7F else {
      return nil
    }
    guard trail >= 0xA1, lead >= 0xA1 else { return 23 }
    switch lead {
    case 0xA1, 0xA3: return 16
    case 0xB0...0xD7: return 13.5
    case 0xA2, 0xA4...0xA9, 0xD8...0xF7: return 20
    default: return 25
    }
  }

  private static func big5(_ lead: UInt8, _ trail: UInt8) -> Float? {
    guard (0x40...0x7E).contains(trail) || (0xA1...0xFE).contains(trail) else { return nil }
    switch lead {
    case 0xA1...0xA3: return 16
    case 0xA4...0xC6: return 13.8
    case 0xC9...0xF9: return 21
    case 0x87...0xA0, 0xC7, 0xC8, 0xFA...0xFE: return 25
    default: return nil
    }
  }

  private static func eucKR(_ lead: UInt8, _ trail: UInt8) -> Float? {
    guard (0x81...0xFD).contains(lead), (0x41...0xFE).contains(trail) else { return nil }
    guard trail >= 0xA1, lead >= 0xA1 else { return lead <= 0xC6 ? 24 : nil }
    switch lead {
    case 0xA1, 0xA3: return 16
    case 0xB0...0xC8: return 14
    case 0xA2, 0xA4...0xAC, 0xCA...0xFD: return 21
    default: return nil
    }
  }
}
