import VectorShims

/// The search for the volatility of eight options.
///
/// With the time value divided by √(discounted forward value of spot and strike), b, and a = |x| / v,
/// t = v / 2, the equation is b = n(a) n(t) √(2π) (R(a - t) - R(a + t)). A first guess is within 0.2 %
/// for ordinary options; the logarithm of b as a function of log v is concave and bends the same for all of
/// them, so one step of Householder's method of the fourth order is mostly enough, in arithmetic that is
/// good to seven digits: the correction has the others. Where b is more than half of its ceiling, the
/// equation for the room that is left is solved instead, by Halley's method.
struct VolatilitySearch {
  static var stepLimit: Int { 40 }

  let target: VolatilityTarget
  private let x: Vector
  private let logValue: Vector
  private var logRoom = Vector()
  private let isHigh: Mask
  /// More than v can be where b is at most half of its ceiling: there t - a is at most 0.675.
  private let most: Vector
  private(set) var v: Vector
  private(set) var isSearching: Mask

  @inline(__always)
  init(_ target: VolatilityTarget) {
    let one = Vector(repeating: 1)
    self.target = target
    x = magnitude(target.x.high)
    let scale =
      0.5 * target.x.high + target.rows.dividend * target.rows.maturity
      - coarseLogarithm(target.rows.spot)
    logValue = coarseLogarithm(select(target.isOpen, target.timeValue, one)) + scale
    most = 0.7 + squareRoot(fused(x, Vector(repeating: 2), plus: 0.49))
    isSearching = target.isOpen
    isHigh = target.isOpen .& (logValue .> -0.6931471805599453 - 0.5 * x)
    v = smaller(guessedVolatility(x: x, logValue: logValue), most)
    if any(isHigh) {
      logRoom = logarithm(select(isHigh, target.room, one)) + scale
      // A lower bound, which is on the safe side of the root.
      let value = exponentialInRange(larger(smaller(logValue, one), Vector(repeating: -700)))
      v = select(isHigh, larger(squareRoot(2 * x), rootTwoPi * value), v)
    }
  }

  /// One step of every lane that is still searching.
  @inline(__always)
  mutating func step() {
    var (next, isClose) = valueStep()
    if any(isHigh .& isSearching) {
      let room = roomStep()
      next = select(isHigh, room.next, next)
      isClose = (isHigh .& room.isClose) .| (not(isHigh) .& isClose)
    }
    v = select(isSearching, next, v)
    isSearching = isSearching .& not(isClose)
  }

  /// Householder's step on log b as a function of log v, whose derivatives follow from those of b in v.
  @inline(__always)
  private func valueStep() -> (next: Vector, isClose: Mask) {
    let a = x / v
    let t = 0.5 * v
    let (squareA, squareT) = (a * a, t * t)
    let (top, bottom) = coarseMillsSlope(smaller(a, Vector(repeating: 1e10)), t)
    // The elasticity, the slope of log b in log v, and its inverse at the price of one division.
    let inverse = 1 / (top * bottom)
    let elasticity = bottom * bottom * inverse
    let slope = top * top * inverse
    let height =
      coarseLogarithmInRange(inverseRootTwoPi * v * slope) - 0.5 * (squareA + squareT)
    let newton = (logValue - height) * slope
    // The second and third derivatives over the first.
    let second = 1 + (squareA - squareT) - elasticity
    let third = fused(second, second - elasticity, plus: -2 * (squareA + squareT))
    let faster = larger(fused(0.5 * second, newton, plus: 1), Vector(repeating: 0.25))
    let bend = fused(third * (1.0 / 6), newton, plus: second)
    let slower = larger(fused(bend, newton, plus: 1), Vector(repeating: 0.1))
    let one = Vector(repeating: 1)
    let step = larger(smaller(newton * faster / slower, one), -one)
    var growth = fused(step, Vector(repeating: 1.0 / 24), plus: 1.0 / 6)
    growth = fused(growth, step, plus: 0.5)
    growth = fused(growth, step, plus: 1)
    growth = fused(growth, step, plus: 1)
    return (smaller(v * growth, most), magnitude(step) .<= 0x1p-5)
  }

  /// Halley's step on the logarithm of the room left to the ceiling of b.
  @inline(__always)
  private func roomStep() -> (next: Vector, isClose: Mask) {
    let a = x / v
    let t = 0.5 * v
    let far = Vector(repeating: 1e10)
    let (inner, outer) = millsRatios(smaller(magnitude(a - t), far), smaller(a + t, far))
    let sum = inner + outer
    let height = logarithmInRange(inverseRootTwoPi * sum) - 0.5 * fused(a, a, plus: t * t)
    let straight = (height - logRoom) * sum
    let curvature = (a - t) * (a + t) / v + 1 / sum
    let bounded = smaller(
      larger(fused(0.5 * straight, curvature, plus: 1), Vector(repeating: 0.5)),
      Vector(repeating: 3))
    let next = v + straight / bounded
    return (next, magnitude(next - v) .<= 0x1p-7 * v)
  }
}

// MARK: - Guess

/// A first guess of v for options below half of the ceiling, within 0.2 % for v up to 1.4 and b down to
/// 1e-20.
///
/// With b ≈ v n(a) exp(-t² / 2) (-R'(a)), which holds for small v, x / (b √(2π)) is a exp(a² / 2) / -R'(a)
/// but for a factor that depends on t. The inverse of that function of a, and what v has to be multiplied
/// with in the end, are fitted by tools/fit-kernels.py.
@inline(__always)
private func guessedVolatility(x given: Vector, logValue: Vector) -> Vector {
  let x = larger(given, Vector(repeating: 1e-300))
  let ratio = coarseLogarithmInRange(x) - logValue - 0.9189385332046727
  let bounded = larger(smaller(ratio, Vector(repeating: 40)), Vector(repeating: -700))
  let power = exponentialInRange(bounded)
  let w = select(ratio .> 40, ratio, coarseLogarithmInRange(1 + power))
  var top = fused(w, Vector(repeating: 0.0037440384081073017), plus: 0.5159237295239186)
  top = fused(top, w, plus: 1)
  var bottom = fused(w, Vector(repeating: 0.05226857902899133), plus: 1.2556064322250875)
  bottom = fused(bottom, w, plus: 1)
  let a = select(ratio .< -10, power, w * top / bottom)
  let v = x / a
  let square = smaller(v * v, Vector(repeating: 4))
  var slowed = fused(a, Vector(repeating: 7.412903073586006), plus: 5.152326803728152)
  slowed = fused(slowed, a, plus: fused(square, Vector(repeating: -2.524106370008661), plus: 24))
  return fused(v, square / slowed, plus: v)
}
