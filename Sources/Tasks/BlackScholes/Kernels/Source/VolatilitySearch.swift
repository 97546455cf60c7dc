/// The search for the volatility of eight options, and its end.
///
/// With the time value divided by √(discounted forward value of spot and strike), b, and a = |x| / v,
/// t = v / 2, the equation is b = n(a) n(t) √(2π) (R(a - t) - R(a + t)). It bends the other way at
/// a = t, so each lane is solved, by Halley's method, in the form that is nearly straight for it:
/// log b in 1/v² below, b in v above, and log of the room left to b's ceiling in v where that is small.
/// Each starts at the bend, or at a lower bound of v if that is higher, on the safe side of its root.
struct VolatilitySearch {
  static var stepLimit: Int { 40 }

  let target: VolatilityTarget
  private let x: Vector
  private let logValue: Vector
  private let value: Vector
  private var logRoom = Vector()
  private let ceiling: Vector
  private let isLow: Mask
  private let isHigh: Mask
  private(set) var v: Vector
  private(set) var isSearching: Mask

  @inline(__always)
  init(_ target: VolatilityTarget) {
    let one = Vector(repeating: 1)
    self.target = target
    x = magnitude(target.x.high)
    let scale =
      0.5 * target.x.high + target.rows.dividend * target.rows.maturity
      - logarithm(target.rows.spot)
    logValue = logarithm(select(target.isOpen, target.timeValue, one)) + scale
    value = exponentialInRange(larger(smaller(logValue, one), Vector(repeating: -700)))
    ceiling = exponentialInRange(larger(-0.5 * x, Vector(repeating: -700)))
    v = larger(squareRoot(2 * x), rootTwoPi * value)
    let start = NormalisedValue(x: x, v: v)
    var height = logarithmInRange(inverseRootTwoPi * start.difference) + start.exponent
    isLow = height .> logValue
    isHigh = not(isLow) .& (value .> 0.5 * ceiling)
    isSearching = target.isOpen
    if any(isHigh) {
      logRoom = logarithm(select(target.isOpen, target.room, one)) + scale
      let roomHeight = logarithmInRange(inverseRootTwoPi * start.sum) + start.exponent
      height = select(isHigh, roomHeight, height)
    }
    advance(start, height)
  }

  /// One step of every lane that is still searching.
  @inline(__always)
  mutating func step() {
    let now = NormalisedValue(x: x, v: v)
    let ratio = select(isHigh, now.sum, now.difference)
    advance(now, logarithmInRange(inverseRootTwoPi * ratio) + now.exponent)
  }

  /// Halley's step from a place where the logarithm of b, or of the room in the high lanes, is known.
  @inline(__always)
  private mutating func advance(_ now: NormalisedValue, _ height: Vector) {
    let distance = height - select(isHigh, logRoom, logValue)
    let bend = (now.a - now.t) * (now.a + now.t) / v

    let straight = select(isHigh, distance * now.sum, aboveTheBend(now))
    let curvature = select(isHigh, bend + 1 / now.sum, bend)
    let bounded = smaller(larger(fused(0.5 * straight, curvature, plus: 1), half), three)
    let above = v + straight / bounded

    let cube = v * v * v
    let inverseStep = 2 * distance * now.difference / cube
    let lowBend = fused(-0.5 * cube, bend - 1 / now.difference, plus: -1.5 * v * v)
    let slowed = larger(fused(0.5 * inverseStep, lowBend, plus: 1), third)
    let below = v / squareRoot(fused(v * v, inverseStep / slowed, plus: 1))

    let next = select(isLow, below, above)
    let isClose = magnitude(next - v) .<= 0x1p-7 * v
    v = select(isSearching, next, v)
    isSearching = isSearching .& not(isClose)
  }

  /// Newton's step on b itself, whose slope is n(a) n(t) √(2π).
  @inline(__always)
  private func aboveTheBend(_ now: NormalisedValue) -> Vector {
    let slope = rootTwoPi * exponentialInRange(smaller(-now.exponent, Vector(repeating: 700)))
    let whole = fused(ceiling, slope, plus: -now.sum)
    return fused(value, slope, plus: -select(now.isDirect, now.difference, whole))
  }

  private var half: Vector { Vector(repeating: 0.5) }
  private var third: Vector { Vector(repeating: 0.3) }
  private var three: Vector { Vector(repeating: 3) }
}

/// What one step needs of the normalised time value at v.
struct NormalisedValue {
  let a: Vector
  let t: Vector
  /// -(a² + t²) / 2.
  let exponent: Vector
  /// R(|a - t|) + R(a + t).
  let sum: Vector
  /// R(a - t) - R(a + t) where that is the time value over its slope.
  let difference: Vector
  /// Lanes where `difference` holds it: a ≥ t, or v so small that cancellation matters more.
  let isDirect: Mask

  @inline(__always)
  init(x: Vector, v: Vector) {
    a = x / v
    t = 0.5 * v
    exponent = -0.5 * fused(a, a, plus: t * t)
    let (inner, outer) = millsRatios(
      smaller(magnitude(a - t), Vector(repeating: 1e10)), smaller(a + t, Vector(repeating: 1e10)))
    sum = inner + outer
    let isTiny = t .< 0x1p-10
    let direct = inner - outer
    if _slowPath(any(isTiny)) {
      difference = select(isTiny, 2 * t * millsSlope(a), direct)
    } else {
      difference = direct
    }
    isDirect = isTiny .| (a .>= t)
  }
}
