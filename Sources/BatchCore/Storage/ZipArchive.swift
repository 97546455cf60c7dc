internal import CZlib

/// A zip archive that is made in memory, with the permissions of its files.
///
/// The same files give the same bytes: there are no times in it but the first that zip knows.
///
/// https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
package struct ZipArchive {
  /// Why a file does not fit.
  package struct TooLarge: Error {}

  private struct Entry {
    var name: [UInt8]
    var mode: UInt16
    /// Zero for bytes as they are, eight for deflated ones.
    var method: UInt16
    var checksum: UInt32
    var packedBytes: UInt32
    var bytes: UInt32
    var offset: UInt32
  }

  private let archive = ByteBuffer()
  private var entries: [Entry] = []

  package init() {}

  /// - Parameter mode: the permissions, such as 0o755.
  package mutating func add(_ name: String, mode: UInt16, _ content: ByteBuffer) throws(TooLarge) {
    let packed = try Self.deflated(content)
    let isSmaller = packed.count < content.count
    guard archive.count + content.count < 0xF000_0000, entries.count < 0xFFFF else {
      throw TooLarge()
    }
    let entry = Entry(
      name: Array(name.utf8), mode: mode, method: isSmaller ? 8 : 0,
      checksum: Self.checksum(content),
      packedBytes: UInt32(isSmaller ? packed.count : content.count), bytes: UInt32(content.count),
      offset: UInt32(archive.count))
    entries.append(entry)
    append(0x0403_4b50 as UInt32)
    appendCommon(entry)
    archive.append(entry.name)
    archive.append(contentsOf: isSmaller ? packed : content)
  }

  /// The archive, with the list of its files.
  package consuming func finished() -> ByteBuffer {
    let start = archive.count
    for entry in entries {
      append(0x0201_4b50 as UInt32)
      // Made by version 2.0 on Unix.
      append(0x0314 as UInt16)
      appendCommon(entry)
      // No comment, the first disk, no internal attributes.
      archive.append([0, 0, 0, 0, 0, 0])
      // A regular file with its permissions.
      append(UInt32(0o100000 | entry.mode) << 16)
      append(entry.offset)
      archive.append(entry.name)
    }
    let length = archive.count - start
    append(0x0605_4b50 as UInt32)
    archive.append([0, 0, 0, 0])
    append(UInt16(entries.count))
    append(UInt16(entries.count))
    append(UInt32(length))
    append(UInt32(start))
    append(0 as UInt16)
    return archive
  }

  // MARK: - Fields

  /// What stands in both headers of a file.
  private func appendCommon(_ entry: Entry) {
    // Readable by version 2.0, no flags.
    append(20 as UInt16)
    append(0 as UInt16)
    append(entry.method)
    // Midnight of the first of January 1980.
    append(0 as UInt16)
    append(0x0021 as UInt16)
    append(entry.checksum)
    append(entry.packedBytes)
    append(entry.bytes)
    append(UInt16(entry.name.count))
    append(0 as UInt16)
  }

  private func append<Number: FixedWidthInteger>(_ number: Number) {
    for shift in stride(from: 0, to: Number.bitWidth, by: 8) {
      archive.append(UInt8(truncatingIfNeeded: number >> Number(shift)))
    }
  }

  // MARK: - zlib

  private static func checksum(_ content: ByteBuffer) -> UInt32 {
    unsafe content.withBytes { bytes in
      UInt32(unsafe crc32_z(0, bytes.baseAddress, bytes.count))
    }
  }

  /// Without a header of its own, as zip wants it.
  private static func deflated(_ content: ByteBuffer) throws(TooLarge) -> ByteBuffer {
    guard content.count < Int32.max else { throw TooLarge() }
    var stream = unsafe z_stream()
    // -15 for the largest window and no header. Level 9 takes three times as long for 0.5 % less.
    let code = unsafe deflateInit2_(
      &stream, 6, Z_DEFLATED, -15, 9, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
      Int32(MemoryLayout<z_stream>.size))
    precondition(code == Z_OK, "no memory to compress a file")
    defer { unsafe deflateEnd(&stream) }
    let room = Int(unsafe deflateBound(&stream, UInt(content.count)))
    let result = ByteBuffer(capacity: room)
    unsafe content.withBytes { bytes in
      let input = unsafe bytes.assumingMemoryBound(to: UInt8.self).baseAddress
      unsafe stream.next_in = unsafe UnsafeMutablePointer(mutating: input)
      unsafe stream.avail_in = UInt32(bytes.count)
      unsafe result.write(atMost: room) { target in
        unsafe stream.next_out = unsafe target.assumingMemoryBound(to: UInt8.self)
        unsafe stream.avail_out = UInt32(room)
        let code = unsafe deflate(&stream, Z_FINISH)
        precondition(code == Z_STREAM_END, "zlib needs more room than it said")
        return unsafe Int(stream.total_out)
      }
    }
    return result
  }
}
