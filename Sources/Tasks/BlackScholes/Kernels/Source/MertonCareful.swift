// Rows that the ordinary path leaves: extreme ones, those without debt or without risk, bad ones.

/// Solves eight rows of any size and kind.
@inline(never)
func carefulMertonValues(
  _ rows: MertonRows, maturity: Vector
) -> (values: MertonValues, status: Codes) {
  let isValid = rows.isValid .& (maturity .> 0) .& (maturity .< .infinity)
  let isUnlevered = rows.debt .== 0
  let isRiskless = rows.equityVolatility .== 0
  let needsRoot = isValid .& not(isUnlevered .| isRiskless)
  let one = Vector(repeating: 1)
  let rootMaturity = squareRoot(maturity)
  let root = MertonRoot(
    equity: select(needsRoot, rows.equity, one), debt: select(needsRoot, rows.debt, one),
    rateTime: select(needsRoot, rows.rate * maturity, Vector()),
    deviation: select(needsRoot, rows.equityVolatility * rootMaturity, one))

  var values = MertonValues(
    assetValue: root.assetValue, assetVolatility: root.deviation / rootMaturity,
    distance: root.x, probability: normalDistribution(-root.x), residual: root.residual)
  if let drift = rows.drift {
    values.apply(excessDrift: (drift - rows.rate) * maturity, deviation: root.deviation)
  }
  values = MertonValues(isRiskless, MertonValues(riskless: rows, maturity: maturity), values)
  values = MertonValues(isUnlevered, MertonValues(unlevered: rows), values)

  let isKnown = isUnlevered .| (isRiskless .& (values.assetValue .< .infinity))
  let hasAnswer = isValid .& (isKnown .| root.isFound)
  var status = select(hasAnswer, Status.ok, Codes(repeating: Status.noSolution))
  status = select(isUnlevered, Status.unlevered, status)
  status = select(not(isValid), Status.badInput, status)
  return (MertonValues(hasAnswer, values, MertonValues(repeating: .nan)), status)
}

extension MertonRows {
  /// Positive equity, no negative debt or volatility, everything finite.
  var isValid: Mask {
    let ordinary =
      (equity .> 0) .& (equity .< .infinity) .& (debt .>= 0) .& (debt .< .infinity)
      .& (equityVolatility .>= 0) .& (equityVolatility .< .infinity)
      .& (magnitude(rate) .< .infinity)
    guard let drift else { return ordinary }
    return ordinary .& (magnitude(drift) .< .infinity)
  }
}

extension MertonValues {
  /// No debt: assets are equity, and nothing can default.
  fileprivate init(unlevered rows: MertonRows) {
    self.init(
      assetValue: rows.equity, assetVolatility: rows.equityVolatility,
      distance: Vector(repeating: .infinity), probability: Vector(), residual: Vector())
  }

  /// Equity without risk: assets are worth E + F, grow at the drift and meet the debt or do not.
  ///
  /// At the risk-free rate they meet it, since E is positive.
  fileprivate init(riskless rows: MertonRows, maturity: Vector) {
    let value = rows.equity + rows.debt * exponential(-rows.rate * maturity)
    var defaults = Vector(repeating: 1) .< 0
    if let drift = rows.drift {
      defaults = logarithm(value) - logarithm(rows.debt) + drift * maturity .< 0
    }
    let far = Vector(repeating: .infinity)
    self.init(
      assetValue: value, assetVolatility: Vector(), distance: select(defaults, -far, far),
      probability: select(defaults, Vector(repeating: 1), Vector()), residual: Vector())
  }
}
