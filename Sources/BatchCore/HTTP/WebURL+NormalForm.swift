// Recognising the addresses that are in normal form already: nearly all of a list.

extension WebURL {
  /// The address when `text` is in normal form and has nothing unusual; nil sends it to the parser.
  ///
  /// - Complexity: one pass over the bytes, no allocation.
  static func inNormalForm(_ text: String) -> WebURL? {
    var text = text
    return text.withUTF8 { (bytes) -> Marks? in
      unsafe NormalFormScan(bytes: UnsafeRawBufferPointer(bytes)).marks()
    }.map { marks in
      WebURL(
        text: text, scheme: marks.scheme, credentials: nil, hostStart: marks.hostStart,
        hostEnd: marks.hostEnd, port: marks.port, pathStart: marks.pathStart)
    }
  }

  fileprivate struct Marks {
    var scheme: Scheme
    var hostStart: Int
    var hostEnd: Int
    var port: Int
    var pathStart: Int
  }
}

@safe
private struct NormalFormScan {
  private let bytes: UnsafeRawBufferPointer

  init(bytes: UnsafeRawBufferPointer) { unsafe self.bytes = bytes }

  func marks() -> WebURL.Marks? {
    guard unsafe bytes.count <= WebURL.longestBytes else { return nil }
    let scheme: WebURL.Scheme
    if starts(with: "https://") {
      scheme = .https
    } else if starts(with: "http://") {
      scheme = .http
    } else {
      return nil
    }
    let hostStart = scheme == .https ? 8 : 7
    guard let hostEnd = endOfName(from: hostStart) ?? endOfAddress(from: hostStart),
      unsafe hostEnd < bytes.count
    else { return nil }
    var pathStart = hostEnd
    var port = scheme.defaultPort
    if unsafe bytes[hostEnd] == UInt8(ascii: ":") {
      guard let (number, end) = self.port(from: hostEnd + 1), number != port else { return nil }
      port = number
      pathStart = end
    }
    guard isPlainPath(from: pathStart) else { return nil }
    return WebURL.Marks(
      scheme: scheme, hostStart: hostStart, hostEnd: hostEnd, port: port, pathStart: pathStart)
  }

  private func starts(with literal: StaticString) -> Bool {
    guard unsafe bytes.count > literal.utf8CodeUnitCount else { return false }
    for place in 0..<literal.utf8CodeUnitCount {
      if unsafe bytes[place] != literal.utf8Start[place] { return false }
    }
    return true
  }

  /// The end of a lower-case host name; nil where it might be an address, which has many spellings.
  private func endOfName(from start: Int) -> Int? {
    var place = start
    var lastLabel = start
    while unsafe place < bytes.count {
      let byte = unsafe bytes[place]
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
        UInt8(ascii: "-"):
        break
      case UInt8(ascii: "."):
        // An empty label, or a dot at the end.
        if place == lastLabel { return nil }
        lastLabel = place + 1
      default:
        guard place > lastLabel, unsafe bytes[lastLabel] > UInt8(ascii: "9") else { return nil }
        return place
      }
      place += 1
    }
    return nil
  }

  /// The end of four decimal numbers in the one spelling that they have in normal form.
  private func endOfAddress(from start: Int) -> Int? {
    var place = start
    for number in 0..<4 {
      if number > 0 {
        guard unsafe place < bytes.count && bytes[place] == UInt8(ascii: ".") else { return nil }
        place += 1
      }
      let first = place
      var value = 0
      while unsafe place < bytes.count, place < first + 3 {
        let digit = unsafe bytes[place] &- UInt8(ascii: "0")
        guard digit < 10 else { break }
        value = value * 10 + Int(digit)
        place += 1
      }
      // A zero in front would make the number octal.
      let isPlain = unsafe place == first + 1 || place > first && bytes[first] != UInt8(ascii: "0")
      guard isPlain, value < 256 else { return nil }
    }
    // What goes on is a name, or a number that is too long.
    guard unsafe place < bytes.count else { return nil }
    switch unsafe bytes[place] {
    case UInt8(ascii: "/"), UInt8(ascii: ":"), UInt8(ascii: "?"): return place
    default: return nil
    }
  }

  private func port(from start: Int) -> (number: Int, end: Int)? {
    var number = 0
    var place = start
    while unsafe place < bytes.count {
      let digit = unsafe bytes[place] &- UInt8(ascii: "0")
      guard digit < 10 else { break }
      number = number * 10 + Int(digit)
      place += 1
      if number > 65_535 || number == 0 { return nil }
    }
    guard place > start, unsafe place < bytes.count else { return nil }
    return (number, place)
  }

  /// Whether the rest is a path and query of printable ASCII without dot segments or fragment.
  private func isPlainPath(from start: Int) -> Bool {
    guard unsafe bytes[start] == UInt8(ascii: "/") else { return false }
    var isQuery = false
    var previous = UInt8(ascii: "/")
    for place in unsafe (start + 1)..<bytes.count {
      let byte = unsafe bytes[place]
      guard byte > 0x20, byte < 0x7f, byte != UInt8(ascii: "#") else { return false }
      if !isQuery, previous == UInt8(ascii: "/"), byte == UInt8(ascii: ".") { return false }
      if byte == UInt8(ascii: "?") { isQuery = true }
      previous = byte
    }
    return true
  }
}
