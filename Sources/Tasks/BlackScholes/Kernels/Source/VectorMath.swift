import Glibc
import VectorShims

/// Eight rows at once.
typealias Vector = SIMD8<Double>

/// The correctly rounded square root of every lane.
@inline(__always)
func squareRoot(_ x: Vector) -> Vector { batchrun_sqrt8(x) }
