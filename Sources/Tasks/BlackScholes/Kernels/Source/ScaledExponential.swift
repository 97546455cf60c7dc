/// e^x as a mantissa near 1 and a power of two, for products that need more than a double's range.
struct ScaledExponential {
  /// e^x / 2^k, between 0.7 and 1.5, in two doubles with about 58 bits.
  let mantissa: Precise
  private let third: Vector
  private let rest: Vector

  /// Exponents beyond ±1500 count as ±1500.
  @inline(__always)
  init(_ x: Vector, low: Vector = Vector()) {
    let bounded = larger(smaller(x, Vector(repeating: 1500)), Vector(repeating: -1500))
    let (r, k, _) = reduced(bounded)
    let growth = fused(r * r, exponentialTail(r), plus: r)
    let rounded = 1 + growth
    mantissa = Precise(rounded, fused(rounded, low, plus: growth - (rounded - 1)))
    third = (k * (1.0 / 3) + roundingShift) - roundingShift
    rest = k - 2 * third
  }

  /// The product m e^x, rounded once more where it is subnormal.
  @inline(__always)
  func times(_ m: Vector) -> Vector { scaled(m * mantissa.high) }

  /// The product m 2^k, in three factors, of which at most the last rounds.
  @inline(__always)
  func scaled(_ m: Vector) -> Vector {
    let a = powerOfTwo(bits(third + roundingShift))
    return m * powerOfTwo(bits(rest + roundingShift)) * a * a
  }

  /// The quotient m / 2^k, for an m that is near 2^k or 0.
  @inline(__always)
  func unscaled(_ m: Vector) -> Vector {
    let a = powerOfTwo(bits(roundingShift - third))
    return m * a * a * powerOfTwo(bits(roundingShift - rest))
  }

  /// The product m e^x in two doubles.
  @inline(__always)
  func preciseTimes(_ m: Vector) -> Precise {
    let product = mantissa * m
    return Precise(scaled(product.high), scaled(product.low))
  }
}
