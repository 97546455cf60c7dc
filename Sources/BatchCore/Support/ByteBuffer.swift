/// A growable run of bytes that is filled by one thread and then handed to another.
///
/// No zeroing, and the memory is kept when the bytes are forgotten: appending costs little more than
/// the bytes it writes.
// @unchecked Sendable: a buffer has one owner at a time. The worker that fills it gives it away
// with the part it belongs to, and takes a new one.
@safe
public final class ByteBuffer: @unchecked Sendable {
  /// How many bytes have been written.
  public private(set) var count = 0
  /// How many bytes fit before the memory has to grow.
  private(set) var capacity: Int
  private var start: UnsafeMutableRawPointer

  public init(capacity: Int = 64 << 10) {
    self.capacity = max(capacity, 64)
    unsafe start = .allocate(byteCount: self.capacity, alignment: 64)
  }

  public convenience init(_ bytes: [UInt8]) {
    self.init(capacity: bytes.count)
    append(bytes)
  }

  deinit { unsafe start.deallocate() }

  public var isEmpty: Bool { count == 0 }

  /// Forgets the bytes and keeps the memory.
  public func removeAll() { count = 0 }

  /// Forgets all but the first `length` bytes.
  public func truncate(to length: Int) {
    precondition(
      0 <= length && length <= count, "a buffer cannot be truncated to more than it holds")
    count = length
  }

  /// Forgets the first `length` bytes and moves the others to the front.
  public func removeFirst(_ length: Int) {
    precondition(0 <= length && length <= count, "a buffer cannot lose more than it holds")
    count -= length
    unsafe start.copyMemory(from: start + length, byteCount: count)
  }

  /// The written bytes; valid until the buffer is changed.
  package var bytes: UnsafeRawBufferPointer {
    unsafe UnsafeRawBufferPointer(start: start, count: count)
  }

  /// The written bytes, to be changed in place; valid until the buffer grows.
  package var mutableBytes: UnsafeMutableRawBufferPointer {
    unsafe UnsafeMutableRawBufferPointer(start: start, count: count)
  }

  public func withBytes<R, E: Error>(
    _ body: (UnsafeRawBufferPointer) throws(E) -> R
  ) throws(E) -> R {
    try unsafe body(bytes)
  }

  // MARK: - Room

  /// Makes sure that `extra` more bytes can be written without growing.
  @inline(__always)
  public func reserve(_ extra: Int) {
    if capacity - count < extra { grow(by: extra) }
  }

  @inline(never)
  private func grow(by extra: Int) {
    let larger = max(capacity * 2, count + extra)
    let moved = UnsafeMutableRawPointer.allocate(byteCount: larger, alignment: 64)
    unsafe moved.copyMemory(from: start, byteCount: count)
    unsafe start.deallocate()
    unsafe start = moved
    capacity = larger
  }

  /// Lends the room after the last byte, at least `extra` bytes; `body` returns how many it wrote.
  @inline(__always)
  package func write(
    atMost extra: Int, _ body: (UnsafeMutableRawPointer) throws -> Int
  ) rethrows {
    reserve(extra)
    let written = try unsafe body(start + count)
    precondition(written >= 0 && written <= capacity - count, "wrote past the end of a buffer")
    count += written
  }
}

// MARK: - Appending

extension ByteBuffer {
  @inline(__always)
  public func append(_ byte: UInt8) {
    unsafe write(atMost: 1) { target in
      unsafe target.storeBytes(of: byte, as: UInt8.self)
      return 1
    }
  }

  public func append(_ bytes: UnsafeRawBufferPointer) {
    guard let source = bytes.baseAddress else { return }
    unsafe write(atMost: bytes.count) { target in
      unsafe target.copyMemory(from: source, byteCount: bytes.count)
      return bytes.count
    }
  }

  public func append(_ bytes: [UInt8]) {
    unsafe bytes.withUnsafeBytes { unsafe append($0) }
  }

  public func append(_ text: String) {
    var text = text
    text.withUTF8 { unsafe append(UnsafeRawBufferPointer($0)) }
  }

  /// Appends a literal.
  package func append(literal text: StaticString) {
    unsafe append(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  public func append(contentsOf other: ByteBuffer) {
    unsafe other.withBytes { unsafe append($0) }
  }

  /// A new buffer with the bytes from `offset` on.
  public func copy(from offset: Int) -> ByteBuffer {
    let result = ByteBuffer(capacity: count - offset)
    unsafe withBytes { unsafe result.append(UnsafeRawBufferPointer(rebasing: $0[offset...])) }
    return result
  }

  /// A new buffer with a range of the bytes.
  public func copy(_ range: Range<Int>) -> ByteBuffer {
    let result = ByteBuffer(capacity: range.count)
    unsafe withBytes { unsafe result.append(UnsafeRawBufferPointer(rebasing: $0[range])) }
    return result
  }

  /// Appends the shortest text that reads back to the same number.
  package func append(_ value: Double) {
    unsafe write(atMost: NumberText.largestWrite) { unsafe NumberText.write(value, to: $0) }
  }

  /// Appends an integer in decimal.
  package func append(_ value: Int) {
    unsafe write(atMost: NumberText.largestWrite) { unsafe NumberText.write(value, to: $0) }
  }

  /// Appends `separator` and a number, `columns` times: the results of one row, in one call.
  ///
  /// A NaN is written as an empty field.
  /// - Parameters:
  ///   - first: the row's value in the first column.
  ///   - stride: how many doubles lie between a row's values in neighbouring columns.
  package func append(
    fields first: UnsafePointer<Double>, columns: Int, stride: Int, separator: UInt8
  ) {
    unsafe write(atMost: columns * (NumberText.largestWrite + 1)) { target in
      unsafe NumberText.write(
        fields: first, columns: columns, stride: stride, separator: separator, to: target)
    }
  }
}
