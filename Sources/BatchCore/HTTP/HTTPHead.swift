/// The status and header fields of an answer.
///
/// The fields stay as they came, one run of bytes, and are looked up when asked for: most are not.
package struct HTTPHead: Sendable {
  package let status: Int
  /// Whole lines with their line ends, beginning with the status line.
  private let lines: [UInt8]

  /// - Parameter lines: from the status line to the empty line.
  package init?(lines: [UInt8]) {
    guard let status = Self.status(of: lines) else { return nil }
    self.status = status
    self.lines = lines
  }

  package init(status: Int, fields: [(name: String, value: String)]) {
    self.status = status
    let text = fields.map { "\($0.name): \($0.value)\r\n" }.joined()
    lines = Array("HTTP/1.1 \(status)\r\n\(text)\r\n".utf8)
  }

  /// The number after the protocol's name: `HTTP/1.1 200 OK`.
  static func status(of lines: [UInt8]) -> Int? {
    guard let space = lines.firstIndex(of: UInt8(ascii: " ")) else { return nil }
    var status = 0
    let digits = lines[(space + 1)...].prefix(3)
    for byte in digits {
      let digit = byte &- UInt8(ascii: "0")
      guard digit < 10 else { return nil }
      status = status * 10 + Int(digit)
    }
    return digits.count == 3 ? status : nil
  }

  /// The value of the last field of that name; nil when there is none.
  ///
  /// - Parameter name: in lower case.
  /// - Complexity: linear in the size of the head.
  package func value(of name: StaticString) -> String? {
    var found: ArraySlice<UInt8>?
    var start = 0
    while start < lines.count {
      let end = lines[start...].firstIndex(of: UInt8(ascii: "\n")) ?? lines.count
      if let value = value(in: lines[start..<end], of: name) { found = value }
      start = end + 1
    }
    return found.map { String(decoding: $0, as: UTF8.self) }
  }

  /// The length of the body as it travels; nil when the server does not say.
  package var contentLength: Int? {
    value(of: "content-length").flatMap { Int($0) }.flatMap { $0 >= 0 ? $0 : nil }
  }

  /// Whether the body travels compressed, so that its length says little.
  package var isEncoded: Bool {
    value(of: "content-encoding").map { !$0.isEmpty && $0 != "identity" } ?? false
  }

  private func value(in line: ArraySlice<UInt8>, of name: StaticString) -> ArraySlice<UInt8>? {
    let length = name.utf8CodeUnitCount
    guard line.count > length, line[line.startIndex + length] == UInt8(ascii: ":") else {
      return nil
    }
    let isSame = name.withUTF8Buffer { wanted in
      unsafe zip(line, wanted).allSatisfy { lowercased($0) == $1 }
    }
    guard isSame else { return nil }
    var value = line.dropFirst(length + 1)
    while let first = value.first, first == 0x20 || first == 0x09 { value.removeFirst() }
    while let last = value.last, last <= 0x20 { value.removeLast() }
    return value
  }

  private func lowercased(_ byte: UInt8) -> UInt8 {
    UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte ? byte | 0x20 : byte
  }
}
