/// Numbers as decimal text: reading rounds to nearest even, writing is the shortest that reads back.
package enum NumberText {
  /// The room in bytes that one `write` may touch, more than the text it leaves.
  package static let largestWrite = 48
}

/// Why a text is not a number this program takes.
package enum NumberRejection: String, Error, Sendable, CaseIterable {
  /// Nothing, or blanks only.
  case empty
  /// No digits where a number should begin.
  case notANumber = "not_a_number"
  /// `NaN`, `inf` or `infinity`, in any case.
  case notFinite = "not_finite"
  /// More than the largest double, such as `1e400`.
  case overflow
  /// A hexadecimal number, such as `0x1F`.
  case hexadecimal
  /// Groups of three digits, such as `1,000`.
  case thousandsSeparator = "thousands_separator"
  /// A number followed by something else, such as `12abc`.
  case trailingText = "trailing_text"
}

extension NumberRejection: CustomStringConvertible {
  package var description: String {
    switch self {
    case .empty: "is empty"
    case .notANumber: "is not a number"
    case .notFinite: "is not a finite number"
    case .overflow: "is larger than the largest double"
    case .hexadecimal: "is hexadecimal; write it in decimal"
    case .thousandsSeparator: "has a thousands separator; leave it out"
    case .trailingText: "has text after the number"
    }
  }
}

// MARK: - Entry points

extension NumberText {
  /// Reads a decimal number; blanks (space, tab) around it are allowed.
  ///
  /// An optional sign, digits with an optional point, an optional exponent. Too small a number reads as zero.
  /// - Throws: why the text is not such a number.
  package static func parse(_ text: UnsafeRawBufferPointer) throws(NumberRejection) -> Double {
    guard let base = text.baseAddress else { throw .empty }
    var start = unsafe base.assumingMemoryBound(to: UInt8.self)
    var end = unsafe start + text.count
    while unsafe start < end && isBlank(start[0]) { unsafe start += 1 }
    while unsafe start < end && isBlank(end[-1]) { unsafe end -= 1 }
    if unsafe start == end { throw .empty }
    guard let scan = unsafe DecimalScan(start, end), unsafe scan.end == end else {
      throw unsafe rejection(start, end)
    }
    let value = unsafe scan.value(from: start)
    if value.isInfinite { throw .overflow }
    return value
  }

  /// Reads a decimal number from a string.
  package static func parse(_ text: String) throws(NumberRejection) -> Double {
    var text = text
    let result: Result<Double, NumberRejection> = text.withUTF8 { utf8 in
      do throws(NumberRejection) {
        return .success(unsafe try parse(UnsafeRawBufferPointer(utf8)))
      } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }

  /// The shortest text that reads back to the same number.
  package static func text(_ value: Double) -> String {
    unsafe withUnsafeTemporaryAllocation(byteCount: largestWrite, alignment: 8) { room in
      guard let base = room.baseAddress else { return "" }
      let length = unsafe write(value, to: base)
      return unsafe String(decoding: room[..<length], as: UTF8.self)
    }
  }

  static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
}
