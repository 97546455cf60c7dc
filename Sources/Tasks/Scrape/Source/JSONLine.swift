internal import BatchCore

/// The fields of one line of JSON Lines, each value as it stands there.
package struct JSONLine {
  package struct Field: Equatable {
    package var name: String
    /// The JSON text of the value, without the blanks around it.
    package var text: String
  }

  package private(set) var fields: [Field] = []

  /// Why a line is no JSON object, as the end of a sentence.
  package struct Fault: Error, Equatable {
    package var column: Int
    package var what: String
  }

  /// - Throws: `Fault` when the line is not one JSON object.
  package init(_ line: [UInt8]) throws(Fault) {
    let value: JSONValue
    do throws(JSONReader.Fault) {
      value = try JSONReader.parse(line)
    } catch {
      throw Fault(column: error.column, what: error.what)
    }
    guard case .object(let known) = value else {
      throw Fault(column: 1, what: "it is no object in braces")
    }
    // The line is known to be right: what is left is to find where each value begins and ends.
    var place = Self.skipBlanks(line, 0) + 1
    for field in known {
      place = Self.skipBlanks(line, place)
      place = Self.skipBlanks(line, Self.end(ofValueAt: place, in: line)) + 1
      place = Self.skipBlanks(line, place)
      let end = Self.end(ofValueAt: place, in: line)
      fields.append(
        Field(name: field.name, text: String(decoding: line[place..<end], as: UTF8.self)))
      place = Self.skipBlanks(line, end) + 1
    }
  }

  package subscript(_ name: String) -> String? { fields.first { $0.name == name }?.text }

  /// The text of a JSON string; nil for another value.
  package static func string(_ json: String) -> String? {
    guard let value = try? JSONReader.parse(Array(json.utf8)), case .string(let text) = value else {
      return nil
    }
    return text
  }

  private static func skipBlanks(_ bytes: [UInt8], _ start: Int) -> Int {
    var place = start
    while place < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[place]) { place += 1 }
    return place
  }

  /// Where the value that begins at `start` ends: its closing bracket or quote, or the next comma.
  private static func end(ofValueAt start: Int, in bytes: [UInt8]) -> Int {
    var (place, depth, isText) = (start, 0, false)
    while place < bytes.count {
      let byte = bytes[place]
      place += 1
      if isText {
        if byte == UInt8(ascii: "\\") { place += 1 }
        if byte == UInt8(ascii: "\"") {
          isText = false
          if depth == 0 { return place }
        }
        continue
      }
      switch byte {
      case UInt8(ascii: "\""): isText = true
      case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        depth -= 1
        if depth == 0 { return place }
        if depth < 0 { return place - 1 }
      case UInt8(ascii: ","), UInt8(ascii: ":"), 0x20, 0x09, 0x0A, 0x0D:
        if depth == 0 { return place - 1 }
      default: break
      }
    }
    return place
  }
}
