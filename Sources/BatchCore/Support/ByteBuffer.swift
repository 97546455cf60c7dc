internal import Glibc

/// A growable run of bytes that is filled by one thread and then handed to another.
// @unchecked Sendable: a buffer has one owner at a time. The worker that fills it gives it away
// with the part it belongs to, and takes a new one.
@safe
public final class ByteBuffer: @unchecked Sendable {
  private var storage: UnsafeMutableRawPointer
  private var capacity: Int
  public private(set) var count = 0

  public init(capacity: Int = 64 << 10) {
    self.capacity = max(capacity, 64)
    unsafe storage = UnsafeMutableRawPointer.allocate(byteCount: self.capacity, alignment: 64)
  }

  public convenience init(_ bytes: some Collection<UInt8>) {
    self.init(capacity: bytes.count)
    append(bytes)
  }

  deinit { unsafe storage.deallocate() }

  /// Forgets the bytes and keeps the memory.
  public func removeAll() { count = 0 }

  /// Forgets the bytes from `length` on.
  public func truncate(to length: Int) {
    precondition(length <= count, "a buffer cannot be truncated to more than it holds")
    count = length
  }

  /// Makes room for `extra` more bytes.
  public func reserve(_ extra: Int) {
    guard count + extra > capacity else { return }
    let larger = max(count + extra, capacity * 2)
    let fresh = UnsafeMutableRawPointer.allocate(byteCount: larger, alignment: 64)
    unsafe fresh.copyMemory(from: storage, byteCount: count)
    unsafe storage.deallocate()
    unsafe storage = fresh
    capacity = larger
  }

  public func append(_ byte: UInt8) {
    reserve(1)
    unsafe storage.storeBytes(of: byte, toByteOffset: count, as: UInt8.self)
    count += 1
  }

  public func append(_ bytes: UnsafeRawBufferPointer) {
    guard let base = bytes.baseAddress, unsafe !bytes.isEmpty else { return }
    reserve(bytes.count)
    unsafe (storage + count).copyMemory(from: base, byteCount: bytes.count)
    count += bytes.count
  }

  public func append(_ bytes: some Collection<UInt8>) {
    reserve(bytes.count)
    for byte in bytes { append(byte) }
  }

  public func append(_ text: String) { append(text.utf8) }

  /// Gives `body` room for at least `room` bytes at the end; it returns how many it wrote.
  public func write(room: Int, _ body: (UnsafeMutableRawPointer) -> Int) {
    reserve(room)
    let written = unsafe body(storage + count)
    precondition(written <= room, "more bytes written than room was asked for")
    count += written
  }

  public func withBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
    unsafe try body(UnsafeRawBufferPointer(start: storage, count: count))
  }
}

extension ByteBuffer {
  /// A new buffer with the bytes from `offset` on.
  public func copy(from offset: Int) -> ByteBuffer {
    let result = ByteBuffer(capacity: count - offset)
    unsafe withBytes { unsafe result.append(UnsafeRawBufferPointer(rebasing: $0[offset...])) }
    return result
  }

  public func append(contentsOf other: ByteBuffer) {
    unsafe other.withBytes { unsafe append($0) }
  }
}
