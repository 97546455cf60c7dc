/// A small XML document, as services answer with: elements, their texts and their children.
///
/// Attributes, comments and declarations are skipped, and what is no well-formed tree is refused; the
/// documents come from a service that was asked by us, and external entities do not exist here.
package struct XMLTree: Sendable, Equatable {
  package let name: String
  /// Everything between the tags that is in no child, as it stands there.
  package private(set) var text = ""
  package private(set) var children: [XMLTree] = []

  /// - Returns: nil when the bytes are not one well-formed element.
  /// - Complexity: linear.
  package init?(_ bytes: ByteBuffer) {
    var reader = Reader(unsafe bytes.withBytes { unsafe Array($0) })
    guard let root = reader.root() else { return nil }
    self = root
  }

  private init(name: String) { self.name = name }

  /// The text of the first child of that name.
  package subscript(_ name: String) -> String? {
    children.first { $0.name == name }?.text
  }

  package func children(_ name: String) -> [XMLTree] { children.filter { $0.name == name } }

  /// `text` with the characters escaped that XML gives a meaning to.
  static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  // MARK: - Reading

  private struct Reader {
    private let bytes: [UInt8]
    private var place = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// More levels than any answer has.
    private static let mostLevels = 32

    mutating func root() -> XMLTree? {
      var open: [XMLTree] = []
      while place < bytes.count {
        let start = place
        while place < bytes.count, bytes[place] != UInt8(ascii: "<") { place += 1 }
        if start < place, !open.isEmpty {
          guard let text = Self.unescaped(bytes[start..<place]) else { return nil }
          open[open.count - 1].text += text
        }
        guard place < bytes.count else { return nil }
        if skips("<?", to: "?>") || skips("<!--", to: "-->") { continue }
        if let text = content("<![CDATA[", to: "]]>") {
          guard !open.isEmpty else { return nil }
          open[open.count - 1].text += String(decoding: text, as: UTF8.self)
          continue
        }
        guard let tag = content("<", to: ">"), let first = tag.first else { return nil }
        if first == UInt8(ascii: "/") {
          guard let last = open.popLast(), last.name.utf8.elementsEqual(Self.name(tag.dropFirst()))
          else { return nil }
          if open.isEmpty { return last }
          open[open.count - 1].children.append(last)
        } else if first == UInt8(ascii: "!") {
          return nil
        } else {
          let element = XMLTree(name: String(decoding: Self.name(tag), as: UTF8.self))
          if tag.last == UInt8(ascii: "/") {
            if open.isEmpty { return element }
            open[open.count - 1].children.append(element)
          } else {
            guard open.count < Self.mostLevels else { return nil }
            open.append(element)
          }
        }
      }
      return nil
    }

    /// The name of a tag, without its prefix and attributes.
    private static func name(_ tag: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
      let name = tag.prefix { $0 > 0x20 && $0 != UInt8(ascii: "/") }
      guard let colon = name.firstIndex(of: UInt8(ascii: ":")) else { return name }
      return name[(colon + 1)...]
    }

    private mutating func skips(_ start: String, to end: String) -> Bool {
      content(start, to: end) != nil
    }

    /// What stands between two marks, the first of which begins here; moves past the second.
    private mutating func content(_ start: String, to end: String) -> ArraySlice<UInt8>? {
      guard bytes[place...].starts(with: start.utf8) else { return nil }
      let from = place + start.utf8.count
      let end = Array(end.utf8)
      var to = from
      while to + end.count <= bytes.count {
        if bytes[to] == end[0], bytes[to...].starts(with: end) {
          place = to + end.count
          return bytes[from..<to]
        }
        to += 1
      }
      return nil
    }

    /// Nil where an entity is unknown.
    private static func unescaped(_ bytes: ArraySlice<UInt8>) -> String? {
      guard bytes.contains(UInt8(ascii: "&")) else { return String(decoding: bytes, as: UTF8.self) }
      var result: [UInt8] = []
      var rest = bytes
      while let first = rest.popFirst() {
        guard first == UInt8(ascii: "&") else {
          result.append(first)
          continue
        }
        guard let end = rest.firstIndex(of: UInt8(ascii: ";")),
          let scalar = scalar(String(decoding: rest[..<end], as: UTF8.self))
        else { return nil }
        result += Array(String(scalar).utf8)
        rest = rest[(end + 1)...]
      }
      return String(decoding: result, as: UTF8.self)
    }

    private static func scalar(_ entity: String) -> Unicode.Scalar? {
      switch entity {
      case "amp": "&"
      case "lt": "<"
      case "gt": ">"
      case "quot": "\""
      case "apos": "'"
      default:
        if entity.hasPrefix("#x") {
          UInt32(entity.dropFirst(2), radix: 16).flatMap(Unicode.Scalar.init)
        } else if entity.hasPrefix("#") {
          UInt32(entity.dropFirst()).flatMap(Unicode.Scalar.init)
        } else {
          nil
        }
      }
    }
  }
}
