import VectorShims

// Reading and writing eight rows of a column at an offset; the last rows of a call may be fewer. Missing
// lanes repeat the last row, so that no lane holds a value that no row has.

/// Eight rows of a column from the row `first` on, of which only those below `count` exist.
@inline(__always)
func load(_ column: UnsafePointer<Double>, _ first: Int, _ count: Int) -> Vector {
  if _fastPath(first &+ 8 <= count) {
    return unsafe UnsafeRawPointer(column + first).loadUnaligned(as: Vector.self)
  }
  var rows = Vector()
  unsafe loadLast(column, first, count, &rows)
  return rows
}

@inline(never)
private func loadLast(
  _ column: UnsafePointer<Double>, _ first: Int, _ count: Int, _ rows: inout Vector
) {
  for lane in 0..<8 { rows[lane] = unsafe column[min(first + lane, count - 1)] }
}

/// Writes those of eight rows of a column that lie below `count`.
@inline(__always)
func store(_ rows: Vector, _ column: UnsafeMutablePointer<Double>, _ first: Int, _ count: Int) {
  if _fastPath(first &+ 8 <= count) {
    unsafe UnsafeMutableRawPointer(column + first).storeBytes(of: rows, as: Vector.self)
  } else {
    for lane in 0..<(count - first) { unsafe column[first + lane] = rows[lane] }
  }
}

/// The rows of a column of flags that are not 0.
@inline(__always)
func loadFlags(_ column: UnsafePointer<UInt8>, _ first: Int, _ count: Int) -> Mask {
  var bytes = SIMD8<UInt8>()
  if _fastPath(first &+ 8 <= count) {
    bytes = unsafe UnsafeRawPointer(column + first).loadUnaligned(as: SIMD8<UInt8>.self)
  } else {
    bytes = unsafe loadLast(column, first, count)
  }
  return mask(batchrun_flags8(bytes))
}

@inline(never)
private func loadLast(_ column: UnsafePointer<UInt8>, _ first: Int, _ count: Int) -> SIMD8<UInt8> {
  var rows = SIMD8<UInt8>()
  for lane in 0..<8 { rows[lane] = unsafe column[min(first + lane, count - 1)] }
  return rows
}

/// Writes those of eight status codes that lie below `count`.
@inline(__always)
func store(_ codes: Codes, _ column: UnsafeMutablePointer<UInt8>, _ first: Int, _ count: Int) {
  let bytes = batchrun_narrow8(codes)
  if _fastPath(first &+ 8 <= count) {
    unsafe UnsafeMutableRawPointer(column + first).storeBytes(of: bytes, as: SIMD8<UInt8>.self)
  } else {
    for lane in 0..<(count - first) { unsafe column[first + lane] = bytes[lane] }
  }
}

// MARK: - Whole blocks

/// Eight rows of a column from the row `first` on, all of which exist.
@inline(__always)
func load(_ column: UnsafePointer<Double>, _ first: Int) -> Vector {
  unsafe UnsafeRawPointer(column + first).loadUnaligned(as: Vector.self)
}

/// Writes eight rows of a column, all of which exist.
@inline(__always)
func store(_ rows: Vector, _ column: UnsafeMutablePointer<Double>, _ first: Int) {
  unsafe UnsafeMutableRawPointer(column + first).storeBytes(of: rows, as: Vector.self)
}

/// The rows of a column of flags that are not 0, all of which exist.
@inline(__always)
func loadFlags(_ column: UnsafePointer<UInt8>, _ first: Int) -> Mask {
  mask(
    batchrun_flags8(
      unsafe UnsafeRawPointer(column + first).loadUnaligned(as: SIMD8<UInt8>.self)))
}

/// Writes eight status codes, all of whose rows exist.
@inline(__always)
func store(_ codes: Codes, _ column: UnsafeMutablePointer<UInt8>, _ first: Int) {
  unsafe UnsafeMutableRawPointer(column + first).storeBytes(
    of: batchrun_narrow8(codes), as: SIMD8<UInt8>.self)
}

// MARK: - Status

/// The status codes of eight rows, as wide as the numbers beside them.
typealias Codes = SIMD8<Int64>

/// What became of a row, as every kernel reports it.
enum Status {
  static var ok: Int64 { 0 }
  static var unlevered: Int64 { 1 }
  static var windowShort: Int64 { 2 }
  static var noSolution: Int64 { 3 }
  static var outOfBounds: Int64 { 4 }
  static var badInput: Int64 { 5 }
}
