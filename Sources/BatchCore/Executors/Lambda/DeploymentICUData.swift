/// The data of ICU as a package holds it: converters and properties of characters, and none of the texts
/// and rules of languages, which are three quarters of it and which no task asks for.
///
/// What is left out becomes zeros, which take no room in a zip file; ICU finds no language there, as if it
/// were not installed. The format is that of `icu/source/common/ucmndata.h`.
enum DeploymentICUData {
  private static let unneeded = [".res", ".brk", ".dict", ".spp"]

  static func isData(_ path: String) -> Bool {
    ProgramFiles.lastPart(path).hasPrefix("libicudata.so")
  }

  private struct Item {
    var name: String
    /// From the beginning of the table.
    var offset: Int
  }

  /// Erases what is not needed; a file of another form stays as it is.
  static func reduce(_ content: ByteBuffer) {
    guard let table = table(in: content), let items = items(in: content, at: table) else { return }
    let starts = items.map(\.offset).sorted()
    guard let first = starts.first, first > 0, let last = starts.last,
      table + last <= content.count
    else { return }
    let ends = Dictionary(zip(starts, starts.dropFirst()), uniquingKeysWith: { $1 })
    let bytes = unsafe content.mutableBytes
    for item in items where unneeded.contains(where: { item.name.hasSuffix($0) }) {
      // The end of the last one is not known.
      guard let end = ends[item.offset] else { continue }
      for place in table + item.offset..<table + end { unsafe bytes[place] = 0 }
    }
  }

  /// Where the table of items begins: behind the header of a package of data.
  private static func table(in content: ByteBuffer) -> Int? {
    unsafe content.withBytes { bytes -> Int? in
      // Two bytes of length, the mark of all data of ICU; ten bytes on, that of a package.
      for place in stride(from: 0, to: min(bytes.count - 32, 1 << 20), by: 16) {
        guard unsafe bytes[place + 2] == 0xDA, unsafe bytes[place + 3] == 0x27,
          unsafe bytes[(place + 12)..<(place + 16)].elementsEqual("CmnD".utf8)
        else { continue }
        return unsafe place + Int(bytes[place]) + Int(bytes[place + 1]) << 8
      }
      return nil
    }
  }

  private static func items(in content: ByteBuffer, at table: Int) -> [Item]? {
    unsafe content.withBytes { bytes -> [Item]? in
      func number(_ place: Int) -> Int? {
        guard place >= 0, place + 4 <= bytes.count else { return nil }
        return unsafe Int(
          UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt32.self)))
      }
      guard let count = number(table), 1...100_000 ~= count else { return nil }
      var items: [Item] = []
      for entry in 0..<count {
        guard let name = number(table + 4 + 8 * entry), let offset = number(table + 8 + 8 * entry),
          table + name < bytes.count
        else { return nil }
        let letters = unsafe bytes[(table + name)...].prefix { $0 != 0 }
        items.append(unsafe Item(name: String(decoding: letters, as: UTF8.self), offset: offset))
      }
      return items
    }
  }
}
