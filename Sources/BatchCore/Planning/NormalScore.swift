import Glibc

/// Scores of the normal distribution, as the planner's bands and margins need them.
package enum NormalScore {
  /// The score of the 95 % quantile: half a 90 % band.
  package static let band = 1.6449
  /// The score that one normal variable in 1,000 exceeds.
  package static let oneInThousand = 3.0902
  /// The score that one normal variable in a million exceeds.
  package static let oneInMillion = 4.7534

  /// The score below which a normal variable stays with this probability (0 < probability < 1).
  ///
  /// Abramowitz and Stegun, 26.2.23; the error is below 4.5e-4.
  package static func score(of probability: Double) -> Double {
    precondition(probability > 0 && probability < 1, "a probability strictly between 0 and 1")
    let tail = min(probability, 1 - probability)
    let t = (-2 * log(tail)).squareRoot()
    let top = 2.515517 + t * (0.802853 + t * 0.010328)
    let bottom = 1 + t * (1.432788 + t * (0.189269 + t * 0.001308))
    let score = t - top / bottom
    return probability < 0.5 ? -score : score
  }

  /// How far the largest of `count` normal variables is expected above their mean, in deviations.
  ///
  /// Blom's approximation: the score of (count − 0.375) / (count + 0.25).
  package static func expectedMaximum(of count: Double) -> Double {
    count <= 1 ? 0 : score(of: (count - 0.375) / (count + 0.25))
  }
}
