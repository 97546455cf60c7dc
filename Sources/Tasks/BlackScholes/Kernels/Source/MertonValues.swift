import VectorShims

/// What is found for eight firms.
struct MertonValues {
  var assetValue: Vector
  var assetVolatility: Vector
  /// The distance to default, d2 unless a drift moved it.
  var distance: Vector
  var probability: Vector
  /// The larger relative error of the two equations at the last evaluation.
  var residual: Vector

  /// The lanes of the first values where the mask holds, those of the second elsewhere.
  @inline(__always)
  init(_ mask: Mask, _ a: MertonValues, _ b: MertonValues) {
    assetValue = select(mask, a.assetValue, b.assetValue)
    assetVolatility = select(mask, a.assetVolatility, b.assetVolatility)
    distance = select(mask, a.distance, b.distance)
    probability = select(mask, a.probability, b.probability)
    residual = select(mask, a.residual, b.residual)
  }

  /// The same value for everything, such as not a number.
  @inline(__always)
  init(repeating value: Double) {
    assetValue = Vector(repeating: value)
    assetVolatility = Vector(repeating: value)
    distance = Vector(repeating: value)
    probability = Vector(repeating: value)
    residual = Vector(repeating: value)
  }

  @inline(__always)
  init(
    assetValue: Vector, assetVolatility: Vector, distance: Vector, probability: Vector,
    residual: Vector
  ) {
    self.assetValue = assetValue
    self.assetVolatility = assetVolatility
    self.distance = distance
    self.probability = probability
    self.residual = residual
  }

  /// Moves the distance by the excess drift over the horizon, (μ - r) T, and takes its probability.
  @inline(__always)
  mutating func apply(excessDrift: Vector, deviation: Vector) {
    distance += excessDrift / deviation
    probability = normalDistribution(-distance)
  }

  @inline(__always)
  func write(to results: MertonResults, _ first: Int, _ count: Int) {
    unsafe store(assetValue, results.assetValue, first, count)
    unsafe store(assetVolatility, results.assetVolatility, first, count)
    unsafe store(distance, results.distance, first, count)
    unsafe store(probability, results.probability, first, count)
    if let column = unsafe results.residual { unsafe store(residual, column, first, count) }
  }
}

/// Eight firms as they stand in the columns.
struct MertonRows {
  var equity: Vector
  var equityVolatility: Vector
  var debt: Vector
  var rate: Vector
  var drift: Vector?

  @inline(__always)
  init(_ firms: MertonColumns, _ first: Int, _ count: Int) {
    equity = unsafe load(firms.equity, first, count)
    equityVolatility = unsafe load(firms.equityVolatility, first, count)
    debt = unsafe load(firms.debt, first, count)
    rate = unsafe load(firms.rate, first, count)
    drift = nil
    if let column = unsafe firms.drift { drift = unsafe load(column, first, count) }
  }

  /// The rows of eight indices.
  init(_ firms: MertonColumns, at rows: SIMD8<Int>) {
    equity = unsafe Self.gather(firms.equity, rows)
    equityVolatility = unsafe Self.gather(firms.equityVolatility, rows)
    debt = unsafe Self.gather(firms.debt, rows)
    rate = unsafe Self.gather(firms.rate, rows)
    drift = nil
    if let column = unsafe firms.drift { drift = unsafe Self.gather(column, rows) }
  }

  private static func gather(_ column: UnsafePointer<Double>, _ rows: SIMD8<Int>) -> Vector {
    var values = Vector()
    for lane in 0..<8 { values[lane] = unsafe column[rows[lane]] }
    return values
  }
}
