// The difference of the Mills ratio R at two places x = a - t and y = a + t, without its cancellation.
//
// With R = P/Q it is (y - x) B / (Q(x) Q(y)), where B = (P(x) Q(y) - P(y) Q(x)) / (y - x). B is a symmetric
// polynomial of x and y, so one of s = x + y and p = x y. All coefficients of P, Q and B are positive
// (tools/fit-kernels.py): what cancellation is left comes from a negative p, which is at least -0.64.

/// Lanes whose difference R(a - t) - R(a + t) is to be had without cancellation; elsewhere there is little.
@inline(__always)
func isSmoothDifference(_ a: Vector, _ t: Vector) -> Mask { (t .<= 0.8) .& (a - t .>= -0.6) }

/// The difference R(a - t) - R(a + t) in the smooth lanes, without cancellation; unspecified elsewhere.
///
/// The fit is exact to 4e-18. For a up to 1.5 the two doubles are within 1.5 ulp of a double, a quarter on
/// average; beyond, where a volatility takes the less of it, within 5 ulp.
@inline(__always)
func smoothDifference(_ centre: Vector, _ halfWidth: Vector) -> Precise {
  let a = smaller(centre, Vector(repeating: 1e10))
  let t = smaller(halfWidth, Vector(repeating: 0.8))
  let (squareA, squareT) = (Precise(product: a, a), Precise(product: t, t))
  var p = exactSum(squareA.high, -squareT.high)
  p.low = p.low + (squareA.low - squareT.low)
  let shifted = exactSum(a, Vector(repeating: 0.5))
  var x = exactSum(shifted.high, -t)
  x.low = x.low + shifted.low
  let top = differenceNumerator(s: 2 * a, p: p) * (2 * t)
  let bottom = shiftedDenominator(x) * denominator(exactSum(a, t))
  let inverse = 1 / bottom.high
  let ratio = top.high * inverse
  let left =
    fused(-ratio, bottom.high, plus: top.high) + fused(-ratio, bottom.low, plus: top.low)
  return Precise(ratio, left * inverse)
}

/// The sum x y + c in two doubles, of which c has two as well: most of the rounding of a polynomial is
/// that of its last step.
@inline(__always)
private func lastStep(_ x: Vector, _ y: Vector, _ c: Double, _ cLow: Double) -> Precise {
  let product = Precise(product: x, y)
  let sum = exactSum(Vector(repeating: c), product.high)
  return Precise(sum.high, sum.low + (product.low + cLow))
}

