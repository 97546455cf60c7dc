internal import BatchCore

/// Reads JSON: files of rules, strictly, and what pages carry as JSON, as far as it can be understood.
struct JSONReader {
  /// Why a text is not JSON, and where.
  struct Fault: Error, Equatable {
    /// Counted from 1.
    let line: Int
    let column: Int
    /// What is wrong there, as the end of a sentence.
    let what: String
  }

  private let bytes: [UInt8]
  private var place = 0
  private var depth = 0
  /// Pages hold line feeds in strings, and commas before a closing bracket.
  private let isLenient: Bool
  private static let deepest = 64

  private init(_ bytes: [UInt8], lenient: Bool) {
    self.bytes = bytes
    isLenient = lenient
  }

  /// - Parameter lenient: forgive what pages do, and what stands behind the first value.
  static func parse(_ bytes: [UInt8], lenient: Bool = false) throws(Fault) -> JSONValue {
    var reader = JSONReader(bytes, lenient: lenient)
    reader.skipBlanks()
    let value = try reader.value()
    reader.skipBlanks()
    guard lenient || reader.next == nil else { throw reader.fault("more follows behind the end") }
    return value
  }

  // MARK: - Bytes

  private var next: UInt8? { place < bytes.count ? bytes[place] : nil }

  private mutating func skipBlanks() {
    while let byte = next, byte.isBlank { place += 1 }
  }

  private mutating func take(_ byte: UInt8) -> Bool {
    guard next == byte else { return false }
    place += 1
    return true
  }

  private func fault(_ what: String) -> Fault {
    let before = bytes.prefix(place)
    let line = before.count { $0 == UInt8(ascii: "\n") } + 1
    let start = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
    return Fault(line: line, column: place - start + 1, what: what)
  }

  // MARK: - Values

  private mutating func value() throws(Fault) -> JSONValue {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.deepest else { throw fault("brackets are nested too deeply") }
    switch next {
    case UInt8(ascii: "{"): return .object(try object())
    case UInt8(ascii: "["): return .array(try array())
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    case .some: return try number()
    case nil: throw fault("a value is missing")
    }
  }

  private mutating func object() throws(Fault) -> [JSONValue.Field] {
    var fields: [JSONValue.Field] = []
    place += 1
    skipBlanks()
    if take(UInt8(ascii: "}")) { return fields }
    while true {
      skipBlanks()
      if isLenient, take(UInt8(ascii: "}")) { return fields }
      guard next == UInt8(ascii: "\"") else { throw fault("a name in quotes is missing") }
      let name = try string()
      skipBlanks()
      guard take(UInt8(ascii: ":")) else { throw fault("':' is missing behind a name") }
      skipBlanks()
      fields.append(JSONValue.Field(name, try value()))
      skipBlanks()
      if take(UInt8(ascii: "}")) { return fields }
      guard take(UInt8(ascii: ",")) else { throw fault("',' or '}' is missing") }
    }
  }

  private mutating func array() throws(Fault) -> [JSONValue] {
    var values: [JSONValue] = []
    place += 1
    skipBlanks()
    if take(UInt8(ascii: "]")) { return values }
    while true {
      skipBlanks()
      if isLenient, take(UInt8(ascii: "]")) { return values }
      values.append(try value())
      skipBlanks()
      if take(UInt8(ascii: "]")) { return values }
      guard take(UInt8(ascii: ",")) else { throw fault("',' or ']' is missing") }
    }
  }

  private mutating func word(_ text: String, _ value: JSONValue) throws(Fault) -> JSONValue {
    guard bytes[place...].starts(with: text.utf8) else { throw fault("this is no value") }
    place += text.utf8.count
    return value
  }

  private mutating func number() throws(Fault) -> JSONValue {
    let start = place
    while let byte = next, byte.isASCIIDigit || "+-.eE".utf8.contains(byte) { place += 1 }
    let text = String(decoding: bytes[start..<place], as: UTF8.self)
    if !isLenient, !Self.isNumber(bytes[start..<place]) {
      place = start
      throw fault("this is no value")
    }
    if let integer = Int(text) { return .integer(integer) }
    guard let number = Double(text) else {
      place = start
      throw fault("this is no value")
    }
    return .number(number)
  }

