import BlackScholes
import Glibc
import VectorShims

/// Options in columns, with room for results: what the kernels work on, for tests.
struct OptionTable {
  var spot: [Double] = []
  var strike: [Double] = []
  var rate: [Double] = []
  var dividend: [Double] = []
  var volatility: [Double] = []
  var maturity: [Double] = []
  var isPut: [UInt8] = []

  var count: Int { spot.count }

  init(_ options: [EuropeanOption] = []) {
    for option in options { append(option) }
  }

  mutating func append(_ option: EuropeanOption) {
    spot.append(option.spot)
    strike.append(option.strike)
    rate.append(option.rate)
    dividend.append(option.dividend)
    volatility.append(option.volatility)
    maturity.append(option.maturity)
    isPut.append(option.isPut ? 1 : 0)
  }

  /// The values and status codes that the kernels give.
  func priced(by kernels: Kernels) -> OptionAnswers {
    var answers = OptionAnswers(count: count)
    unsafe withColumns { columns in
      unsafe answers.withResults { results in
        unsafe kernels.priceOptions(columns, count: count, into: results)
      }
    }
    return answers
  }

  /// The prices alone, by the kernel that computes nothing else.
  func pricesOnly(by kernels: Kernels) -> (prices: [Double], status: [UInt8]) {
    var prices = [Double](repeating: -1, count: count)
    var status = [UInt8](repeating: 99, count: count)
    unsafe withColumns { columns in
      unsafe prices.withUnsafeMutableBufferPointer { prices in
        unsafe status.withUnsafeMutableBufferPointer { status in
          guard let price = prices.baseAddress, let status = status.baseAddress else { return }
          unsafe kernels.priceOnly(columns, count: count, price: price, status: status)
        }
      }
    }
    return (prices, status)
  }

  /// The volatilities that give the prices.
  func impliedVolatility(
    of prices: [Double], by kernels: Kernels
  ) -> (volatility: [Double], status: [UInt8]) {
    var volatility = [Double](repeating: -1, count: count)
    var status = [UInt8](repeating: 99, count: count)
    unsafe withColumns { columns in
      unsafe prices.withUnsafeBufferPointer { prices in
        unsafe volatility.withUnsafeMutableBufferPointer { volatility in
          unsafe status.withUnsafeMutableBufferPointer { status in
            guard let price = prices.baseAddress, let sigma = volatility.baseAddress,
              let codes = status.baseAddress
            else { return }
            unsafe kernels.impliedVolatility(
              columns, count: count, price: price, volatility: sigma, status: codes)
          }
        }
      }
    }
    return (volatility, status)
  }

  private func withColumns(_ body: (OptionColumns) -> Void) {
    let all = spot + strike + rate + dividend + volatility + maturity
    let count = count
    unsafe all.withUnsafeBufferPointer { all in
      unsafe isPut.withUnsafeBufferPointer { isPut in
        guard let base = all.baseAddress, let isPut = isPut.baseAddress else { return }
        unsafe body(
          OptionColumns(
            spot: base, strike: base + count, rate: base + 2 * count, dividend: base + 3 * count,
            volatility: base + 4 * count, maturity: base + 5 * count, isPut: isPut))
      }
    }
  }
}

/// What the kernels answered, one column of `count` values after the other.
struct OptionAnswers: Equatable {
  static let names = ["price", "delta", "gamma", "vega", "theta", "rho"]

  let count: Int
  private(set) var values: [Double]
  private(set) var status: [UInt8]

  init(count: Int) {
    self.count = count
    values = [Double](repeating: -1, count: 6 * count)
    status = [UInt8](repeating: 99, count: count)
  }

  /// A value of a row: 0 for price, then in the order of `names`.
  subscript(row: Int, value: Int) -> Double { values[value * count + row] }

  func price(_ row: Int) -> Double { self[row, 0] }

  /// The bits of everything, to compare exactly.
  var bits: [UInt64] { values.map(\.bitPattern) + status.map(UInt64.init) }

  /// The bits of one row's values and its status.
  func bits(ofRow row: Int) -> [UInt64] {
    (0..<6).map { self[row, $0].bitPattern } + [UInt64(status[row])]
  }

  mutating func withResults(_ body: (OptionResults) -> Void) {
    let count = count
    unsafe values.withUnsafeMutableBufferPointer { values in
      unsafe status.withUnsafeMutableBufferPointer { status in
        guard let base = values.baseAddress, let codes = status.baseAddress else { return }
        unsafe body(
          OptionResults(
            price: base, delta: base + count, gamma: base + 2 * count, vega: base + 3 * count,
            theta: base + 4 * count, rho: base + 5 * count, status: codes))
      }
    }
  }
}

// MARK: - Random options

extension EuropeanOption {
  /// An ordinary option, or one of many kinds of extreme ones.
  static func random(extreme: Bool, using generator: inout SeededGenerator) -> EuropeanOption {
    func draw(_ range: ClosedRange<Double>) -> Double { .random(in: range, using: &generator) }
    func power(_ range: ClosedRange<Double>) -> Double { pow(10, draw(range)) }
    let spot = extreme ? power(-8...12) : draw(20...200)
    return EuropeanOption(
      spot: spot, strike: spot * (extreme ? power(-0.5...0.5) : draw(0.7...1.4)),
      rate: draw(-0.02...0.1), dividend: Bool.random(using: &generator) ? 0 : draw(0...0.06),
      volatility: extreme ? power(-6...0.7) : draw(0.08...0.8),
      maturity: extreme ? power(-8...1.7) : draw(0.05...3),
      isPut: Bool.random(using: &generator))
  }
}

/// SplitMix64 (Steele, Lea and Flood 2014): the same numbers everywhere for one seed.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
