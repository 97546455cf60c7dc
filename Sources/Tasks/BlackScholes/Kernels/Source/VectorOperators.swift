import VectorShims

// The standard library's operators on masks and on integer vectors are generic: they become loops over
// lanes or use half of the widest registers. These concrete ones take precedence over them.

/// Eight rows at once.
typealias Vector = SIMD8<Double>

/// The bit patterns of eight doubles.
typealias Bits = SIMD8<UInt64>

/// One truth value for each of eight rows.
typealias Mask = SIMDMask<SIMD8<Int64>>

// MARK: - Comparisons

@inline(__always)
func .< (a: Vector, b: Vector) -> Mask { mask(batchrun_less8(a, b)) }

@inline(__always)
func .<= (a: Vector, b: Vector) -> Mask { mask(batchrun_less_equal8(a, b)) }

@inline(__always)
func .> (a: Vector, b: Vector) -> Mask { mask(batchrun_less8(b, a)) }

@inline(__always)
func .>= (a: Vector, b: Vector) -> Mask { mask(batchrun_less_equal8(b, a)) }

@inline(__always)
func .== (a: Vector, b: Vector) -> Mask { mask(batchrun_equal8(a, b)) }

@inline(__always)
func .< (a: Vector, b: Double) -> Mask { a .< Vector(repeating: b) }

@inline(__always)
func .<= (a: Vector, b: Double) -> Mask { a .<= Vector(repeating: b) }

@inline(__always)
func .> (a: Vector, b: Double) -> Mask { a .> Vector(repeating: b) }

@inline(__always)
func .>= (a: Vector, b: Double) -> Mask { a .>= Vector(repeating: b) }

@inline(__always)
func .== (a: Vector, b: Double) -> Mask { a .== Vector(repeating: b) }

// MARK: - Masks

@inline(__always)
func .& (a: Mask, b: Mask) -> Mask { mask(batchrun_and8(lanes(a), lanes(b))) }

@inline(__always)
func .| (a: Mask, b: Mask) -> Mask { mask(batchrun_or8(lanes(a), lanes(b))) }

@inline(__always)
func .^ (a: Mask, b: Mask) -> Mask { mask(batchrun_xor8(lanes(a), lanes(b))) }

/// The lanes where the mask does not hold.
@inline(__always)
func not(_ a: Mask) -> Mask { mask(batchrun_xor8(lanes(a), SIMD8(repeating: -1))) }

@inline(__always)
func any(_ a: Mask) -> Bool { batchrun_any8(lanes(a)) }

@inline(__always)
func all(_ a: Mask) -> Bool { !any(not(a)) }

/// The lanes of the first vector where the mask holds, those of the second elsewhere.
@inline(__always)
func select(_ mask: Mask, _ a: Vector, _ b: Vector) -> Vector {
  batchrun_select8(lanes(mask), a, b)
}

/// The first code where the mask holds, those of the second vector elsewhere.
@inline(__always)
func select(_ mask: Mask, _ code: Int64, _ others: Codes) -> Codes {
  batchrun_select_long8(lanes(mask), Codes(repeating: code), others)
}

/// The rows whose status is ok.
@inline(__always)
func mask(isOk codes: Codes) -> Mask { mask(batchrun_is_zero8(codes)) }

/// A mask that holds where a lane is -1; the lanes must be 0 or -1.
@inline(__always)
func mask(_ lanes: SIMD8<Int64>) -> Mask { unsafe unsafeBitCast(lanes, to: Mask.self) }

/// -1 in the lanes where the mask holds, 0 elsewhere.
@inline(__always)
func lanes(_ mask: Mask) -> SIMD8<Int64> { unsafe unsafeBitCast(mask, to: SIMD8<Int64>.self) }

// MARK: - Bit patterns

@inline(__always)
func bits(_ x: Vector) -> Bits { unsafe unsafeBitCast(x, to: Bits.self) }

@inline(__always)
func value(_ x: Bits) -> Vector { unsafe unsafeBitCast(x, to: Vector.self) }

@inline(__always)
func &+ (a: Bits, b: Bits) -> Bits { batchrun_add8(a, b) }

@inline(__always)
func &- (a: Bits, b: Bits) -> Bits { batchrun_subtract8(a, b) }
