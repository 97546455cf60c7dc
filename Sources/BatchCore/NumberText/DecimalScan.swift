import CText

/// The parts of a decimal number found at the start of a text.
@safe
struct DecimalScan {
  let isNegative: Bool
  /// The first digits as an integer, at most 19 of them.
  let significand: UInt64
  /// The power of ten that the significand is multiplied by.
  let exponent: Int
  /// Whether digits other than zero may follow those of the significand.
  let isTruncated: Bool
  /// One past the last byte of the number.
  let end: UnsafePointer<UInt8>

  /// Fails when no number begins at `start`.
  @inline(__always)
  init?(_ start: UnsafePointer<UInt8>, _ limit: UnsafePointer<UInt8>) {
    var cursor = unsafe start
    var negative = false
    if unsafe cursor < limit, unsafe cursor[0] == 0x2D || cursor[0] == 0x2B {
      negative = unsafe cursor[0] == 0x2D
      unsafe cursor += 1
    }
    var value: UInt64 = 0
    let first = unsafe cursor
    unsafe Self.digits(&cursor, limit, &value)
    var digitCount = unsafe cursor - first
    var scale = 0
    if unsafe cursor < limit, unsafe cursor[0] == 0x2E {
      unsafe cursor += 1
      let fraction = unsafe cursor
      unsafe Self.digits(&cursor, limit, &value)
      scale = unsafe fraction - cursor
      digitCount -= scale
    }
    if digitCount == 0 { return nil }
    let lastDigit = unsafe cursor
    scale += unsafe Self.exponent(&cursor, limit)
    isNegative = negative
    unsafe end = cursor
    if digitCount <= 19 {
      (significand, exponent, isTruncated) = (value, scale, false)
    } else {
      (significand, exponent, isTruncated) = unsafe Self.leading(first, lastDigit, scale)
    }
  }

  @inline(__always)
  private static func digits(
    _ cursor: inout UnsafePointer<UInt8>, _ limit: UnsafePointer<UInt8>, _ value: inout UInt64
  ) {
    while unsafe limit - cursor >= 8 {
      let word = unsafe UnsafeRawPointer(cursor).loadUnaligned(as: UInt64.self)
      guard EightDigits.isDigits(word) else { break }
      value = value &* 100_000_000 &+ EightDigits.value(word)
      unsafe cursor += 8
    }
    while unsafe cursor < limit {
      let digit = unsafe cursor[0] &- 0x30
      guard digit < 10 else { break }
      value = value &* 10 &+ UInt64(digit)
      unsafe cursor += 1
    }
  }

  /// Reads `e+12` if it is there and whole; leaves the cursor where it was if not.
  @inline(__always)
  private static func exponent(
    _ cursor: inout UnsafePointer<UInt8>, _ limit: UnsafePointer<UInt8>
  ) -> Int {
    guard unsafe cursor < limit, unsafe cursor[0] | 0x20 == 0x65 else { return 0 }
    var next = unsafe cursor + 1
    var negative = false
    if unsafe next < limit, unsafe next[0] == 0x2D || next[0] == 0x2B {
      negative = unsafe next[0] == 0x2D
      unsafe next += 1
    }
    guard unsafe next < limit, NumberText.isDigit(unsafe next[0]) else { return 0 }
    var value = 0
    while unsafe next < limit, NumberText.isDigit(unsafe next[0]) {
      // Far beyond any double even after a field of gigabytes of zeros, and far from overflow.
      if value < 1_000_000_000_000_000 { value = unsafe value * 10 + Int(next[0] &- 0x30) }
      unsafe next += 1
    }
    unsafe cursor = next
    return negative ? -value : value
  }

  /// The first 19 significant digits of more than 19 digits.
  @inline(never)
  private static func leading(
    _ first: UnsafePointer<UInt8>, _ last: UnsafePointer<UInt8>, _ scale: Int
  ) -> (UInt64, Int, Bool) {
    var value: UInt64 = 0
    var (taken, dropped) = (0, 0)
    var cursor = unsafe first
    while unsafe cursor < last {
      let digit = unsafe cursor[0] &- 0x30
      unsafe cursor += 1
      guard digit < 10 else { continue }
      if taken == 19 {
        dropped += 1
      } else if taken > 0 || digit > 0 {
        value = value * 10 + UInt64(digit)
        taken += 1
      }
    }
    return (value, scale + dropped, dropped > 0)
  }
}

// MARK: - The double

extension DecimalScan {
  /// The nearest double, ties to even; infinite when there is none.
  ///
  /// - Parameter start: the first byte of the number, for the rare case that needs all its digits.
  @inline(__always)
  func value(from start: UnsafePointer<UInt8>) -> Double {
    if !isTruncated, let exact = DecimalToBinary.exact(significand, exponent) {
      return isNegative ? -exact : exact
    }
    return unsafe inexact(from: start)
  }

  @inline(never)
  private func inexact(from start: UnsafePointer<UInt8>) -> Double {
    let magnitude = DecimalToBinary.nearest(significand, exponent)
    if isTruncated, DecimalToBinary.nearest(significand + 1, exponent) != magnitude {
      return unsafe Self.allDigits(start, end)
    }
    return isNegative ? -magnitude : magnitude
  }

  /// The C library's conversion, which looks at every digit.
  private static func allDigits(
    _ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>
  ) -> Double {
    let length = unsafe end - start
    return unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: length + 1) { copy in
      guard let text = copy.baseAddress else { return 0 }
      unsafe UnsafeMutableRawPointer(text).copyMemory(from: start, byteCount: length)
      unsafe copy[length] = 0
      return unsafe text_long_decimal(text)
    }
  }
}
