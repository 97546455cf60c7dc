// The slope -R'(z) = 1 - z R(z) of the Mills ratio, without the cancellation of the formula on the right:
// a quotient of polynomials in w = z + 0.6 with positive coefficients (tools/fit-kernels.py), exact to
// 2e-17 for z ≥ -0.6, and within a few ulp as computed.

/// The slope -R'(z) of the Mills ratio for z in -0.6 ... 10¹⁰.
@inline(__always)
func millsSlope(_ z: Vector) -> Vector { slopeNumerator(z + 0.6) / slopeDenominator(z + 0.6) }

/// The sum of the slopes at two places, at the price of one division.
@inline(__always)
private func slopeSum(_ a: Vector, _ b: Vector) -> Vector {
  let (bottomA, bottomB) = (slopeDenominator(a + 0.6), slopeDenominator(b + 0.6))
  let top = fused(slopeNumerator(a + 0.6), bottomB, plus: slopeNumerator(b + 0.6) * bottomA)
  return top / (bottomA * bottomB)
}

@inline(__always)
private func slopeNumerator(_ w: Vector) -> Vector {
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
  return p
}

@inline(__always)
private func slopeDenominator(_ w: Vector) -> Vector {
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
  return q
}

// MARK: - Difference

/// Lanes whose difference R(a - t) - R(a + t) quadrature gives without cancellation.
@inline(__always)
func isSmoothDifference(_ a: Vector, _ t: Vector) -> Mask { (t .<= 0.8) .& (a - t .>= -0.6) }

/// The difference R(a - t) - R(a + t) in the smooth lanes, without cancellation; unspecified elsewhere.
///
/// The integral of the slope by Gauss-Legendre quadrature with ten nodes, exact to 2e-17 there.
@inline(__always)
func smoothDifference(_ centre: Vector, _ halfWidth: Vector) -> Vector {
  let a = smaller(centre, Vector(repeating: 1e10))
  let t = smaller(halfWidth, Vector(repeating: 0.8))
  let first = t * 0.14887433898163122
  let second = t * 0.4333953941292472
  let third = t * 0.6794095682990244
  let fourth = t * 0.8650633666889845
  let fifth = t * 0.9739065285171717
  var sum = 0.06667134430868814 * slopeSum(a - fifth, a + fifth)
  sum = fused(slopeSum(a - fourth, a + fourth), Vector(repeating: 0.1494513491505806), plus: sum)
  sum = fused(slopeSum(a - third, a + third), Vector(repeating: 0.21908636251598204), plus: sum)
  sum = fused(slopeSum(a - second, a + second), Vector(repeating: 0.26926671930999635), plus: sum)
  sum = fused(slopeSum(a - first, a + first), Vector(repeating: 0.29552422471475287), plus: sum)
  return t * sum
}
