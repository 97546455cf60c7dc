import BlackScholes

/// One kernel on one set of inputs, next to others that do the same.
struct KernelCase {
  let title: String
  /// What one row is, in the plural.
  let unit: String
  /// Rows per call.
  let rows: Int
  let ours: (Kernels) -> Void
  /// The same in C; nil without a compiler.
  let reference: (() -> Void)?
  /// The same in C by a formula with less to compute than the textbook's.
  var shortReference: (() -> Void)?
  /// The name by which the numba program knows the work.
  var peer: String?
  /// How many times faster than numba it is to be.
  var peerBar: Double?
  /// What is wrong with the answers of our kernels; nil when they are right.
  let checkOurs: () -> String?
  /// What is wrong with those of the C reference, against ours.
  let checkReference: () -> String?
}

/// Comparisons of two columns of answers.
enum Answers {
  /// A sentence about the row with the largest relative error, if that is above the tolerance.
  static func difference(
    _ name: String, rows: Int, tolerance: Double,
    _ values: (Int) -> (found: Double, expected: Double)
  ) -> String? {
    var (worst, worstRow) = (0.0, 0)
    for row in 0..<rows {
      let (found, expected) = values(row)
      let error = found == expected ? 0 : (found / expected - 1).magnitude
      if !(error <= worst) { (worst, worstRow) = (error, row) }
      if error.isNaN { break }
    }
    guard !(worst <= tolerance) else { return nil }
    let (found, expected) = values(worstRow)
    return "\(name) of row \(worstRow) is \(found), not \(expected)"
  }
}
