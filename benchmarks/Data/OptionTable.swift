package import BatchCore

/// Seeded European options, in and out of the money: the same rows on every machine.
package struct OptionTable: Sendable {
  /// How many rows are drawn from one seed.
  package static let rowsPerBlock = 10_000

  package static let header = "spot,strike,rate,volatility,maturity,type\n"

  private let seed: UInt64

  package init(seed: UInt64 = 2) { self.seed = seed }

  /// The options of a block; they do not depend on which other blocks are asked for.
  package func block(_ index: Int) -> [DrawnOption] {
    var random = SeededRandom(seed: seed &* 0x9E37_79B9 &+ UInt64(index) &* 0xD6E8_FEB8_6659_FD93)
    return (0..<Self.rowsPerBlock).map { _ in DrawnOption(&random) }
  }

  /// Writes a block of rows, without a header.
  package func append(block index: Int, to buffer: ByteBuffer) {
    for option in block(index) {
      for value in [option.spot, option.strike, option.rate, option.volatility, option.maturity] {
        buffer.append(value)
        buffer.append(UInt8(ascii: ","))
      }
      buffer.append(option.isPut ? "put\n" : "call\n")
    }
  }
}

/// An option without dividends; prices in one currency, annual rates, maturity in years.
package struct DrawnOption: Sendable {
  package let spot: Double
  package let strike: Double
  package let rate: Double
  package let volatility: Double
  package let maturity: Double
  package let isPut: Bool

  init(_ random: inout SeededRandom) {
    spot = (20 + 280 * random.unit()).rounded(decimals: 4)
    strike = (spot * (0.6 + 0.9 * random.unit())).rounded(decimals: 3)
    rate = (0.08 * random.unit()).rounded(decimals: 6)
    volatility = (0.08 + 0.72 * random.unit()).rounded(decimals: 6)
    maturity = (0.02 + 2.98 * random.unit()).rounded(decimals: 6)
    isPut = random.unit() < 0.5
  }
}
