/// The results of a block of rows as columns: one group of numbers and one status per horizon.
@safe
final class ResultBlock {
  /// The rows that fit.
  let capacity: Int
  /// Columns of `capacity` numbers each, one after the other, in the order of the output.
  let values: UnsafeMutablePointer<Double>
  /// For each horizon `capacity` status codes.
  let statuses: UnsafeMutablePointer<UInt8>
  let columnCount: Int
  let horizonCount: Int

  init(capacity: Int, columnCount: Int, horizonCount: Int) {
    self.capacity = capacity
    self.columnCount = columnCount
    self.horizonCount = horizonCount
    unsafe values = .allocate(capacity: capacity * columnCount)
    unsafe values.initialize(repeating: 0, count: capacity * columnCount)
    unsafe statuses = .allocate(capacity: capacity * horizonCount)
    unsafe statuses.initialize(repeating: 0, count: capacity * horizonCount)
  }

  deinit {
    unsafe values.deallocate()
    unsafe statuses.deallocate()
  }

  /// The numbers of one column, one per row.
  func column(_ index: Int) -> UnsafeMutablePointer<Double> {
    precondition(index < columnCount, "no such result column")
    return unsafe values + index * capacity
  }

  /// The status codes of one horizon, one per row.
  func status(horizon: Int) -> UnsafeMutablePointer<UInt8> {
    precondition(horizon < horizonCount, "no such horizon")
    return unsafe statuses + horizon * capacity
  }

  /// The worst status of a row and the first horizon that has it.
  func worst(row: Int) -> (status: RowStatus, horizon: Int) {
    var worst = unsafe statuses[row]
    var at = 0
    for horizon in 1..<max(horizonCount, 1) {
      let code = unsafe statuses[horizon * capacity + row]
      if code > worst { (worst, at) = (code, horizon) }
    }
    return (RowStatus(rawValue: worst) ?? .noSolution, at)
  }

  /// Turns results that are no answer into `no_solution`: NaN anywhere, or a value beyond the doubles.
  ///
  /// An infinite distance to default, or a gamma at the edge of the doubles, is an answer.
  /// - Parameter values: how many columns of each horizon, from the first on, must be finite.
  func rejectNonsense(count: Int, finite values: Int) {
    let perHorizon = columnCount / horizonCount
    for horizon in 0..<horizonCount {
      let status = unsafe self.status(horizon: horizon)
      for index in 0..<perHorizon {
        let column = unsafe self.column(horizon * perHorizon + index)
        // NaN fails every comparison.
        let largest = index < values ? Double.greatestFiniteMagnitude : .infinity
        for row in 0..<count where unsafe !(column[row].magnitude <= largest) {
          if unsafe status[row] < RowStatus.windowShort.rawValue {
            unsafe status[row] = RowStatus.noSolution.rawValue
          }
        }
      }
    }
  }
}
