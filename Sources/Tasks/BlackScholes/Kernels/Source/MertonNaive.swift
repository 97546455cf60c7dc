package import VectorShims

/// The naive distance to default of Bharath and Shumway (2008), which solves nothing.
///
/// Asset value is equity and debt at face value; debt is taken to have the volatility 5 % and a
/// quarter of the equity's. The drift is the rate unless the firms have one.
///
/// - Parameters:
///   - firms: `count` rows; a row with a value out of its domain gets the status for bad input.
///   - maturity: the horizon in years, the same for all rows.
///   - results: `count` rows to fill.
package func approximateNaive(
  _ firms: MertonColumns, _ count: Int, maturity: Double, into results: MertonResults
) {
  let years = Vector(repeating: maturity)
  for first in stride(from: 0, to: count, by: 8) {
    let rows = unsafe MertonRows(firms, first, count)
    let total = rows.equity + rows.debt
    let share = rows.debt / total
    let debtVolatility = fused(rows.equityVolatility, Vector(repeating: 0.25), plus: 0.05)
    let volatility = fused(share, debtVolatility, plus: (1 - share) * rows.equityVolatility)
    let s = volatility * squareRoot(years)
    let logRatio = logarithmOfOnePlus(rows.equity / rows.debt)
    let carry = (rows.drift ?? rows.rate) * years
    let isUnlevered = rows.debt .== 0
    let far = Vector(repeating: .infinity)
    let distance = fused(s, Vector(repeating: -0.5), plus: (logRatio + carry) / s)
    let values = MertonValues(
      assetValue: total, assetVolatility: select(isUnlevered, rows.equityVolatility, volatility),
      distance: select(isUnlevered, far, distance),
      probability: select(isUnlevered, Vector(), normalDistribution(-distance)), residual: Vector())
    let isValid = rows.isValid .& (years .> 0) .& (years .< .infinity)
    let isKnown = isValid .& (isUnlevered .| (distance .== distance)) .& (total .< .infinity)
    unsafe MertonValues(isKnown, values, MertonValues(repeating: .nan)).write(
      to: results, first, count)
    var status = select(isKnown, Status.ok, Codes(repeating: Status.noSolution))
    status = select(isUnlevered, Status.unlevered, status)
    unsafe store(select(not(isValid), Status.badInput, status), results.status, first, count)
  }
}
