import BatchCore
import Glibc
import Testing

@Suite("Reading numbers")
struct NumberParseTests {
  /// Hard cases of rounding; the C library is the reference.
  static let hard = [
    "0", "-0", "1", "-1.5", "+2.25", "5.", ".5", "00012.500", "1e5", "1E-05", "1e+16",
    "9007199254740991", "9007199254740992", "9007199254740993", "9007199254740994",
    "9007199254740993.0000000000000000000000000000001", "9007199254740992.9999999999999999999",
    "1e22", "1e23", "8.5e22", "123456789012345678901234567890", "0.1", "0.3",
    "2.2250738585072011e-308",
    "2.2250738585072014e-308",
    "2.225073858507201136057409796709131975934819546351645648023426109724822222021076945516529523908135087914149158913039621106870086438694594645527657207407820621743379988141063267329253552286881372149012981122451451889849057222307285255133155755015914397476397983411801999323962548289017107081850690630666655994938275772572015763062690663332647565300009245888316433037779791869612049497390377829704905051080609940730262937128958950003583799967207254304360284078895771796150945516748243471030702609144621572289880258182545180325707018860872113128079512233426288368622321503775666622503982534335974568884423900265498198385487948292206894721689831099698365846814022854243330660339850886445804001034933970427567186443383770486037861622771738545623065874679014086723327636718751234567890123456789012345678901e-308",
    "4.9406564584124654e-324", "5e-324", "2.4703282292062327e-324", "2.4703282292062328e-324",
    "1.7976931348623157e308", "1.7976931348623158e308", "179769313486231570000e288", "1e-400",
    "0.000000000000000000000000000000000000001e39", "7.2057594037927933e16",
    "1.00000000000000011102230246251565404236316680908203125",
    "1.00000000000000011102230246251565404236316680908203124",
    "1.00000000000000011102230246251565404236316680908203126", "6.631236846766476e-316",
    "3.237883913302901290e-319",
    "0e999999999999999999999", "0." + String(repeating: "0", count: 400) + "1e401",
    String(repeating: "1", count: 309), "0." + String(repeating: "9", count: 1000),
  ]

  @Test("hard cases round as the C library does", arguments: hard)
  func hardCases(text: String) throws {
    #expect(try NumberText.parse(text).bitPattern == reference(text).bitPattern)
  }

  @Test(
    "a text that is not a number is rejected with its reason",
    arguments: [
      ("", .empty), ("  ", .empty), ("\t", .empty), ("abc", .notANumber), ("-", .notANumber),
      (".", .notANumber), ("e5", .notANumber), ("--5", .notANumber), ("NaN", .notFinite),
      ("-inf", .notFinite), ("Infinity", .notFinite), ("1e400", .overflow), ("-1e309", .overflow),
      ("1.7976931348623159e308", .overflow), ("0x1F", .hexadecimal), ("-0xA.8p3", .hexadecimal),
      ("1,000", .thousandsSeparator), ("12,345,678.90", .thousandsSeparator),
      ("1 000", .thousandsSeparator), ("1_000", .thousandsSeparator), ("1,0000", .trailingText),
      ("12abc", .trailingText), ("1.2.3", .trailingText), ("1e", .trailingText),
      ("1e+", .trailingText), ("1 2", .trailingText), ("5%", .trailingText), ("$5", .notANumber),
      ("1\u{0}", .trailingText), ("é", .notANumber),
    ] as [(String, NumberRejection)])
  func rejections(text: String, reason: NumberRejection) {
    #expect(throws: reason) { try NumberText.parse(text) }
  }

  @Test("blanks around a number are allowed", arguments: [" 1.5", "1.5\t", " \t1.5  "])
  func blanks(text: String) throws {
    #expect(try NumberText.parse(text) == 1.5)
  }

  @Test("random decimal texts read as the C library reads them", arguments: [1, 2, 3] as [UInt64])
  func randomTexts(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<200_000 {
      let text = randomDecimal(&generator)
      let expected = reference(text)
      let value = try? NumberText.parse(text)
      if value?.bitPattern != (expected.isInfinite ? nil : expected.bitPattern) {
        Issue.record("seed \(seed): \(text) read as \(String(describing: value)), not \(expected)")
        return
      }
    }
  }

  @Test("texts halfway between two doubles round to even", arguments: [4, 5] as [UInt64])
  func halfway(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<50_000 {
      // Integers between 2^53 and 2^63 with few trailing zero bits lie on or next to a tie.
      let bits = Int.random(in: 1...10, using: &generator)
      let base = UInt64.random(in: 1 << 52..<1 << 53, using: &generator) << UInt64(bits)
      let half = base | 1 << UInt64(bits - 1)
      for integer in [half - 1, half, half + 1] {
        #expect(try NumberText.parse("\(integer)") == Double(integer), "seed \(seed)")
      }
    }
  }

  @Test("fractions halfway between two doubles round to even", arguments: [6] as [UInt64])
  func halfwayFractions(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<50_000 {
      // (2n + 1) / 2^k with n of 53 bits, written out: (2n + 1) · 5^k / 10^k has at most 19 digits.
      let places = Int.random(in: 1...3, using: &generator)
      let odd = UInt64.random(in: 1 << 52..<1 << 53, using: &generator) * 2 + 1
      let scaled = odd * [5, 25, 125][places - 1]
      for integer in [scaled - 1, scaled, scaled + 1] {
        let text = "\(integer)e-\(places)"
        #expect(try NumberText.parse(text) == reference(text), "seed \(seed): \(text)")
      }
    }
  }

  private func reference(_ text: String) -> Double { unsafe strtod(text, nil) }

  private func randomDecimal(_ generator: inout SeededGenerator) -> String {
    var text = Bool.random(using: &generator) ? "-" : ""
    for _ in 0..<Int.random(in: 1...12, using: &generator) {
      text += String(UInt8.random(in: 0...9, using: &generator))
    }
    if Int.random(in: 0..<4, using: &generator) > 0 {
      text += "."
      for _ in 0..<Int.random(in: 0...22, using: &generator) {
        text += String(UInt8.random(in: 0...9, using: &generator))
      }
    }
    if Int.random(in: 0..<3, using: &generator) == 0 {
      text += "e" + String(Int.random(in: -345...310, using: &generator))
    }
    return text
  }
}
