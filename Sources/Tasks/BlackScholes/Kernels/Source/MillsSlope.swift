/// The slope -R'(z) = 1 - z R(z) of the Mills ratio within a few ulp for z in -0.6 ... 10²⁰.
///
/// A quotient of polynomials in z + 0.6 with positive coefficients (tools/fit-kernels.py), exact to
/// 2e-17; the formula on the left loses all its digits to cancellation for large z.
@inline(__always)
func millsSlope(_ z: Vector) -> Vector {
  let w = z + 0.6
  var p = w + 30.61786899413082
  p = fused(p, w, plus: 482.38419404034084)
  p = fused(p, w, plus: 5044.9922669425205)
  p = fused(p, w, plus: 38477.773131536036)
  p = fused(p, w, plus: 223398.02689689066)
  p = fused(p, w, plus: 1005318.3686112)
  p = fused(p, w, plus: 3510014.029842724)
  p = fused(p, w, plus: 9357522.86110343)
  p = fused(p, w, plus: 18292450.77398938)
  p = fused(p, w, plus: 23940093.404431067)
  p = fused(p, w, plus: 16326399.887061851)
  var q = w + 29.417868994130814
  q = fused(q, w, plus: 449.00275124738874)
  q = fused(q, w, plus: 4569.007273912947)
  q = fused(q, w, plus: 34038.59330339885)
  q = fused(q, w, plus: 193984.96592238662)
  q = fused(q, w, plus: 863446.8213885126)
  q = fused(q, w, plus: 3021689.3536101608)
  q = fused(q, w, plus: 8275981.727268745)
  q = fused(q, w, plus: 17455455.12005408)
  q = fused(q, w, plus: 27473029.836670067)
  q = fused(q, w, plus: 30475108.998588763)
  q = fused(q, w, plus: 21307103.044027824)
  q = fused(q, w, plus: 7077599.9860859625)
  return p / q
}

/// The difference R(a - t) - R(a + t) without cancellation, for a ≥ 0 and t in 0 ... 0.45.
///
/// The integral of the slope by Gauss-Legendre quadrature with eight nodes, exact to 4e-17 there.
@inline(never)
func millsDifference(_ a: Vector, _ t: Vector) -> Vector {
  let first = t * 0.1834346424956498
  let second = t * 0.525532409916329
  let third = t * 0.7966664774136267
  let fourth = t * 0.9602898564975363
  var sum = 0.10122853629037626 * (millsSlope(a - fourth) + millsSlope(a + fourth))
  sum = fused(
    millsSlope(a - third) + millsSlope(a + third), Vector(repeating: 0.22238103445337448), plus: sum
  )
  sum = fused(
    millsSlope(a - second) + millsSlope(a + second), Vector(repeating: 0.31370664587788727),
    plus: sum)
  sum = fused(
    millsSlope(a - first) + millsSlope(a + first), Vector(repeating: 0.362683783378362), plus: sum)
  return t * sum
}

/// Lanes whose difference R(a - t) - R(a + t) quadrature gives without cancellation.
@inline(__always)
func isSmoothDifference(_ a: Vector, _ t: Vector) -> Mask {
  (t .<= 0.45) .| ((t .<= 0.9) .& (a - t .>= -0.6))
}

/// The difference R(a - t) - R(a + t) in the smooth lanes, without cancellation; unspecified elsewhere.
@inline(__always)
func smoothDifference(_ a: Vector, _ t: Vector, _ isSmooth: Mask) -> Vector {
  let whole = millsDifference(a, smaller(t, Vector(repeating: 0.45)))
  let isWide = isSmooth .& (t .> 0.45)
  if !any(isWide) { return whole }
  let half = smaller(0.5 * t, Vector(repeating: 0.45))
  let parts = millsDifference(larger(a - half, half - 0.6), half) + millsDifference(a + half, half)
  return select(isWide, parts, whole)
}
