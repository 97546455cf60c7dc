/// Growable raw memory to which text is appended.
///
/// One owner, no reference counting and no zeroing: `append` costs little more than the bytes it writes.
@safe
package struct ByteBuffer: ~Copyable {
  /// How many bytes have been written.
  package private(set) var count = 0
  /// How many bytes fit before the memory has to grow.
  package private(set) var capacity: Int
  private var start: UnsafeMutableRawPointer

  package init(capacity: Int = 0) {
    self.capacity = max(capacity, 64)
    unsafe start = .allocate(byteCount: self.capacity, alignment: 64)
  }

  deinit { unsafe start.deallocate() }

  package var isEmpty: Bool { count == 0 }

  /// The written bytes; valid until the buffer is changed.
  package var bytes: UnsafeRawBufferPointer {
    unsafe UnsafeRawBufferPointer(start: start, count: count)
  }

  /// The written bytes, to be changed in place; valid until the buffer grows.
  package var mutableBytes: UnsafeMutableRawBufferPointer {
    mutating get { unsafe UnsafeMutableRawBufferPointer(start: start, count: count) }
  }

  /// Forgets the bytes, keeps the memory.
  package mutating func removeAll() { count = 0 }

  /// Forgets all but the first `length` bytes.
  package mutating func truncate(to length: Int) {
    precondition(
      0 <= length && length <= count, "a buffer cannot be truncated to more than it holds")
    count = length
  }

  /// Forgets the first `length` bytes and moves the others to the front.
  package mutating func removeFirst(_ length: Int) {
    precondition(0 <= length && length <= count, "a buffer cannot lose more than it holds")
    count -= length
    unsafe start.copyMemory(from: start + length, byteCount: count)
  }
}

// The owner is unique, and the memory is reached through it only.
extension ByteBuffer: @unchecked Sendable {}

// MARK: - Room

extension ByteBuffer {
  /// Makes sure that `extra` more bytes can be written without growing.
  @inline(__always)
  package mutating func reserve(_ extra: Int) {
    if capacity - count < extra { grow(by: extra) }
  }

  @inline(never)
  private mutating func grow(by extra: Int) {
    let larger = max(capacity * 2, count + extra)
    let moved = UnsafeMutableRawPointer.allocate(byteCount: larger, alignment: 64)
    unsafe moved.copyMemory(from: start, byteCount: count)
    unsafe start.deallocate()
    unsafe start = moved
    capacity = larger
  }

  /// Lends the room after the last byte, at least `extra` bytes; `body` returns how many it wrote.
  @inline(__always)
  package mutating func write(
    atMost extra: Int, _ body: (UnsafeMutableRawPointer) throws -> Int
  ) rethrows {
    reserve(extra)
    let written = unsafe try body(start + count)
    precondition(written >= 0 && written <= capacity - count, "wrote past the end of a buffer")
    count += written
  }
}

// MARK: - Appending

extension ByteBuffer {
  @inline(__always)
  package mutating func append(_ byte: UInt8) {
    reserve(1)
    unsafe start.storeBytes(of: byte, toByteOffset: count, as: UInt8.self)
    count += 1
  }

  package mutating func append(_ bytes: UnsafeRawBufferPointer) {
    guard let source = bytes.baseAddress else { return }
    reserve(bytes.count)
    unsafe (start + count).copyMemory(from: source, byteCount: bytes.count)
    count += bytes.count
  }

  package mutating func append(_ bytes: [UInt8]) {
    unsafe bytes.withUnsafeBytes { unsafe append($0) }
  }

  package mutating func append(_ text: String) {
    var text = text
    text.withUTF8 { unsafe append(UnsafeRawBufferPointer($0)) }
  }

  /// Appends a literal.
  package mutating func append(literal text: StaticString) {
    unsafe append(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  /// Appends the shortest text that reads back to the same number.
  package mutating func append(_ value: Double) {
    unsafe write(atMost: NumberText.largestWrite) { unsafe NumberText.write(value, to: $0) }
  }

  /// Appends an integer in decimal.
  package mutating func append(_ value: Int) {
    unsafe write(atMost: NumberText.largestWrite) { unsafe NumberText.write(value, to: $0) }
  }

  /// Appends `separator` and a number, `columns` times: the results of one row, in one call.
  ///
  /// A NaN is written as an empty field. The decimals of all columns are found first, then written: each number
  /// is one long chain of instructions that wait for each other, and shorter chains overlap better.
  /// - Parameters:
  ///   - first: the row's value in the first column.
  ///   - stride: how many doubles lie between a row's values in neighbouring columns.
  package mutating func append(
    fields first: UnsafePointer<Double>, columns: Int, stride: Int, separator: UInt8
  ) {
    reserve(columns * (NumberText.largestWrite + 1))
    var end = unsafe start + count
    unsafe withUnsafeTemporaryAllocation(of: ShortestDecimal.self, capacity: columns) { decimals in
      guard let decimal = decimals.baseAddress else { return }
      for column in 0..<columns {
        unsafe decimal[column] = NumberText.shortest(first[column &* stride])
      }
      for column in 0..<columns {
        unsafe end.storeBytes(of: separator, as: UInt8.self)
        unsafe end += 1
        let value = unsafe first[column &* stride]
        if value == value { unsafe end += NumberText.write(value, decimal[column], to: end) }
      }
    }
    unsafe count = end - start
  }
}
