internal import Glibc

/// A program or a library as a package holds it: without symbols, which only debuggers read.
package enum DeploymentImage {
  /// Reads a file; of an ELF file what is loaded into memory, where much else is in it.
  ///
  /// Programs that come from a development build are several times as large as they need be.
  package static func read(_ path: String) throws(SystemError) -> ByteBuffer {
    guard let file = try BlobFile(reading: path) else {
      throw SystemError("read", path, code: ENOENT)
    }
    let content = ByteBuffer(capacity: file.size)
    try file.read(0..<file.size, into: content)
    if let end = loadedEnd(content), content.count - end > smallestGain {
      content.truncate(to: end)
      dropSections(content)
    }
    if DeploymentICUData.isData(path) { DeploymentICUData.reduce(content) }
    return content
  }

  /// A stripped file keeps some kilobytes behind what is loaded, and is left as it is.
  private static let smallestGain = 64 << 10

  /// Where the last segment ends; nil for what is no ELF file of 64 bits, little-endian.
  private static func loadedEnd(_ content: ByteBuffer) -> Int? {
    unsafe content.withBytes { bytes -> Int? in
      guard bytes.count >= 64, unsafe bytes.starts(with: [0x7F, 0x45, 0x4C, 0x46, 2, 1]) else {
        return nil
      }
      func number<Value: FixedWidthInteger>(_ offset: Int, _ type: Value.Type) -> Int? {
        guard offset >= 0, offset + MemoryLayout<Value>.size <= bytes.count else { return nil }
        let raw = unsafe bytes.loadUnaligned(fromByteOffset: offset, as: type)
        return Int(exactly: Value(littleEndian: raw))
      }
      guard let table = number(0x20, UInt64.self), let size = number(0x36, UInt16.self),
        let count = number(0x38, UInt16.self), count > 0, table <= bytes.count
      else { return nil }
      var end = table + size * count
      for place in 0..<count {
        let segment = table + place * size
        guard let offset = number(segment + 8, UInt64.self),
          let length = number(segment + 32, UInt64.self),
          offset <= bytes.count, length <= bytes.count - offset
        else { return nil }
        end = max(end, offset + length)
      }
      return end
    }
  }

  /// The table of sections is gone; only linkers and debuggers ask for it.
  private static func dropSections(_ content: ByteBuffer) {
    let bytes = unsafe content.mutableBytes
    // e_shoff; e_shnum and e_shstrndx.
    for place in Array(0x28..<0x30) + Array(0x3C..<0x40) {
      unsafe bytes[place] = 0
    }
  }
}
