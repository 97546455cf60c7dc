import BatchCore

/// The rules of CSV, byte by byte and slowly: what the fast code is compared with.
struct NaiveCSV {
  struct Row: Equatable {
    /// Bytes of the row in the text, without the line ending.
    var range: Range<Int>
    /// Offset just past the previous row's line ending.
    var begin: Int
    /// The line the row begins on, from 1.
    var line: Int
    /// Bytes of each field as they stand.
    var fields: [Range<Int>]
  }

  var rows: [Row] = []
  /// The line of the quote that is open at the end, if one is.
  var openQuoteLine: Int?

  init(_ bytes: [UInt8], separator: UInt8) {
    var (begin, start, line, rowLine, fieldStart) = (0, 0, 1, 1, 0)
    var fields: [Range<Int>] = []
    var quoted = false
    var index = 0
    func end(_ position: Int) -> Int {
      position > start && bytes[position - 1] == 0x0D ? position - 1 : position
    }
    while index < bytes.count {
      let byte = bytes[index]
      if quoted {
        if byte == 0x22 {
          if index + 1 < bytes.count, bytes[index + 1] == 0x22 {
            index += 1
          } else {
            quoted = false
          }
        } else if byte == 0x0A {
          line += 1
        }
      } else if byte == 0x22, index == fieldStart {
        quoted = true
        openQuoteLine = line
      } else if byte == separator {
        fields.append(fieldStart..<index)
        fieldStart = index + 1
      } else if byte == 0x0A {
        line += 1
        let last = end(index)
        if last > start {
          fields.append(fieldStart..<last)
          rows.append(Row(range: start..<last, begin: begin, line: rowLine, fields: fields))
          begin = index + 1
        }
        (start, fieldStart, rowLine, fields) = (index + 1, index + 1, line, [])
      }
      index += 1
    }
    if !quoted { openQuoteLine = nil }
    let last = end(bytes.count)
    if last > start {
      fields.append(fieldStart..<last)
      rows.append(Row(range: start..<last, begin: begin, line: rowLine, fields: fields))
    }
  }
}

/// Random CSV text with every quirk that the rules speak of.
struct RandomCSV {
  var generator: SeededGenerator

  init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

  /// A header of `columns` names and some rows, most of them of that width.
  mutating func text(columns: Int, rows: Int, quirks: Bool) -> [UInt8] {
    var text = (0..<columns).map { "c\($0)" }.joined(separator: ",").utf8.map { $0 } + [0x0A]
    for row in 0..<rows {
      let width =
        quirks && chance(10) ? Int.random(in: 1...columns + 2, using: &generator) : columns
      for field in 0..<width {
        if field > 0 { text.append(0x2C) }
        text += self.field(quirks)
      }
      if row == rows - 1, chance(2) { break }
      if quirks, chance(3) { text.append(0x0D) }
      text.append(0x0A)
      if quirks, chance(8) { text += chance(2) ? [0x0A] : [0x0D, 0x0A] }
    }
    if quirks, chance(6) { text.append(0x0D) }
    return text
  }

  private mutating func field(_ quirks: Bool) -> [UInt8] {
    guard quirks else { return Array(number().utf8) }
    switch Int.random(in: 0..<14, using: &generator) {
    case 0: return []
    case 1: return Array("\"\(number())\"".utf8)
    case 2: return Array("\"a,b\r\nc \"\"d\"\"\n\"".utf8)
    case 3: return Array("\"\"".utf8)
    case 4: return Array("5\" pipe".utf8)
    case 5: return Array("\"x\"tail\"".utf8)
    case 6: return [0x00, 0xFF, 0xFE, 0x80]
    case 7: return Array(repeating: 0x61, count: Int.random(in: 0...150, using: &generator))
    case 8: return Array("\"\"\"\"".utf8)
    case 9:
      return Array(
        ["NaN", "1e400", "0x1F", " 12 ", "a\rb", "1e-05"].randomElement(using: &generator)?.utf8
          ?? "".utf8)
    default: return Array(number().utf8)
    }
  }

  /// Numbers of every length that is read in its own way.
  private mutating func number() -> String {
    switch Int.random(in: 0..<6, using: &generator) {
    case 0: return NumberText.text(Double.random(in: -100...100, using: &generator))
    case 1:
      let digits = (0..<Int.random(in: 1...26, using: &generator)).map { _ in
        String(Int.random(in: 0...9, using: &generator))
      }
      let point = Int.random(in: 0...digits.count, using: &generator)
      let sign = chance(3) ? "-" : ""
      return sign + digits[..<point].joined() + "." + digits[point...].joined()
    case 2: return String(Int64.random(in: Int64.min...Int64.max, using: &generator))
    default:
      let value = Double(Int.random(in: -10_000_000...10_000_000, using: &generator))
      return NumberText.text(value / 1e4)
    }
  }

  private mutating func chance(_ oneIn: Int) -> Bool {
    Int.random(in: 0..<oneIn, using: &generator) == 0
  }
}
