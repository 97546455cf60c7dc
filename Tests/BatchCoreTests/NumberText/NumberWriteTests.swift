import BatchCore
import Testing

@Suite("Writing numbers")
struct NumberWriteTests {
  /// Texts as Python's `repr` gives them, without a trailing `.0`.
  static let known: [(Double, String)] = [
    (0, "0"), (-0.0, "-0"), (1, "1"), (100, "100"), (-2.5, "-2.5"), (0.5, "0.5"), (0.1, "0.1"),
    (0.05, "0.05"), (0.001, "0.001"), (0.0001, "0.0001"), (0.00001, "1e-05"), (1.5e-7, "1.5e-07"),
    (123456.789, "123456.789"), (1234567.25, "1234567.25"), (12345678.25, "12345678.25"),
    (123456789.125, "123456789.125"), (1e15, "1000000000000000"),
    (123456789012345.6, "123456789012345.6"), (1234567890123456, "1234567890123456"),
    (9999999999999998, "9999999999999998"), (1e16, "1e+16"),
    (1.2345678901234568e17, "1.2345678901234568e+17"),
    (1e22, "1e+22"), (1e23, "1e+23"), (9.5e-100, "9.5e-100"), (1e100, "1e+100"),
    (.greatestFiniteMagnitude, "1.7976931348623157e+308"),
    (.leastNormalMagnitude, "2.2250738585072014e-308"), (.leastNonzeroMagnitude, "5e-324"),
    (Double.leastNonzeroMagnitude.nextUp, "1e-323"),
    (Double.leastNormalMagnitude.nextDown, "2.225073858507201e-308"),
    (9007199254740992, "9007199254740992"), (.infinity, "inf"), (-.infinity, "-inf"), (.nan, "nan"),
    (0.1 + 0.2, "0.30000000000000004"), (1.0 / 3, "0.3333333333333333"),
    (2.0 / 3, "0.6666666666666666"),
    (Double.leastNonzeroMagnitude * 3, "1.5e-323"), (9.007199254740991e15, "9007199254740991"),
  ]

  @Test("known numbers are written as their shortest text", arguments: known)
  func knownTexts(value: Double, text: String) {
    #expect(NumberText.text(value) == text)
  }

  @Test(
    "random bit patterns read back to the same bits, with the digits of Swift's description",
    arguments: [1, 2] as [UInt64])
  func randomPatterns(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<200_000 {
      try check(Double(bitPattern: generator.next()), "seed \(seed)")
    }
  }

  @Test("numbers of everyday size read back to the same bits", arguments: [3] as [UInt64])
  func everyday(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<100_000 {
      try check(Double.random(in: -1...1, using: &generator), "seed \(seed)")
      try check(Double.random(in: 0...1e9, using: &generator), "seed \(seed)")
      let decimals = Double(Int.random(in: 0...10_000_000, using: &generator))
      try check(decimals / 1e4, "seed \(seed)")
    }
  }

  @Test("powers of two and of ten and their neighbours read back to the same bits")
  func edges() throws {
    for exponent in -1074...1023 {
      let power = Double(sign: .plus, exponent: exponent, significand: 1)
      for value in [power, power.nextUp, power.nextDown] { try check(value, "2^\(exponent)") }
    }
    for exponent in -323...308 {
      let power = try NumberText.parse("1e\(exponent)")
      for value in [power, power.nextUp, power.nextDown] { try check(value, "10^\(exponent)") }
    }
  }

  @Test("candidates that lie exactly on a bound, or exactly halfway, are decided as by description")
  func ties() throws {
    var generator = SeededGenerator(seed: 6)
    for _ in 0..<20_000 {
      // The middle between two neighbours, (2c + 1) · 2^(q - 1), is a multiple of a power of ten.
      let step = [5, 25, 125, 625].randomElement(using: &generator) ?? 5
      let middle =
        (Int.random(in: 1 << 53..<1 << 54, using: &generator) / (2 * step) * 2 + 1) * step
      let power = Int.random(in: 1...12, using: &generator)
      let below = Double(sign: .plus, exponent: power, significand: Double(middle / 2))
      for value in [below, below.nextUp] { try check(value, "bound") }
      // Halves, quarters and eighths: their last digit is a 5 that has to go.
      let whole = Double(Int.random(in: 1 << 50..<1 << 52, using: &generator))
      for fraction in [0.5, 0.25, 0.75, 0.125] { try check(whole + fraction, "half") }
    }
  }

  @Test("subnormal numbers read back to the same bits")
  func subnormal() throws {
    var generator = SeededGenerator(seed: 5)
    for bits in 1...2_000 { try check(Double(bitPattern: UInt64(bits)), "\(bits)") }
    for _ in 0..<50_000 {
      let pattern = generator.next() & ((1 << 52) - 1) >> (generator.next() % 52)
      try check(Double(bitPattern: pattern), "seed 5")
    }
  }

  @Test(
    "integers are written in decimal", arguments: [0, 7, -7, 10, 99, 100, 12345, Int.max, Int.min])
  func integers(value: Int) {
    let buffer = ByteBuffer()
    buffer.append(value)
    #expect(unsafe String(decoding: buffer.bytes, as: UTF8.self) == "\(value)")
  }

  /// Reads back exactly, and with the same digits and power of ten as `description`.
  private func check(_ value: Double, _ context: String) throws {
    guard value.isFinite else { return }
    let text = NumberText.text(value)
    let back = try NumberText.parse(text)
    if back.bitPattern != value.bitPattern {
      Issue.record("\(context): \(value) written as \(text), which reads as \(back)")
    }
    if significantDigits(text) != significantDigits(value.description) {
      Issue.record("\(context): \(value) written as \(text)")
    }
  }

  private func significantDigits(_ text: String) -> String {
    let digits = text.utf8.prefix { $0 != UInt8(ascii: "e") }.filter { (0x30...0x39).contains($0) }
    let trimmed = digits.drop { $0 == 0x30 }.reversed().drop { $0 == 0x30 }.reversed()
    return String(decoding: Array(trimmed), as: UTF8.self)
  }
}
