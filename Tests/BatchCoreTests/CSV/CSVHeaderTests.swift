import BatchCore
import Testing

@Suite("CSV header")
struct CSVHeaderTests {
  struct Case: CustomTestStringConvertible {
    let text: String
    let separator: Character
    let names: [String]
    var testDescription: String { text.debugDescription }
  }

  static let cases = [
    Case(text: "a,b\n1,2\n", separator: ",", names: ["a", "b"]),
    Case(text: "\u{FEFF}a,b\r\n1,2", separator: ",", names: ["a", "b"]),
    Case(text: "a;b;c\n", separator: ";", names: ["a", "b", "c"]),
    Case(text: "a\tb\n", separator: "\t", names: ["a", "b"]),
    Case(text: "a;b,c\n", separator: ",", names: ["a;b", "c"]),
    Case(text: "a;b;c\td\n", separator: ";", names: ["a", "b", "c\td"]),
    Case(text: "\"a,b\";c\n", separator: ";", names: ["a,b", "c"]),
    Case(text: "\"a\"\"b\",\"c\nd\",e\n", separator: ",", names: ["a\"b", "c\nd", "e"]),
    Case(text: "\n\r\n  a ,b\n", separator: ",", names: ["  a ", "b"]),
    Case(text: "only", separator: ",", names: ["only"]),
    Case(text: "a,a,\n", separator: ",", names: ["a", "a", ""]),
  ]

  @Test("names and separator are read from the first row with bytes", arguments: cases)
  func reads(example: Case) throws {
    let header = try CSVIndex(ByteSource(bytes: Array(example.text.utf8))).header
    #expect(header.names == example.names)
    #expect(header.separator == example.separator.asciiValue)
  }

  @Test("the header's text is kept without byte order mark and line ending")
  func text() throws {
    let header = try CSVIndex(ByteSource(bytes: Array("\u{FEFF}\"a\",b\r\n1,2\n".utf8))).header
    #expect(String(decoding: header.text, as: UTF8.self) == "\"a\",b")
    #expect(header.dataOffset == 3 + 7)
    #expect(header.dataLines == 1)
  }

  @Test("a header longer than what is read first is read whole")
  func longHeader() throws {
    let names = (0..<20_000).map { "column\($0)" }
    let text = names.joined(separator: ",") + "\n" + names.joined(separator: ",")
    let index = try CSVIndex(ByteSource(bytes: Array(text.utf8)))
    #expect(index.header.names == names)
    #expect(index.rowCount == 1)
  }

  @Test(
    "a text without bytes but line endings is empty", arguments: ["", "\n", "\r\n\n", "\u{FEFF}"])
  func empty(text: String) throws {
    let error = #expect(throws: InputError.self) {
      try CSVIndex(ByteSource(bytes: Array(text.utf8), name: "in.csv"))
    }
    #expect(error?.code == .empty)
    #expect(error?.description == "in.csv is empty; its first line should name the columns")
  }

  @Test("a header only is a table without rows")
  func headerOnly() throws {
    let source = ByteSource(bytes: Array("a,b\n".utf8))
    let file = CSVFile(source, index: try CSVIndex(source))
    #expect(file.rowCount == 0)
    #expect(try file.byteRange(ofRows: 0..<0) == 4..<4)
  }

  @Test("a quote that never closes is named by the line it opens on")
  func unterminated() throws {
    let text = "a,b\n1,2\n\n\"x\ny\",\"open\n3,4\n"
    let error = #expect(throws: InputError.self) {
      try CSVIndex(ByteSource(bytes: Array(text.utf8), name: "in.csv"))
    }
    #expect(error?.code == .unterminatedQuote(line: 5))
  }
}
