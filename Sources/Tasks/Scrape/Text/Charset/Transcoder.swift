package import BatchCore
internal import ScrapeShims

/// Turns the bytes of a page into UTF-8 as they arrive.
///
/// The text does not depend on where the chunks are cut. Sequences that are not valid become U+FFFD, as
/// many as the Encoding Standard demands; NULs become blanks, because parsers in C take them for the
/// end; a byte order mark at the start is dropped.
package struct Transcoder: ~Copyable {
  private var stream = UTF8Stream()
  private let table: SingleByteTable?
  private var converter: ICUConverter?

  package init(_ encoding: EncodingName) {
    table = encoding.isSingleByte ? SingleByteTable.of(encoding) : nil
    converter = encoding.isSingleByte || encoding == .utf8 ? nil : ICUConverter(encoding)
  }

  /// Appends the text of the next chunk; `isLast` says that none follows, and may come with no bytes.
  package mutating func append(
    _ bytes: UnsafeRawBufferPointer, to target: ByteBuffer, isLast: Bool
  ) {
    if let table {
      unsafe table.append(bytes, to: target)
    } else if unsafe converter?.append(bytes, to: target, isLast: isLast) == nil {
      unsafe stream.forEachRun(of: bytes, isLast: isLast) { unsafe target.append($0) }
    }
  }

  /// Hands out the text of the next chunk in one or more runs, without a copy where it is UTF-8 already.
  ///
  /// - Parameters:
  ///   - scratch: memory for text that must be made; its contents are replaced.
  ///   - body: gets each run, which is valid until it returns. Every run is whole characters.
  package mutating func forEachRun(
    of bytes: UnsafeRawBufferPointer, isLast: Bool, scratch: ByteBuffer,
    _ body: (UnsafeRawBufferPointer) -> Void
  ) {
    guard table != nil || converter != nil else {
      return unsafe stream.forEachRun(of: bytes, isLast: isLast, body)
    }
    scratch.removeAll()
    unsafe append(bytes, to: scratch, isLast: isLast)
    if !scratch.isEmpty { unsafe scratch.withBytes { unsafe body($0) } }
  }
}

// MARK: - One byte, one character

extension SingleByteTable {
  /// Appends the text of bytes as UTF-8; runs of ASCII are copied.
  func append(_ bytes: UnsafeRawBufferPointer, to target: ByteBuffer) {
    var offset = 0
    while offset < bytes.count {
      let end = min(offset + 16 << 10, bytes.count)
      unsafe append(slice: UnsafeRawBufferPointer(rebasing: bytes[offset..<end]), to: target)
      offset = end
    }
  }

  private func append(slice: UnsafeRawBufferPointer, to target: ByteBuffer) {
    guard let source = slice.baseAddress else { return }
    unsafe target.write(atMost: slice.count * 3) { room in
      unsafe units.withUnsafeBufferPointer { units in
        var writer = unsafe UTF8Writer(target: room)
        var offset = 0
        while offset < slice.count {
          let ascii = unsafe Self.asciiPrefix(source + offset, slice.count - offset)
          unsafe writer.add(contentsOf: source + offset, count: ascii)
          offset += ascii
          while offset < slice.count {
            let byte = unsafe slice[offset]
            if byte < 0x80 && byte != 0 { break }
            unsafe writer.add(UInt32(units[Int(byte)]))
            offset += 1
          }
        }
        return unsafe writer.count
      }
    }
  }

  /// How many bytes at the start are ASCII other than NUL.
  private static func asciiPrefix(_ bytes: UnsafeRawPointer, _ count: Int) -> Int {
    var offset = 0
    while offset + 8 <= count {
      let word = unsafe bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
      // The high bit of a byte is set in `word` beyond ASCII; in the difference also for a NUL.
      let marked = (word | (word &- 0x0101_0101_0101_0101)) & 0x8080_8080_8080_8080
      if marked != 0 { return offset + marked.trailingZeroBitCount / 8 }
      offset += 8
    }
    while offset < count {
      let byte = unsafe bytes.load(fromByteOffset: offset, as: UInt8.self)
      if byte == 0 || byte >= 0x80 { break }
      offset += 1
    }
    return offset
  }
}
