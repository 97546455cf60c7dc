/// The fields of one row, found anew for each row in memory that is kept.
///
/// The form for callers that need any field of any row; `CSVBlock` is the fast way to a few numeric columns.
@safe
package struct CSVFields {
  private let separator: UInt8
  private var row: UnsafeRawBufferPointer = unsafe UnsafeRawBufferPointer(start: nil, count: 0)
  /// One past the last byte of each field.
  private var ends: [Int] = []

  package init(separator: UInt8) { self.separator = separator }

  /// How many fields the row has; a row without bytes has one.
  package var count: Int { ends.count }

  /// Finds the fields of a row without its line ending; the bytes must stay valid while fields are used.
  package mutating func split(_ row: UnsafeRawBufferPointer) {
    unsafe self.row = row
    ends.removeAll(keepingCapacity: true)
    var isQuoted = false
    var start = 0
    var index = 0
    let quote = UInt8(ascii: "\"")
    while index < row.count {
      let byte = unsafe row[index]
      if isQuoted {
        if byte == quote {
          if index + 1 < row.count, unsafe row[index + 1] == quote {
            index += 1
          } else {
            isQuoted = false
          }
        }
      } else if byte == separator {
        ends.append(index)
        start = index + 1
      } else if byte == quote, index == start {
        isQuoted = true
      }
      index += 1
    }
    ends.append(row.count)
  }

  /// The bytes of a field as they stand, with quotes.
  package func bytes(_ field: Int) -> UnsafeRawBufferPointer {
    let start = field == 0 ? 0 : ends[field - 1] + 1
    return unsafe UnsafeRawBufferPointer(rebasing: row[start..<ends[field]])
  }

  /// The content of a field, without quotes; bytes that are no UTF-8 are replaced.
  package func text(_ field: Int) -> String {
    String(decoding: unsafe CSVQuoting.content(bytes(field)), as: UTF8.self)
  }

  /// The field as a number.
  package func number(_ field: Int) throws(NumberRejection) -> Double {
    try unsafe CSVQuoting.number(bytes(field))
  }
}

/// Quoted fields and what they say.
package enum CSVQuoting {
  /// The content of a field: without the quotes around it, doubled quotes once.
  package static func content(_ field: UnsafeRawBufferPointer) -> [UInt8] {
    guard unsafe field.first == quote else { return unsafe [UInt8](field) }
    var content: [UInt8] = []
    content.reserveCapacity(field.count)
    var isQuoted = true
    var index = 1
    while index < field.count {
      let byte = unsafe field[index]
      if isQuoted, byte == quote {
        if index + 1 < field.count, unsafe field[index + 1] == quote {
          content.append(quote)
          index += 1
        } else {
          isQuoted = false
        }
      } else {
        content.append(byte)
      }
      index += 1
    }
    return content
  }

  /// The content where it lies in one piece, which all but doubled quotes and text after a closing quote does.
  package static func plainContent(_ field: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
    guard unsafe field.first == quote else { return unsafe field }
    guard field.count >= 2, unsafe field[field.count - 1] == quote else { return nil }
    let inner = unsafe UnsafeRawBufferPointer(rebasing: field[1..<(field.count - 1)])
    return unsafe inner.contains(quote) ? nil : unsafe inner
  }

  /// A field as a number, quoted or not.
  package static func number(_ field: UnsafeRawBufferPointer) throws(NumberRejection) -> Double {
    if let plain = unsafe plainContent(field) { return try unsafe NumberText.parse(plain) }
    let text = unsafe String(decoding: content(field), as: UTF8.self)
    return try NumberText.parse(text)
  }

  private static let quote = UInt8(ascii: "\"")
}