  /// Whether a number is spelled as JSON has it (RFC 8259, 6): `0.`, `.5`, `01` and `+1` are not.
  private static func isNumber(_ text: ArraySlice<UInt8>) -> Bool {
    var rest = text
    func digits() -> Int {
      let count = rest.prefix { $0.isASCIIDigit }.count
      rest = rest.dropFirst(count)
      return count
    }
    if rest.first == UInt8(ascii: "-") { rest.removeFirst() }
    let isZero = rest.first == UInt8(ascii: "0")
    let whole = digits()
    guard whole == 1 || whole > 1 && !isZero else { return false }
    if rest.first == UInt8(ascii: ".") {
      rest.removeFirst()
      guard digits() > 0 else { return false }
    }
    if rest.first == UInt8(ascii: "e") || rest.first == UInt8(ascii: "E") {
      rest.removeFirst()
      if rest.first == UInt8(ascii: "+") || rest.first == UInt8(ascii: "-") { rest.removeFirst() }
      guard digits() > 0 else { return false }
    }
    return rest.isEmpty
  }

  // MARK: - Strings

  private mutating func string() throws(Fault) -> String {
    place += 1
    var result: [UInt8] = []
    while let byte = next {
      place += 1
      switch byte {
      case UInt8(ascii: "\""): return String(decoding: result, as: UTF8.self)
      case UInt8(ascii: "\\"): result += try escape()
      case 0..<0x20 where !isLenient:
        throw fault("a line feed or another control character stands in a string")
      default: result.append(byte)
      }
    }
    throw fault("a string is not closed")
  }

  private mutating func escape() throws(Fault) -> [UInt8] {
    guard let byte = next else { throw fault("a string is not closed") }
    place += 1
    switch byte {
    case UInt8(ascii: "n"): return [0x0A]
    case UInt8(ascii: "t"): return [0x09]
    case UInt8(ascii: "r"): return [0x0D]
    case UInt8(ascii: "b"), UInt8(ascii: "f"): return [0x20]
    case UInt8(ascii: "u"): return Array(String(try scalar()).utf8)
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
    default:
      guard isLenient else { throw fault("'\\' is followed by what is no escape") }
      return [byte]
    }
  }

  /// The character of `\uXXXX`, or of two of them for one beyond the first 65,536.
  private mutating func scalar() throws(Fault) -> Character {
    let first = try fourDigits()
    if first & 0xFC00 == 0xD800, place + 1 < bytes.count, bytes[place] == UInt8(ascii: "\\"),
      bytes[place + 1] == UInt8(ascii: "u")
    {
      let start = place
      place += 2
      let second = try fourDigits()
      if second & 0xFC00 == 0xDC00 {
        let code = 0x10000 + (first & 0x3FF) << 10 + second & 0x3FF
        return Character(Unicode.Scalar(code) ?? "\u{FFFD}")
      }
      place = start
    }
    return Character(Unicode.Scalar(first) ?? "\u{FFFD}")
  }

  private mutating func fourDigits() throws(Fault) -> UInt32 {
    guard place + 4 <= bytes.count,
      let code = UInt32(String(decoding: bytes[place..<place + 4], as: UTF8.self), radix: 16)
    else { throw fault("'\\u' is not followed by four hexadecimal digits") }
    place += 4
    return code
  }
}

extension JSONValue {
  /// The value of a field of an object.
  subscript(name: String) -> JSONValue? {
    guard case .object(let fields) = self else { return nil }
    return fields.first { $0.name == name }?.value
  }

  var string: String? {
    guard case .string(let text) = self else { return nil }
    return text
  }

  /// The elements of an array; anything else is the one element, null is none.
  var elements: [JSONValue] {
    switch self {
    case .array(let values): values
    case .null: []
    default: [self]
    }
  }
}
