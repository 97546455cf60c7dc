/// Writes characters as UTF-8 to memory that the caller has reserved.
@unsafe
struct UTF8Writer {
  private let target: UnsafeMutableRawPointer
  private(set) var count = 0

  init(target: UnsafeMutableRawPointer) { unsafe self.target = target }

  @inline(__always)
  mutating func add(_ scalar: UInt32) {
    if scalar < 0x80 {
      unsafe put(scalar)
    } else if scalar < 0x800 {
      unsafe put(0xC0 | scalar >> 6)
      unsafe put(0x80 | scalar & 0x3F)
    } else if scalar < 0x10000 {
      unsafe put(0xE0 | scalar >> 12)
      unsafe put(0x80 | scalar >> 6 & 0x3F)
      unsafe put(0x80 | scalar & 0x3F)
    } else {
      unsafe put(0xF0 | scalar >> 18)
      unsafe put(0x80 | scalar >> 12 & 0x3F)
      unsafe put(0x80 | scalar >> 6 & 0x3F)
      unsafe put(0x80 | scalar & 0x3F)
    }
  }

  mutating func add(contentsOf bytes: UnsafeRawPointer, count added: Int) {
    unsafe (target + count).copyMemory(from: bytes, byteCount: added)
    unsafe count += added
  }

  @inline(__always)
  private mutating func put(_ byte: UInt32) {
    unsafe target.storeBytes(
      of: UInt8(truncatingIfNeeded: byte), toByteOffset: count, as: UInt8.self)
    unsafe count += 1
  }
}
