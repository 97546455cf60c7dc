/// Writes the fields of a message between processes: little-endian words, and bytes with their
/// count in front.
package struct MessageWriter {
  package let buffer = ByteBuffer()

  package init() {}

  package func add(_ number: Int) {
    unsafe withUnsafeBytes(of: Int64(number).littleEndian) { unsafe buffer.append($0) }
  }

  package func add(_ number: Double) { add(Int(bitPattern: UInt(number.bitPattern))) }

  package func add(_ flag: Bool) { add(flag ? 1 : 0) }

  package func add(_ text: String) { add(Array(text.utf8)) }

  package func add(_ text: String?) {
    add(text != nil)
    add(text ?? "")
  }

  package func add(_ bytes: [UInt8]) {
    add(bytes.count)
    buffer.append(bytes)
  }

  package func add(_ bytes: ByteBuffer) {
    add(bytes.count)
    buffer.append(contentsOf: bytes)
  }

  package func add(_ range: Range<Int>) {
    add(range.lowerBound)
    add(range.upperBound)
  }
}

/// Reads what `MessageWriter` wrote, in the same order.
package struct MessageReader {
  /// A message that ends early or says something impossible.
  package struct Malformed: Error {
    package init() {}
  }

  private let bytes: [UInt8]
  package private(set) var offset = 0

  package init(_ bytes: [UInt8]) { self.bytes = bytes }

  package var isAtEnd: Bool { offset == bytes.count }

  package mutating func integer() throws(Malformed) -> Int {
    guard bytes.count - offset >= 8 else { throw Malformed() }
    var word: UInt64 = 0
    for place in 0..<8 { word |= UInt64(bytes[offset + place]) << UInt64(8 * place) }
    offset += 8
    return Int(truncatingIfNeeded: word)
  }

  package mutating func double() throws(Malformed) -> Double {
    Double(bitPattern: UInt64(truncatingIfNeeded: try integer()))
  }

  package mutating func flag() throws(Malformed) -> Bool { try integer() != 0 }

  package mutating func blob() throws(Malformed) -> [UInt8] {
    let count = try integer()
    guard count >= 0, count <= bytes.count - offset else { throw Malformed() }
    defer { offset += count }
    return Array(bytes[offset..<offset + count])
  }

  package mutating func text() throws(Malformed) -> String {
    String(decoding: try blob(), as: UTF8.self)
  }

  package mutating func optionalText() throws(Malformed) -> String? {
    let isThere = try flag()
    let text = try text()
    return isThere ? text : nil
  }

  package mutating func range() throws(Malformed) -> Range<Int> {
    let low = try integer()
    let high = try integer()
    guard low <= high else { throw Malformed() }
    return low..<high
  }
}
