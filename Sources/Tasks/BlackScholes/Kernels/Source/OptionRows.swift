package import VectorShims

/// Eight European options.
struct OptionRows {
  var spot: Vector
  var strike: Vector
  var rate: Vector
  var dividend: Vector
  var volatility: Vector
  var maturity: Vector
  var isPut: Mask
}

/// Prices and sensitivities of eight options.
struct OptionValues {
  var price = Vector()
  var delta = Vector()
  var gamma = Vector()
  var vega = Vector()
  var theta = Vector()
  var rho = Vector()

  @inline(__always)
  init() {}

  /// The lanes of the first values where the mask holds, those of the second elsewhere.
  @inline(__always)
  init(_ mask: Mask, _ a: OptionValues, _ b: OptionValues) {
    price = select(mask, a.price, b.price)
    delta = select(mask, a.delta, b.delta)
    gamma = select(mask, a.gamma, b.gamma)
    vega = select(mask, a.vega, b.vega)
    theta = select(mask, a.theta, b.theta)
    rho = select(mask, a.rho, b.rho)
  }
}

// MARK: - Entry points

/// Prices and sensitivities of European options under Black-Scholes-Merton.
///
/// A row of bad input gets values that are not numbers and the status for it.
package func priceOptions(_ columns: OptionColumns, _ count: Int, into results: OptionResults) {
  var first = 0
  while first < count {
    let rows = unsafe OptionRows(columns, first, count)
    var (values, isOrdinary) = ordinaryOptionValues(rows)
    var status = Codes()
    if _slowPath(!all(isOrdinary)) {
      let (careful, code) = carefulOptionValues(rows)
      values = OptionValues(isOrdinary, values, careful)
      status = select(isOrdinary, Status.ok, code)
    }
    unsafe store(values.price, results.price, first, count)
    unsafe store(values.delta, results.delta, first, count)
    unsafe store(values.gamma, results.gamma, first, count)
    unsafe store(values.vega, results.vega, first, count)
    unsafe store(values.theta, results.theta, first, count)
    unsafe store(values.rho, results.rho, first, count)
    unsafe store(status, results.status, first, count)
    first &+= 8
  }
}

/// Prices of European options, with the bytes that `priceOptions` gives.
package func priceOnly(
  _ columns: OptionColumns, _ count: Int, price: UnsafeMutablePointer<Double>,
  status: UnsafeMutablePointer<UInt8>
) {
  var first = 0
  while first < count {
    let rows = unsafe OptionRows(columns, first, count)
    let (values, isOrdinary) = ordinaryOptionValues(rows)
    var prices = values.price
    var codes = Codes()
    if _slowPath(!all(isOrdinary)) {
      let (careful, code) = carefulOptionValues(rows)
      prices = select(isOrdinary, prices, careful.price)
      codes = select(isOrdinary, Status.ok, code)
    }
    unsafe store(prices, price, first, count)
    unsafe store(codes, status, first, count)
    first &+= 8
  }
}

extension OptionRows {
  @inline(__always)
  fileprivate init(_ columns: OptionColumns, _ first: Int, _ count: Int) {
    spot = unsafe load(columns.spot, first, count)
    strike = unsafe load(columns.strike, first, count)
    rate = unsafe load(columns.rate, first, count)
    dividend = unsafe load(columns.dividend, first, count)
    volatility = unsafe load(columns.volatility, first, count)
    maturity = unsafe load(columns.maturity, first, count)
    isPut = unsafe loadFlags(columns.isPut, first, count)
  }
}

// MARK: - Ordinary rows

/// The textbook formula, and the rows for which it is accurate to about 1e-13.
///
/// One exponential serves both distribution values, as spot · n(d1) and strike · n(d2) are equal once
/// discounted. What cancels in the formula grows with |h| / v, and the rounding of log(S/K) + (r-q)T
/// is magnified by it, where h = (d1 + d2) / 2 and v = σ√T: rows with much of it are not ordinary.
@inline(__always)
private func ordinaryOptionValues(_ rows: OptionRows) -> (OptionValues, Mask) {
  let (spot, strike, maturity) = (rows.spot, rows.strike, rows.maturity)
  let logRatio = logarithmOfRatio(spot, strike)
  let carry = (rows.rate - rows.dividend) * maturity
  let rootTime = squareRoot(maturity)
  let v = rows.volatility * rootTime
  let h = (logRatio + carry) / v
  let t = 0.5 * v
  let (d1, d2) = (h + t, h - t)
  let rateTime = rows.rate * maturity
  let yieldTime = rows.dividend * maturity
  let size = magnitude(h)
  let isOrdinary =
    ((1 + size) * (1 + magnitude(logRatio) + magnitude(carry)) .<= 1024 * v)
    .& (size + t .<= 36) .& (magnitude(rateTime) .<= 300) .& (magnitude(yieldTime) .<= 300)
    .& (spot .>= 0x1p-300) .& (spot .<= 0x1p300) .& (strike .>= 0x1p-300) .& (strike .<= 0x1p300)

  let rateDiscount = exponentialInRange(-rateTime)
  let yieldDiscount = discount(yieldTime)
  let presentStrike = strike * rateDiscount
  let density = inverseRootTwoPi * exponentialInRange(-0.5 * d1 * d1)
  let sign = select(rows.isPut, Vector(repeating: -1), Vector(repeating: 1))
  let core = spot * yieldDiscount * density
  let tail1 = density * millsRatio(magnitude(d1))
  let tail2 = core * millsRatio(magnitude(d2))
  let weight1 = select((d1 .> 0) .^ rows.isPut, 1 - tail1, tail1) * yieldDiscount
  let weight2 = select((d2 .> 0) .^ rows.isPut, presentStrike - tail2, tail2)
  let weightedSpot = spot * weight1

  var values = OptionValues()
  values.price = sign * (weightedSpot - weight2)
  values.delta = sign * weight1
  values.gamma = yieldDiscount * density / (spot * v)
  values.vega = core * rootTime
  let decay = core * (rows.volatility / (2 * rootTime))
  values.theta = fused(sign, rows.dividend * weightedSpot - rows.rate * weight2, plus: -decay)
  values.rho = sign * maturity * weight2
  return (values, isOrdinary)
}

/// e^-x, skipping the work where no lane pays a dividend; it is 1 there either way.
@inline(__always)
private func discount(_ x: Vector) -> Vector {
  if all(x .== 0) { return Vector(repeating: 1) }
  return exponentialInRange(-x)
}
