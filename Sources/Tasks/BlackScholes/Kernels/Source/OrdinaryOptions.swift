import VectorShims

// Ordinary rows are priced in blocks, a stage at a time: each stage is a short loop, of which the processor
// keeps several turns in flight, where one loop over everything would wait for its own results.

/// The textbook formula for a block of rows, in stages that hand over columns of intermediate values.
///
/// One exponential serves both distribution values, as spot · n(d1) and strike · n(d2) are equal once
/// discounted.
@safe
struct OrdinaryBlock {
  /// Eight rows each, at most.
  static var vectors: Int { 32 }

  /// The size of the memory that a block works in.
  static var capacity: Int { 10 * vectors }

  private let logRatio: UnsafeMutablePointer<Vector>
  private let d1: UnsafeMutablePointer<Vector>
  private let d2: UnsafeMutablePointer<Vector>
  private let ratio1: UnsafeMutablePointer<Vector>
  private let ratio2: UnsafeMutablePointer<Vector>
  private let deviation: UnsafeMutablePointer<Vector>
  private let rootTime: UnsafeMutablePointer<Vector>
  private let rateDiscount: UnsafeMutablePointer<Vector>
  private let yieldDiscount: UnsafeMutablePointer<Vector>
  private let density: UnsafeMutablePointer<Vector>

  @inline(__always)
  init(_ memory: UnsafeMutablePointer<Vector>) {
    unsafe logRatio = memory
    unsafe d1 = memory + Self.vectors
    unsafe d2 = memory + 2 * Self.vectors
    unsafe ratio1 = memory + 3 * Self.vectors
    unsafe ratio2 = memory + 4 * Self.vectors
    unsafe deviation = memory + 5 * Self.vectors
    unsafe rootTime = memory + 6 * Self.vectors
    unsafe rateDiscount = memory + 7 * Self.vectors
    unsafe yieldDiscount = memory + 8 * Self.vectors
    unsafe density = memory + 9 * Self.vectors
  }

  // MARK: - Stages

  /// The distances d1 and d2; true if every row is ordinary.
  @inline(__always)
  func prepare(_ columns: OptionColumns, _ first: Int, size: Int, greeks: Bool) -> Bool {
    for i in 0..<size {
      let row = first &+ 8 &* i
      unsafe logRatio[i] = logarithmOfRatio(load(columns.spot, row), load(columns.strike, row))
    }
    var isOrdinary = Mask(repeating: true)
    for i in 0..<size {
      let rows = unsafe OptionRows(columns, first &+ 8 &* i)
      let distances = unsafe OptionDistances(rows, logRatio: logRatio[i])
      isOrdinary = isOrdinary .& distances.isOrdinary
      unsafe d1[i] = distances.d1
      unsafe d2[i] = distances.d2
      if greeks {
        unsafe deviation[i] = distances.deviation
        unsafe rootTime[i] = distances.rootTime
      }
    }
    return all(isOrdinary)
  }

  /// The discount factors, the density at d1, and the Mills ratios at both distances.
  @inline(__always)
  func evaluate(_ columns: OptionColumns, _ first: Int, size: Int) {
    var paysDividend = Mask(repeating: false)
    for i in 0..<size {
      let row = first &+ 8 &* i
      let maturity = unsafe load(columns.maturity, row)
      unsafe rateDiscount[i] = exponentialInRange(-load(columns.rate, row) * maturity)
      let dividend = unsafe load(columns.dividend, row)
      unsafe yieldDiscount[i] = Vector(repeating: 1)
      paysDividend = paysDividend .| not(dividend .== 0)
    }
    if any(paysDividend) {
      for i in 0..<size {
        let row = first &+ 8 &* i
        let maturity = unsafe load(columns.maturity, row)
        unsafe yieldDiscount[i] = exponentialInRange(-load(columns.dividend, row) * maturity)
      }
    }
    for i in 0..<size {
      unsafe density[i] = inverseRootTwoPi * exponentialInRange(-0.5 * d1[i] * d1[i])
      unsafe (ratio1[i], ratio2[i]) = millsRatios(magnitude(d1[i]), magnitude(d2[i]))
    }
  }

  /// The values of eight rows of the block, from what the stages before left.
  @inline(__always)
  func values(_ rows: OptionRows, _ i: Int) -> OptionValues {
    let density = unsafe density[i]
    let yieldDiscount = unsafe yieldDiscount[i]
    let presentStrike = unsafe rows.strike * rateDiscount[i]
    let core = rows.spot * yieldDiscount * density
    let tail1 = unsafe density * ratio1[i]
    let tail2 = unsafe core * ratio2[i]
    let above1 = unsafe (d1[i] .> 0) .^ rows.isPut
    let above2 = unsafe (d2[i] .> 0) .^ rows.isPut
    let weight1 = select(above1, 1 - tail1, tail1) * yieldDiscount
    let weight2 = select(above2, presentStrike - tail2, tail2)
    let weightedSpot = rows.spot * weight1
    let sign = select(rows.isPut, Vector(repeating: -1), Vector(repeating: 1))

    var values = OptionValues()
    values.price = sign * (weightedSpot - weight2)
    values.delta = sign * weight1
    let root = unsafe rootTime[i]
    let scale = unsafe rows.spot * deviation[i]
    let inverse = 0.5 / (scale * root)
    values.gamma = (2 * root * inverse) * (yieldDiscount * density)
    values.vega = core * root
    let decay = core * (rows.volatility * scale * inverse)
    values.theta = fused(sign, rows.dividend * weightedSpot - rows.rate * weight2, plus: -decay)
    values.rho = sign * rows.maturity * weight2
    return values
  }
}

// MARK: - Distances

/// The distances of eight options from the money, and whether the textbook formula is accurate for them.
///
/// What cancels in the formula grows with |h| / v, and the rounding of log(S/K) + (r-q)T is magnified by
/// it, where h = (d1 + d2) / 2 and v = σ√T: rows with little of it are ordinary, good to about 1e-13.
struct OptionDistances {
  let d1: Vector
  let d2: Vector
  let deviation: Vector
  let rootTime: Vector
  let isOrdinary: Mask

  @inline(__always)
  init(_ rows: OptionRows, logRatio: Vector) {
    let (spot, strike) = (rows.spot, rows.strike)
    let carry = (rows.rate - rows.dividend) * rows.maturity
    rootTime = squareRoot(rows.maturity)
    let v = rows.volatility * rootTime
    let h = (logRatio + carry) / v
    let t = 0.5 * v
    deviation = v
    d1 = h + t
    d2 = h - t
    let size = magnitude(h)
    let logSize = magnitude(logRatio)
    let cancels = (1 + size) * (1 + logSize + magnitude(carry))
    let growth =
      logSize + magnitude(rows.rate * rows.maturity) + magnitude(rows.dividend * rows.maturity)
    // With the logarithm small, the sum bounds both prices; it is not positive if one of them is not.
    let sum = spot + strike
    isOrdinary =
      (cancels .<= 1024 * v)
      .& (fused(size + t, Vector(repeating: 5.5), plus: growth) .<= 200)
      .& (sum .>= 0x1p-300) .& (sum .<= 0x1p300)
  }
}