@inline(__always)
private func differenceNumerator(s: Vector, p: Precise) -> Precise {
  var constant = fused(s, Vector(repeating: 114009842.78880721), plus: 4649786978.0339155)
  constant = fused(constant, s, plus: 92658834761.41351)
  constant = fused(constant, s, plus: 1184506168097.616)
  constant = fused(constant, s, plus: 10764739643249.273)
  constant = fused(constant, s, plus: 73011875220919.83)
  constant = fused(constant, s, plus: 378068655759167.5)
  constant = fused(constant, s, plus: 1503924177912310.8)
  constant = fused(constant, s, plus: 4559576481449177)
  constant = fused(constant, s, plus: 1.02827815413676e16)
  constant = fused(constant, s, plus: 1.6409996549559976e16)
  constant = fused(constant, s, plus: 1.6710459981377766e16)
  let last = lastStep(constant, s, 8274939297350264, -0.39647829626910747)
  var first = fused(s, Vector(repeating: 210710512.39512265), plus: 7266945996.294879)
  first = fused(first, s, plus: 121734116314.95953)
  first = fused(first, s, plus: 1293925104070.4028)
  first = fused(first, s, plus: 9619116989715.861)
  first = fused(first, s, plus: 52155614573067.46)
  first = fused(first, s, plus: 209051752940603.56)
  first = fused(first, s, plus: 614615927107963.8)
  first = fused(first, s, plus: 1284763202048040.2)
  first = fused(first, s, plus: 1784498332085693.8)
  first = fused(first, s, plus: 1422352861468117.2)
  first = fused(first, s, plus: 433957874847207.56)
  var second = fused(s, Vector(repeating: 193438638.23609748), plus: 5635542173.375839)
  second = fused(second, s, plus: 79559003436.25581)
  second = fused(second, s, plus: 707430821927.7146)
  second = fused(second, s, plus: 4348315756756.5913)
  second = fused(second, s, plus: 19177163548070.227)
  second = fused(second, s, plus: 61157885960775.305)
  second = fused(second, s, plus: 138860752319002.17)
  second = fused(second, s, plus: 214933266299762.97)
  second = fused(second, s, plus: 206389898907110.8)
  second = fused(second, s, plus: 95698936284195.12)
  var third = fused(s, Vector(repeating: 114915639.51560898), plus: 2801846412.70914)
  third = fused(third, s, plus: 33054303045.301258)
  third = fused(third, s, plus: 243492084903.0175)
  third = fused(third, s, plus: 1220922262203.73)
  third = fused(third, s, plus: 4287719277571.891)
  third = fused(third, s, plus: 10481775856166.166)
  third = fused(third, s, plus: 17105545828150.63)
  third = fused(third, s, plus: 16796795381259.3)
  third = fused(third, s, plus: 7459107445691.256)
  var fourth = fused(s, Vector(repeating: 48789481.725779705), plus: 980317142.4244828)
  fourth = fused(fourth, s, plus: 9518870595.035599)
  fourth = fused(fourth, s, plus: 57031449168.041824)
  fourth = fused(fourth, s, plus: 227556502688.2223)
  fourth = fused(fourth, s, plus: 613565108128.3666)
  fourth = fused(fourth, s, plus: 1084605558847.804)
  fourth = fused(fourth, s, plus: 1143947516945.7224)
  fourth = fused(fourth, s, plus: 550232891018.4198)
  var fifth = fused(s, Vector(repeating: 15519921.66340288), plus: 251446581.09148535)
  fifth = fused(fifth, s, plus: 1965847763.6953022)
  fifth = fused(fifth, s, plus: 9315057320.064804)
  fifth = fused(fifth, s, plus: 28418741198.48689)
  fifth = fused(fifth, s, plus: 55218680505.412025)
  fifth = fused(fifth, s, plus: 62777794487.3683)
  fifth = fused(fifth, s, plus: 32014658372.37522)
  var sixth = fused(s, Vector(repeating: 3782822.7796030296), plus: 47968252.70070297)
  sixth = fused(sixth, s, plus: 292863087.9370701)
  sixth = fused(sixth, s, plus: 1052603077.9989334)
  sixth = fused(sixth, s, plus: 2301642716.6621637)
  sixth = fused(sixth, s, plus: 2865528243.094394)
  sixth = fused(sixth, s, plus: 1572716310.4410744)
  var seventh = fused(s, Vector(repeating: 711140.9501254595), plus: 6773012.774949362)
  seventh = fused(seventh, s, plus: 30921080.43972765)
  seventh = fused(seventh, s, plus: 78899071.76534998)
  seventh = fused(seventh, s, plus: 109832396.33303928)
  seventh = fused(seventh, s, plus: 65685422.96883144)
  var eighth = fused(s, Vector(repeating: 102370.81742049224), plus: 690136.438477315)
  eighth = fused(eighth, s, plus: 2205963.3476574817)
  eighth = fused(eighth, s, plus: 3543629.5583016486)
  eighth = fused(eighth, s, plus: 2353282.0179005535)
  var ninth = fused(s, Vector(repeating: 11022.062027240077), plus: 47992.86015518388)
  ninth = fused(ninth, s, plus: 95801.62258260701)
  ninth = fused(ninth, s, plus: 72356.96497431611)
  var tenth = fused(s, Vector(repeating: 844.9042356634224), plus: 2025.0131134316707)
  tenth = fused(tenth, s, plus: 1925.4825190532554)
  let eleventh = fused(s, Vector(repeating: 41.58196832317784), plus: 38.251618302920974)
  let twelfth = Vector(repeating: 1)
  var sum = fused(twelfth, p.high, plus: eleventh)
  sum = fused(sum, p.high, plus: tenth)
  sum = fused(sum, p.high, plus: ninth)
  sum = fused(sum, p.high, plus: eighth)
  sum = fused(sum, p.high, plus: seventh)
  sum = fused(sum, p.high, plus: sixth)
  sum = fused(sum, p.high, plus: fifth)
  sum = fused(sum, p.high, plus: fourth)
  sum = fused(sum, p.high, plus: third)
  sum = fused(sum, p.high, plus: second)
  sum = fused(sum, p.high, plus: first)
  let product = Precise(product: sum, p.high)
  let total = exactSum(last.high, product.high)
  return Precise(total.high, total.low + fused(sum, p.low, plus: last.low + product.low))
}

