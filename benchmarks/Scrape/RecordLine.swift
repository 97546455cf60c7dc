/// A record as a scraper wrote it: a JSON object on a line, read for some of its fields.
struct RecordLine {
  private let bytes: ArraySlice<UInt8>

  init(_ bytes: ArraySlice<UInt8>) { self.bytes = bytes }

  /// The lines of a file.
  static func all(of path: String) -> [RecordLine] {
    Array(TextFile.read(path).utf8).split(separator: UInt8(ascii: "\n")).map(RecordLine.init)
  }

  /// The string of a key; nil when it is missing, null or no string.
  func text(of key: String) -> String? {
    guard let value = value(of: key), value.first == UInt8(ascii: "\"") else { return nil }
    return Self.unescaped(value.dropFirst().dropLast())
  }

  /// The JSON of a key of the record itself, not of what lies within.
  func value(of key: String) -> ArraySlice<UInt8>? {
    let wanted = Array("\"\(key)\"".utf8)
    var (place, depth, start) = (bytes.startIndex, 0, nil as Int?)
    while place < bytes.endIndex {
      let byte = bytes[place]
      switch byte {
      case UInt8(ascii: "\""):
        let end = Self.endOfString(at: place, in: bytes)
        let isKey =
          depth == 1 && start == nil && end < bytes.endIndex
          && bytes[end] == UInt8(ascii: ":") && bytes[place..<end].elementsEqual(wanted)
        place = isKey ? end + 1 : end
        if isKey { start = place }
        continue
      case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
      default: break
      }
      if let start, depth == 0 || depth == 1 && byte == UInt8(ascii: ",") {
        return bytes[start..<place].drop { $0 == UInt8(ascii: " ") }
      }
      place += 1
    }
    return nil
  }

  private static func endOfString(at start: Int, in bytes: ArraySlice<UInt8>) -> Int {
    var place = start + 1
    while place < bytes.endIndex, bytes[place] != UInt8(ascii: "\"") {
      place += bytes[place] == UInt8(ascii: "\\") ? 2 : 1
    }
    return min(place + 1, bytes.endIndex)
  }

  private static func unescaped(_ text: ArraySlice<UInt8>) -> String {
    guard text.contains(UInt8(ascii: "\\")) else { return String(decoding: text, as: UTF8.self) }
    var result: [UInt8] = []
    var place = text.startIndex
    while place < text.endIndex {
      guard text[place] == UInt8(ascii: "\\"), place + 1 < text.endIndex else {
        result.append(text[place])
        place += 1
        continue
      }
      let letter = text[place + 1]
      place += 2
      switch letter {
      case UInt8(ascii: "n"): result.append(10)
      case UInt8(ascii: "t"): result.append(9)
      case UInt8(ascii: "r"): result.append(13)
      case UInt8(ascii: "u"):
        let digits = String(decoding: text[place..<min(place + 4, text.endIndex)], as: UTF8.self)
        let scalar = UInt32(digits, radix: 16).flatMap(Unicode.Scalar.init) ?? "\u{FFFD}"
        result += Array(String(Character(scalar)).utf8)
        place += 4
      default: result.append(letter)
      }
    }
    return String(decoding: result, as: UTF8.self)
  }
}
