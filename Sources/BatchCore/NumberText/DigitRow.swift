import CText

/// Seventeen decimal digits in three registers, and where the point goes.
struct DigitRow {
  /// The power of ten of the first digit.
  private let exponent: Int
  /// How many digits come before the trailing zeros, at least one.
  private let count: Int
  /// The digits in ASCII: the first, the next eight, the last eight; first digit in the lowest byte.
  private let first: UInt64
  private let second: UInt64
  private let third: UInt64

  @inline(__always)
  init(_ decimal: ShortestDecimal) {
    let upper = decimal.digits / 100_000_000
    let lower = decimal.digits &- upper &* 100_000_000
    let leading = UInt64(UInt32(truncatingIfNeeded: upper) / 100_000_000)
    let digits = text_sixteen_digits(upper &- leading &* 100_000_000, lower)
    let (second, third) = (digits.upper, digits.lower)
    let (last, places) = lower == 0 ? (second, 9) : (third, 17)
    // Counted from the other end, since baseline x86-64 is slow at counting leading zeros.
    count = places &- last.byteSwapped.trailingZeroBitCount &>> 3
    exponent = decimal.exponent
    first = leading | 0x30
    self.second = second | EightDigits.zeros
    self.third = third | EightDigits.zeros
  }
}

// MARK: - Placing the point

extension DigitRow {
  /// Writes a number, plain from 0.0001 to below 1e16; returns its length. Touches up to 32 bytes.
  @inline(__always)
  static func write(_ decimal: ShortestDecimal, to target: UnsafeMutableRawPointer) -> Int {
    if UInt(bitPattern: decimal.exponent) < 7 {
      return unsafe DigitRow(decimal).writeEarlyPoint(target)
    }
    if UInt(bitPattern: decimal.exponent &+ 4) < 4 {
      return unsafe DigitRow(decimal).writeFraction(target)
    }
    return unsafe writeRare(decimal, target)
  }

  @inline(never)
  private static func writeRare(
    _ decimal: ShortestDecimal, _ target: UnsafeMutableRawPointer
  ) -> Int {
    let row = DigitRow(decimal)
    return unsafe UInt(bitPattern: row.exponent) < 16
      ? row.writeLatePoint(target) : row.writeScientific(target)
  }

  /// The 17 digits without a point.
  @inline(__always)
  private func storeDigits(_ target: UnsafeMutableRawPointer) {
    unsafe target.storeBytes(of: UInt8(truncatingIfNeeded: first), as: UInt8.self)
    unsafe target.storeBytes(of: second, toByteOffset: 1, as: UInt64.self)
    unsafe target.storeBytes(of: third, toByteOffset: 9, as: UInt64.self)
  }

  /// One to seven digits before the point: all 17 go one byte late, then the first word is put right.
  @inline(__always)
  private func writeEarlyPoint(_ target: UnsafeMutableRawPointer) -> Int {
    let whole = exponent &+ 1
    unsafe target.storeBytes(of: second, toByteOffset: 2, as: UInt64.self)
    unsafe target.storeBytes(of: third, toByteOffset: 10, as: UInt64.self)
    let bits = UInt64(truncatingIfNeeded: whole &* 8)
    let word = first | second &<< 8
    let before = (1 &<< bits) &- 1
    let point = UInt64(0x2E) &<< bits
    let after = (word & ~before) &<< 8
    unsafe target.storeBytes(of: word & before | point | after, as: UInt64.self)
    return count > whole ? count &+ 1 : whole
  }

  /// More digits before the point than one word holds.
  private func writeLatePoint(_ target: UnsafeMutableRawPointer) -> Int {
    let whole = exponent &+ 1
    unsafe storeDigits(target)
    guard count > whole else { return whole }
    let tail = unsafe (target + whole).loadUnaligned(as: UInt64.self)
    let lastTail = unsafe (target + whole + 8).loadUnaligned(as: UInt64.self)
    unsafe target.storeBytes(of: 0x2E, toByteOffset: whole, as: UInt8.self)
    unsafe target.storeBytes(of: tail, toByteOffset: whole + 1, as: UInt64.self)
    unsafe target.storeBytes(of: lastTail, toByteOffset: whole + 9, as: UInt64.self)
    return count &+ 1
  }

  /// `0.05`: zeros first, then the digits over them.
  @inline(__always)
  private func writeFraction(_ target: UnsafeMutableRawPointer) -> Int {
    unsafe target.storeBytes(of: 0x3030_3030_3030_2E30, as: UInt64.self)
    let zeros = 1 &- exponent
    unsafe storeDigits(target + zeros)
    return zeros &+ count
  }

  /// `1.5e-07`, the exponent with at least two digits.
  private func writeScientific(_ target: UnsafeMutableRawPointer) -> Int {
    unsafe storeDigits(target + 1)
    unsafe target.storeBytes(of: UInt8(truncatingIfNeeded: first), as: UInt8.self)
    unsafe target.storeBytes(of: 0x2E, toByteOffset: 1, as: UInt8.self)
    var length = count > 1 ? count &+ 1 : 1
    let size = exponent.magnitude
    unsafe target.storeBytes(of: 0x65, toByteOffset: length, as: UInt8.self)
    unsafe target.storeBytes(
      of: exponent < 0 ? 0x2D : 0x2B, toByteOffset: length &+ 1, as: UInt8.self)
    length &+= 2
    if size >= 100 {
      unsafe target.storeBytes(of: UInt8(0x30 + size / 100), toByteOffset: length, as: UInt8.self)
      length &+= 1
    }
    let (tens, ones) = (UInt8(0x30 + size / 10 % 10), UInt8(0x30 + size % 10))
    unsafe target.storeBytes(of: tens, toByteOffset: length, as: UInt8.self)
    unsafe target.storeBytes(of: ones, toByteOffset: length &+ 1, as: UInt8.self)
    return length &+ 2
  }
}
