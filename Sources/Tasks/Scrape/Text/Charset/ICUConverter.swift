internal import BatchCore
internal import ScrapeShims

/// A converter of ICU from bytes to UTF-16, which keeps what a chunk leaves unfinished.
@safe
struct ICUConverter: ~Copyable {
  private let handle: OpaquePointer
  /// The half of a surrogate pair that the converter has already given.
  private var pendingLead: UInt16 = 0
  private var isAtStart = true

  /// - Returns: nil when ICU has no such converter.
  init?(_ encoding: EncodingName) {
    guard let handle = unsafe batchrun_converter_open(encoding.icuName) else { return nil }
    unsafe self.handle = handle
  }

  deinit { unsafe batchrun_converter_close(handle) }

  /// Appends the text of the next bytes as UTF-8.
  mutating func append(_ bytes: UnsafeRawBufferPointer, to target: ByteBuffer, isLast: Bool) {
    unsafe withUnsafeTemporaryAllocation(of: UInt16.self, capacity: 4096) { units in
      guard let room = units.baseAddress else { return }
      var offset = 0
      var isFull: Int32 = 0
      repeat {
        var consumed = 0
        let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[offset...])
        let count = unsafe batchrun_converter_decode(
          handle, rest.baseAddress?.assumingMemoryBound(to: UInt8.self), rest.count, &consumed,
          room, units.count, isLast ? 1 : 0, &isFull)
        offset += consumed
        unsafe append(units: UnsafeBufferPointer(start: room, count: count), to: target)
      } while isFull != 0
    }
    if isLast { flush(to: target) }
  }

  private mutating func append(units: UnsafeBufferPointer<UInt16>, to target: ByteBuffer) {
    unsafe target.write(atMost: units.count * 3 + 3) { room in
      var writer = unsafe UTF8Writer(target: room)
      for index in 0..<units.count {
        let unit = unsafe units[index]
        if isAtStart {
          isAtStart = false
          if unit == 0xFEFF { continue }
        }
        unsafe add(unit, to: &writer)
      }
      return unsafe writer.count
    }
  }

  private mutating func add(_ unit: UInt16, to writer: inout UTF8Writer) {
    if pendingLead != 0 {
      let lead = UInt32(pendingLead)
      pendingLead = 0
      if unit & 0xFC00 == 0xDC00 {
        return unsafe writer.add(0x10000 + (lead - 0xD800) << 10 + UInt32(unit) - 0xDC00)
      }
      unsafe writer.add(0xFFFD)
    }
    switch unit & 0xFC00 {
    case 0xD800: pendingLead = unit
    case 0xDC00: unsafe writer.add(0xFFFD)
    default: unsafe writer.add(unit == 0 ? 0x20 : UInt32(unit))
    }
  }

  private mutating func flush(to target: ByteBuffer) {
    if pendingLead != 0 { target.append(literal: "\u{FFFD}") }
    pendingLead = 0
  }
}

// MARK: - Small conversions

extension ICUConverter {
  /// What each byte from 0x80 on stands for in a single-byte encoding; U+FFFD where nothing does.
  static func upperHalf(of encoding: EncodingName) -> [UInt16] {
    guard let handle = unsafe batchrun_converter_open(encoding.icuName) else { return [] }
    defer { unsafe batchrun_converter_close(handle) }
    return (UInt8(0x80)...0xFF).map { byte in
      var (source, consumed, full) = (byte, 0, Int32(0))
      var units: (UInt16, UInt16) = (0xFFFD, 0)
      let count = unsafe withUnsafeMutablePointer(to: &units.0) { target in
        unsafe batchrun_converter_decode(handle, &source, 1, &consumed, target, 1, 1, &full)
      }
      return count == 1 ? units.0 : 0xFFFD
    }
  }

  /// A character's bytes in an encoding, or none when it has no such character.
  static func bytes(of character: Unicode.Scalar, in encoding: EncodingName) -> [UInt8] {
    let units = Array(String(character).utf16)
    var target = [UInt8](repeating: 0, count: 8)
    let count = unsafe batchrun_encode(
      encoding.icuName, units, units.count, &target, target.count)
    return Array(target.prefix(count))
  }
}