@inline(__always)
private func denominator(_ place: Precise) -> Precise {
  let z = place.high
  var q = z + 41.58196832317784
  q = fused(q, z, plus: 845.9042356634219)
  q = fused(q, z, plus: 11063.643995563383)
  q = fused(q, z, plus: 103213.72165613764)
  q = fused(q, z, plus: 722079.8482175774)
  q = fused(q, z, plus: 3883513.788466937)
  q = fused(q, z, plus: 16209434.312528463)
  q = fused(q, z, plus: 52375937.81387672)
  q = fused(q, z, plus: 129120425.07628125)
  q = fused(q, z, plus: 235624325.3417588)
  q = fused(q, z, plus: 300912030.2849974)
  q = fused(q, z, plus: 240703584.80280334)
  let last = lastStep(q, z, 90966693.34075117, 7.80733092902242e-10)
  // The slope near 0 is enough for what the low part changes.
  var slope = fused(z, Vector(repeating: 516481700.305125), plus: 706872976.0252764)
  slope = fused(slope, z, plus: 601824060.5699948)
  slope = fused(slope, z, plus: 240703584.80280334)
  return Precise(last.high, fused(slope, place.low, plus: last.low))
}

/// Q(w - 0.5), whose coefficients are positive as well: it does not cancel where Q's argument is negative.
@inline(__always)
private func shiftedDenominator(_ place: Precise) -> Precise {
  let w = place.high
  var q = w + 35.08196832317784
  q = fused(q, w, plus: 615.9124257243549)
  q = fused(q, w, plus: 7061.523176746998)
  q = fused(q, w, plus: 58427.86828980539)
  q = fused(q, w, plus: 365883.5442494863)
  q = fused(q, w, plus: 1774607.6642129747)
  q = fused(q, w, plus: 6721535.431484826)
  q = fused(q, w, plus: 19813059.29991267)
  q = fused(q, w, plus: 44762482.437111765)
  q = fused(q, w, plus: 75156904.0876447)
  q = fused(q, w, plus: 88622783.99268249)
  q = fused(q, w, plus: 65660848.31631835)
  let last = lastStep(q, w, 23048708.249561224, -1.316696405182289e-09)
  var slope = fused(w, Vector(repeating: 179049929.74844706), plus: 225470712.26293412)
  slope = fused(slope, w, plus: 177245567.98536497)
  slope = fused(slope, w, plus: 65660848.31631835)
  return Precise(last.high, fused(slope, place.low, plus: last.low))
}

// MARK: - Coarse slope

/// Two numbers whose quotient is (R(a - t) - R(a + t)) / (2t) to 2e-7, for t ≥ 0 and a - t ≥ -0.75.
///
/// A fit of lower degree; a up to 10¹⁰.
@inline(__always)
func coarseMillsSlope(_ a: Vector, _ t: Vector) -> (top: Vector, bottom: Vector) {
  let (x, y) = (a - t, a + t)
  return (coarseNumerator(s: 2 * a, p: x * y), coarseDenominator(x) * coarseDenominator(y))
}

@inline(__always)
private func coarseNumerator(s: Vector, p: Vector) -> Vector {
  var constant = fused(s, Vector(repeating: 640.4180057515937), plus: 8356.790817824862)
  constant = fused(constant, s, plus: 49593.485128382104)
  constant = fused(constant, s, plus: 164979.34752202162)
  constant = fused(constant, s, plus: 307344.5750717377)
  constant = fused(constant, s, plus: 261100.19329155513)
  var first = fused(s, Vector(repeating: 644.1876238188132), plus: 5436.605639578861)
  first = fused(first, s, plus: 19169.627429627293)
  first = fused(first, s, plus: 31094.932126126176)
  first = fused(first, s, plus: 16320.348149431118)
  var second = fused(s, Vector(repeating: 313.59602201578014), plus: 1679.6275507782923)
  second = fused(second, s, plus: 3564.0583038959826)
  second = fused(second, s, plus: 2916.955353894102)
  var third = fused(s, Vector(repeating: 87.4866366885745), plus: 256.80586344392333)
  third = fused(third, s, plus: 239.780069174726)
  let fourth = fused(s, Vector(repeating: 13.846856245419014), plus: 15.76123597121529)
  let fifth = Vector(repeating: 0.9999999857279493)
  var sum = fused(fifth, p, plus: fourth)
  sum = fused(sum, p, plus: third)
  sum = fused(sum, p, plus: second)
  sum = fused(sum, p, plus: first)
  sum = fused(sum, p, plus: constant)
  return sum
}

@inline(__always)
private func coarseDenominator(_ z: Vector) -> Vector {
  var q = z + 13.84684748440324
  q = fused(q, z, plus: 88.48743517188092)
  q = fused(q, z, plus: 327.4162123475052)
  q = fused(q, z, plus: 730.1258767537297)
  q = fused(q, z, plus: 921.6901289284075)
  q = fused(q, z, plus: 510.9796413758603)
  return q
}
