package import BatchCore

extension SeededRandom {
  /// Mean 0, variance 1, within 3.47: the sum of four uniform numbers, close to a normal one.
  package mutating func bell() -> Double {
    (unit() + unit() + unit() + unit() - 2) * 1.7320508075688772
  }
}

extension Double {
  /// The number with some decimal places that is nearest to this one.
  package func rounded(decimals: Int) -> Double {
    var scale = 1.0
    for _ in 0..<decimals { scale *= 10 }
    return (self * scale).rounded() / scale
  }
}
