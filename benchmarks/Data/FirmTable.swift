package import BatchCore

/// Seeded firms with ten years of trading days each: the same rows on every machine.
///
/// Equity is a random walk with the firm's volatility, debt changes once a quarter, the rate is one
/// path for all firms. Random numbers and arithmetic need no mathematical library, whose last digits
/// differ between processors.
package struct FirmTable: Sendable {
  /// The days of every firm.
  package static let daysPerFirm = 2500

  /// Whether the table has a column of equity volatilities.
  package let hasVolatility: Bool
  private let seed: UInt64
  /// One entry per day, a comma before and behind: `,1994-01-03,`.
  private let dates: [[UInt8]]
  /// The rate of each day, per year.
  private let rates: [Double]

  package init(seed: UInt64 = 1, hasVolatility: Bool = true) {
    self.seed = seed
    self.hasVolatility = hasVolatility
    dates = TradingDay.first(Self.daysPerFirm).map { Array(",\($0),".utf8) }
    rates = Self.rates(seed: seed)
  }

  package var header: String {
    "firm,date,equity,debt,rate" + (hasVolatility ? ",equity_volatility\n" : "\n")
  }

  /// Walks in small steps between 0.2 % and 9 %.
  private static func rates(seed: UInt64) -> [Double] {
    var random = SeededRandom(seed: seed)
    var rate = 0.04
    return (0..<daysPerFirm).map { _ in
      rate = min(max(rate + 4e-4 * random.bell(), 0.002), 0.09)
      return rate.rounded(decimals: 6)
    }
  }

  // MARK: - Rows

  /// One firm's days; the rows of a firm do not depend on which others are asked for.
  package func days(of firm: Int) -> FirmDays {
    var random = SeededRandom(seed: seed &* 0x9E37_79B9 &+ UInt64(firm) &* 0xD6E8_FEB8_6659_FD93)
    let volatility = 0.12 + 0.68 * random.unit() * random.unit()
    let first = 20 / (0.001 + random.unit() * random.unit())
    let leverage = 0.05 + 3 * random.unit() * random.unit() * random.unit()
    var (equity, debt, wobble) = (first, first * leverage, 0.0)
    var days = FirmDays(capacity: Self.daysPerFirm, rate: rates)
    for day in 0..<Self.daysPerFirm {
      wobble = 0.98 * wobble + 0.02 * random.bell()
      let volatility = volatility * (1 + wobble)
      equity = min(max(equity * (1 + 0.063 * volatility * random.bell()), first / 50), first * 50)
      if day % 63 == 62 { debt *= 0.94 + 0.12 * random.unit() }
      days.equity.append(equity.rounded(decimals: 4))
      days.debt.append(debt.rounded(decimals: 3))
      days.volatility.append(volatility.rounded(decimals: 6))
    }
    return days
  }

  /// Writes the rows of some firms, without a header.
  package func append(firms: Range<Int>, to buffer: ByteBuffer) {
    for firm in firms {
      let name = Array(Self.name(of: firm).utf8)
      let days = days(of: firm)
      for day in 0..<days.count {
        buffer.append(name)
        buffer.append(dates[day])
        buffer.append(days.equity[day])
        buffer.append(UInt8(ascii: ","))
        buffer.append(days.debt[day])
        buffer.append(UInt8(ascii: ","))
        buffer.append(days.rate[day])
        if hasVolatility {
          buffer.append(UInt8(ascii: ","))
          buffer.append(days.volatility[day])
        }
        buffer.append(UInt8(ascii: "\n"))
      }
    }
  }

  private static func name(of firm: Int) -> String {
    let digits = String(firm)
    return "F" + String(repeating: "0", count: max(0, 5 - digits.count)) + digits
  }
}

/// The days of one firm, one entry per day in every column.
package struct FirmDays: Sendable {
  /// In millions.
  package fileprivate(set) var equity: [Double] = []
  /// In millions.
  package fileprivate(set) var debt: [Double] = []
  /// Per year, continuously compounded.
  package let rate: [Double]
  /// Of equity, per square root of a year.
  package fileprivate(set) var volatility: [Double] = []

  fileprivate init(capacity: Int, rate: [Double]) {
    self.rate = rate
    equity.reserveCapacity(capacity)
    debt.reserveCapacity(capacity)
    volatility.reserveCapacity(capacity)
  }

  package var count: Int { equity.count }
}
