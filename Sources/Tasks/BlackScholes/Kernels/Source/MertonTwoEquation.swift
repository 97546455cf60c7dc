package import VectorShims

/// Solves both of Merton's equations for asset value and volatility, row by row.
///
/// Blocks of rows take the same steps together: a rough one, an exact one, and a last evaluation whose
/// residual decides. The few rows that need more are gathered and solved by the careful solver. No row
/// depends on another, and how rows are cut into calls does not change a bit.
///
/// - Parameters:
///   - firms: `count` rows; a row with a value out of its domain gets the status for bad input.
///   - maturity: the horizon in years, the same for all rows.
///   - results: `count` rows to fill.
package func solveTwoEquation(
  _ firms: MertonColumns, _ count: Int, maturity: Double, into results: MertonResults
) {
  var solver = unsafe TwoEquationSolver(firms, count, maturity: maturity, results: results)
  var row = 0
  while row < count {
    solver.solve(from: row)
    row &+= TwoEquationSolver.rows
  }
  solver.finish()
}

/// Rows solved in blocks, and those put aside for the careful solver.
@safe private struct TwoEquationSolver {
  /// Rows in a block: enough vectors that one's waiting is another's work.
  static var rows: Int { 8 * vectors }
  private static var vectors: Int { 8 }

  private let firms: MertonColumns
  private let count: Int
  private let maturity: Vector
  private let rootMaturity: Vector
  private let results: MertonResults
  private let block: UnsafeMutablePointer<MertonBlockRows>
  private var aside = SIMD8<Int>()
  private var asideCount = 0

  init(_ firms: MertonColumns, _ count: Int, maturity: Double, results: MertonResults) {
    unsafe self.firms = unsafe firms
    unsafe self.results = unsafe results
    self.count = count
    self.maturity = Vector(repeating: maturity)
    rootMaturity = Vector(repeating: maturity.squareRoot())
    unsafe block = UnsafeMutablePointer<MertonBlockRows>.allocate(capacity: Self.vectors)
  }

  /// Solves what was put aside and gives the memory back.
  mutating func finish() {
    if asideCount > 0 { solveAside() }
    unsafe block.deallocate()
  }

  /// Solves the block that begins at a row.
  mutating func solve(from row: Int) {
    let used = min(Self.vectors, (count &- row &+ 7) / 8)
    read(row, used)
    guess(used)
    takeRoughStep(used)
    takeStep(used)
    conclude(used)
    write(row, used)
  }

  // MARK: - Stages, each a loop over the vectors of a block

  /// Reduces rows to the two numbers that matter.
  ///
  /// Rows out of the ordinary range become not a number here, and so end with the careful solver.
  @inline(never)
  private func read(_ row: Int, _ used: Int) {
    for v in 0..<used {
      let equity = unsafe load(firms.equity, row &+ 8 &* v, count)
      let debt = unsafe load(firms.debt, row &+ 8 &* v, count)
      let rateTime = unsafe load(firms.rate, row &+ 8 &* v, count) * maturity
      let volatility = unsafe load(firms.equityVolatility, row &+ 8 &* v, count)
      let bounded = larger(smaller(rateTime, Vector(repeating: 300)), Vector(repeating: -300))
      let discounted = debt * exponentialInRange(-bounded)
      let isOrdinary =
        (equity .>= 0x1p-300) .& (equity .<= 0x1p300) .& (debt .>= 0x1p-300)
        .& (debt .<= 0x1p300) .& (rateTime .== bounded)
      let leverage = select(isOrdinary, discounted / equity, Vector(repeating: .nan))
      let reduced = MertonFirms(leverage: leverage, deviation: volatility * rootMaturity)
      unsafe block[v] = MertonBlockRows(reduced, discountedDebt: discounted)
    }
  }

  @inline(never)
  private func guess(_ used: Int) {
    for v in 0..<used { unsafe block[v].guess() }
  }

  @inline(never)
  private func takeRoughStep(_ used: Int) {
    for v in 0..<used { unsafe block[v].takeStep(rough: true) }
  }

  @inline(never)
  private func takeStep(_ used: Int) {
    for v in 0..<used { unsafe block[v].takeStep(rough: false) }
  }

  @inline(never)
  private func conclude(_ used: Int) {
    for v in 0..<used { unsafe block[v].conclude() }
  }

  @inline(never)
  private mutating func write(_ row: Int, _ used: Int) {
    for v in 0..<used {
      let first = row &+ 8 &* v
      let volatility = unsafe load(firms.equityVolatility, first, count)
      let solved = unsafe block[v]
      var values = MertonValues(
        assetValue: solved.assetValue, assetVolatility: volatility * solved.shrinkage,
        distance: solved.distance, probability: solved.probability, residual: solved.residual)
      var isSolved = solved.isSolved
      // The density that the solver uses stops there, before it leaves the range of normal numbers.
      let isFar = values.distance .> 37
      if !_fastPath(!any(isFar)) {
        let far = normalDistribution(-values.distance)
        values.probability = select(isFar, far, values.probability)
      }
      if unsafe results.residual != nil { values.residual /= solved.shrinkage }
      if let column = unsafe firms.drift {
        let drift = unsafe load(column, first, count)
        let rate = unsafe load(firms.rate, first, count)
        isSolved = isSolved .& (magnitude(drift) .<= 0x1p300)
        values.apply(
          excessDrift: (drift - rate) * maturity,
          deviation: solved.firms.deviation * solved.shrinkage)
      }
      unsafe values.write(to: results, first, count)
      let status = select(isSolved, Status.ok, Codes(repeating: Status.noSolution))
      unsafe store(status, results.status, first, count)
      if !_fastPath(all(isSolved)) { putAside(first, isSolved) }
    }
  }

  // MARK: - Rows put aside

  @inline(never)
  private mutating func putAside(_ row: Int, _ isSolved: Mask) {
    for lane in 0..<min(8, count - row) where !isSolved[lane] {
      aside[asideCount] = row + lane
      asideCount += 1
      if asideCount == 8 { solveAside() }
    }
  }

  private mutating func solveAside() {
    // Lanes without a row repeat the first one.
    for lane in asideCount..<8 { aside[lane] = aside[0] }
    let rows = unsafe MertonRows(firms, at: aside)
    let (values, status) = carefulMertonValues(rows, maturity: maturity)
    for lane in 0..<asideCount {
      let row = aside[lane]
      unsafe results.assetValue[row] = values.assetValue[lane]
      unsafe results.assetVolatility[row] = values.assetVolatility[lane]
      unsafe results.distance[row] = values.distance[lane]
      unsafe results.probability[row] = values.probability[lane]
      if let residual = unsafe results.residual { unsafe residual[row] = values.residual[lane] }
      unsafe results.status[row] = UInt8(truncatingIfNeeded: status[lane])
    }
    asideCount = 0
  }
}
