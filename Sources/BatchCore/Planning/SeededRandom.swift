import Glibc

/// Reproducible random numbers (SplitMix64), for drawn runs and scenarios.
package struct SeededRandom: RandomNumberGenerator, Sendable {
  private var state: UInt64

  package init(seed: UInt64) {
    state = seed
  }

  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var word = state
    word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
    return word ^ (word >> 31)
  }

  /// A number in [0, 1).
  package mutating func unit() -> Double {
    Double(next() >> 11) * 0x1p-53
  }

  /// A standard normal variable (Box and Muller).
  package mutating func normal() -> Double {
    let radius = (-2 * log(max(unit(), 1e-300))).squareRoot()
    return radius * cos(2 * Double.pi * unit())
  }
}
