// MARK: - Writing doubles

extension NumberText {
  /// Writes the shortest text that reads back to the same number; returns its length in bytes.
  ///
  /// `100`, `0.5`, `1e-05`, `1e+16`, `-0`, `inf`, `nan`: plain from 0.0001 to below 1e16.
  /// - Parameter target: room for `largestWrite` bytes.
  @inline(__always)
  package static func write(_ value: Double, to target: UnsafeMutableRawPointer) -> Int {
    unsafe write(value, shortest(value), to: target)
  }

  /// The decimal that `write` needs; anything for zero, infinity and NaN.
  @inline(__always)
  static func shortest(_ value: Double) -> ShortestDecimal {
    ShortestDecimal(bits: value.bitPattern & Int64.max.magnitude)
  }

  /// Writes a number whose decimal is known.
  @inline(__always)
  static func write(_ value: Double, _ decimal: ShortestDecimal, to target: UnsafeMutableRawPointer)
    -> Int
  {
    let bits = value.bitPattern
    let sign = Int(bits &>> 63)
    unsafe target.storeBytes(of: UInt8(ascii: "-"), as: UInt8.self)
    let text = unsafe target + sign
    let magnitude = bits & Int64.max.magnitude
    if magnitude &- 1 >= 0x7FEF_FFFF_FFFF_FFFF {
      return unsafe sign &+ writeSpecial(magnitude, text)
    }
    return unsafe sign &+ DigitRow.write(decimal, to: text)
  }

  /// Writes `separator` and a number, `columns` times; returns the length in bytes.
  ///
  /// A NaN is written as an empty field. The decimals of all columns are found first, then written: each number
  /// is one long chain of instructions that wait for each other, and shorter chains overlap better.
  /// - Parameters:
  ///   - first: the value in the first column.
  ///   - stride: how many doubles lie between the values of neighbouring columns.
  ///   - target: room for `largestWrite` bytes and one for each column.
  package static func write(
    fields first: UnsafePointer<Double>, columns: Int, stride: Int, separator: UInt8,
    to target: UnsafeMutableRawPointer
  ) -> Int {
    var end = unsafe target
    unsafe withUnsafeTemporaryAllocation(of: ShortestDecimal.self, capacity: columns) { decimals in
      guard let decimal = decimals.baseAddress else { return }
      for column in 0..<columns {
        unsafe decimal[column] = shortest(first[column &* stride])
      }
      for column in 0..<columns {
        unsafe end.storeBytes(of: separator, as: UInt8.self)
        unsafe end += 1
        let value = unsafe first[column &* stride]
        if value == value { unsafe end += write(value, decimal[column], to: end) }
      }
    }
    return unsafe end - target
  }

  /// Zero, infinity and NaN.
  @inline(never)
  private static func writeSpecial(_ magnitude: UInt64, _ target: UnsafeMutableRawPointer) -> Int {
    if magnitude == 0 {
      unsafe target.storeBytes(of: UInt8(ascii: "0"), as: UInt8.self)
      return 1
    }
    let isInfinite = magnitude == Double.infinity.bitPattern
    let word: StaticString = isInfinite ? "inf" : "nan"
    unsafe target.copyMemory(from: word.utf8Start, byteCount: 3)
    return 3
  }
}

// MARK: - Writing integers

extension NumberText {
  /// Writes an integer in decimal; returns the length in bytes.
  ///
  /// - Parameter target: room for `largestWrite` bytes.
  static func write(_ value: Int, to target: UnsafeMutableRawPointer) -> Int {
    unsafe target.storeBytes(of: UInt8(ascii: "-"), as: UInt8.self)
    let sign = value < 0 ? 1 : 0
    return unsafe sign + writeMagnitude(value.magnitude, target + sign)
  }

  private static func writeMagnitude(_ value: UInt, _ target: UnsafeMutableRawPointer) -> Int {
    var rest = UInt64(value)
    var length = 1
    var bound: UInt64 = 10
    while rest >= bound {
      length += 1
      let (next, overflow) = bound.multipliedReportingOverflow(by: 10)
      if overflow { break }
      bound = next
    }
    var cursor = unsafe target + length
    while rest >= 10 {
      unsafe cursor -= 1
      unsafe cursor.storeBytes(of: UInt8(truncatingIfNeeded: 0x30 + rest % 10), as: UInt8.self)
      rest /= 10
    }
    unsafe target.storeBytes(of: UInt8(truncatingIfNeeded: 0x30 + rest), as: UInt8.self)
    return length
  }
}
