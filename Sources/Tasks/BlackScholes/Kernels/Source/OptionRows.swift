import VectorShims

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

// MARK: - Columns

extension OptionRows {
  @inline(__always)
  init(_ columns: OptionColumns, _ first: Int) {
    spot = unsafe load(columns.spot, first)
    strike = unsafe load(columns.strike, first)
    rate = unsafe load(columns.rate, first)
    dividend = unsafe load(columns.dividend, first)
    volatility = unsafe load(columns.volatility, first)
    maturity = unsafe load(columns.maturity, first)
    isPut = unsafe loadFlags(columns.isPut, first)
  }
}
