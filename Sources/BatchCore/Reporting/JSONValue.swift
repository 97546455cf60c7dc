/// A value to be written as JSON; objects keep the order of their fields.
package enum JSONValue: Sendable, Equatable {
  case null
  case bool(Bool)
  case integer(Int)
  case number(Double)
  case string(String)
  case array([JSONValue])
  case object([Field])

  package struct Field: Sendable, Equatable {
    package var name: String
    package var value: JSONValue

    package init(_ name: String, _ value: JSONValue) {
      self.name = name
      self.value = value
    }
  }

  package init(_ text: String?) { self = text.map(JSONValue.string) ?? .null }
  package init(_ number: Int?) { self = number.map(JSONValue.integer) ?? .null }

  /// The JSON text on one line; a number that JSON cannot say is null.
  package var text: String {
    let buffer = ByteBuffer(capacity: 256)
    buffer.append(self)
    return unsafe buffer.withBytes { unsafe String(decoding: $0, as: UTF8.self) }
  }
}

extension ByteBuffer {
  /// Appends the JSON text on one line.
  package func append(_ value: JSONValue) {
    switch value {
    case .null: append(literal: "null")
    case .bool(let flag): append(literal: flag ? "true" : "false")
    case .integer(let number): append(number)
    case .number(let number): append(json: number)
    case .string(let string): append(json: string)
    case .array(let values): append(json: values) { $0.append($1) }
    case .object(let fields):
      append(UInt8(ascii: "{"))
      append(fields)
      append(UInt8(ascii: "}"))
    }
  }

  /// Appends the fields of an object without its braces.
  package func append(_ fields: [JSONValue.Field]) {
    for place in fields.indices {
      if place > 0 { append(UInt8(ascii: ",")) }
      append(json: fields[place].name)
      append(UInt8(ascii: ":"))
      append(fields[place].value)
    }
  }
}

extension Unicode.Scalar {
  /// Whether a terminal may take the character for an order.
  package var isControl: Bool { value < 0x20 || 0x7F...0x9F ~= value }
}
