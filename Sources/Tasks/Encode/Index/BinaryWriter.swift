package import BatchCore

/// Writes whole numbers and bytes one after another, small numbers in few bytes.
///
/// A number is seven bits a byte, the lowest first, the top bit set on all but the last; numbers that
/// may be negative are folded first (0, -1, 1, -2 become 0, 1, 2, 3). Texts and blobs are their length
/// and their bytes.
package struct BinaryWriter {
  package let buffer: ByteBuffer

  package init(_ buffer: ByteBuffer = ByteBuffer()) { self.buffer = buffer }

  package func add(_ number: Int64) {
    var rest = UInt64(bitPattern: (number << 1) ^ (number >> 63))
    while rest >= 0x80 {
      buffer.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    buffer.append(UInt8(rest))
  }

  package func add(_ number: Int) { add(Int64(number)) }
  package func add(_ flag: Bool) { add(flag ? 1 : 0) }
  package func add(_ value: Rational) {
    add(Int64(value.numerator))
    add(Int64(value.denominator))
  }

  package func add(_ bytes: [UInt8]) { add(bytes[...]) }

  package func add(_ bytes: ArraySlice<UInt8>) {
    add(bytes.count)
    unsafe bytes.withUnsafeBytes { unsafe buffer.append($0) }
  }

  package func add(_ text: String) { add(Array(text.utf8)) }

  package var bytes: [UInt8] { unsafe buffer.withBytes { unsafe Array($0) } }
}

/// Reads what `BinaryWriter` wrote, and refuses anything else.
package struct BinaryReader {
  package struct Malformed: Error, Sendable {
    package init() {}
  }

  private let bytes: [UInt8]
  package private(set) var place: Int

  package init(_ bytes: [UInt8], at place: Int = 0) {
    self.bytes = bytes
    self.place = place
  }

  package var isAtEnd: Bool { place == bytes.count }

  package mutating func integer64() throws(Malformed) -> Int64 {
    var folded: UInt64 = 0
    var shift: UInt64 = 0
    while true {
      guard place < bytes.count, shift < 64 else { throw Malformed() }
      let byte = bytes[place]
      place += 1
      folded |= UInt64(byte & 0x7F) << shift
      if byte & 0x80 == 0 { break }
      shift += 7
    }
    return Int64(bitPattern: folded >> 1) ^ -Int64(bitPattern: folded & 1)
  }

  package mutating func integer() throws(Malformed) -> Int { Int(try integer64()) }

  package mutating func integer32() throws(Malformed) -> Int32 {
    guard let number = Int32(exactly: try integer64()) else { throw Malformed() }
    return number
  }

  package mutating func flag() throws(Malformed) -> Bool { try integer64() != 0 }

  /// How many things follow, each of at least one byte.
  package mutating func count() throws(Malformed) -> Int {
    let count = try integer()
    guard count >= 0, count <= bytes.count - place else { throw Malformed() }
    return count
  }

  package mutating func rational() throws(Malformed) -> Rational {
    let numerator = try integer32()
    return Rational(numerator, try integer32())
  }

  package mutating func blobRange() throws(Malformed) -> Range<Int> {
    let count = try count()
    defer { place += count }
    return place..<place + count
  }

  package mutating func blob() throws(Malformed) -> [UInt8] { Array(try slice()) }

  /// A blob as part of all bytes.
  package mutating func slice() throws(Malformed) -> ArraySlice<UInt8> { bytes[try blobRange()] }

  package mutating func text() throws(Malformed) -> String {
    String(decoding: bytes[try blobRange()], as: UTF8.self)
  }
}
