internal import CFFmpeg

/// A fraction of two whole numbers: seconds per tick, frames per second, the shape of a pixel.
package struct Rational: Sendable, Equatable, CustomStringConvertible {
  package var numerator: Int32
  package var denominator: Int32

  package init(_ numerator: Int32, _ denominator: Int32) {
    self.numerator = numerator
    self.denominator = denominator
  }

  init(_ value: AVRational) { self.init(value.num, value.den) }

  /// Seconds in ticks of a microsecond, as the libraries count the time of a whole file.
  package static let microseconds = Rational(1, 1_000_000)

  /// Whether it stands for a number above zero.
  package var isPositive: Bool { numerator > 0 && denominator > 0 }

  package var value: Double {
    denominator == 0 ? 0 : Double(numerator) / Double(denominator)
  }

  package var description: String { "\(numerator)/\(denominator)" }

  /// The fraction in lowest terms, made a little coarser when it does not fit otherwise.
  static func reduced(_ numerator: Int64, _ denominator: Int64) -> Rational {
    var result = Rational(0, 1)
    _ = unsafe av_reduce(
      &result.numerator, &result.denominator, numerator, denominator, Int64(UInt16.max))
    return result
  }

  var raw: AVRational { AVRational(num: numerator, den: denominator) }

  /// The same time in ticks of another length, rounded to the nearest, halves away from zero.
  package func convert(_ ticks: Int64, to other: Rational) -> Int64 {
    av_rescale_q(ticks, raw, other.raw)
  }

  /// So many ticks in seconds.
  package func seconds(_ ticks: Int64) -> Double { Double(ticks) * value }
}
