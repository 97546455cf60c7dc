import BatchCore
import BlackScholes
import Foundation
import Testing

@Suite("Bad input to price")
struct PriceBadInputTests {
  static let header = "spot,strike,rate,volatility,maturity,type"
  static let empty = ",,,,,,"

  @Test(
    "a bad field fails its row, and says line, column, value and reason",
    arguments: [
      ("abc,100,0,0.2,1,call", "spot", "abc", "is not a number"),
      ("100,12abc,0,0.2,1,call", "strike", "12abc", "has text after the number"),
      ("100,100,NaN,0.2,1,call", "rate", "NaN", "is not a finite number"),
      ("100,100,-inf,0.2,1,call", "rate", "-inf", "is not a finite number"),
      ("100,100,0,1e400,1,call", "volatility", "1e400", "is larger than the largest double"),
      ("1\u{0}0,100,0,0.2,1,call", "spot", "1\u{0}0", "has text after the number"),
      ("0x64,100,0,0.2,1,call", "spot", "0x64", "is hexadecimal"),
      ("\"1,000\",100,0,0.2,1,call", "spot", "1,000", "has a thousands separator"),
      ("-100,100,0,0.2,1,call", "spot", "-100", "is not a number above 0"),
      ("0,100,0,0.2,1,call", "spot", "0", "is not a number above 0"),
      ("100,-0,0,0.2,1,call", "strike", "-0", "is not a number above 0"),
      ("100,100,0,-0.2,1,call", "volatility", "-0.2", "is not a number of 0 or more"),
      ("100,100,0,0.2,-1,call", "maturity", "-1", "is not a number of 0 or more"),
      ("100,100,0,0.2,1,banana", "type", "banana", "is not call, put, C or P"),
      ("100,100,0,0.2,1,", "type", "", "is empty; write call or put"),
      ("100,100,,0.2,1,call", "rate", "", "is empty; write a number"),
    ])
  func field(row: String, column: String, value: String, reason: String) throws {
    let good = "100,100,0,0.2,1,call"
    let result = try PricedFile("\(Self.header)\n\(good)\n\(row)\n\(good)\n")
    let failure = try #require(result.failures.first)
    #expect(result.failures.count == 1)
    #expect(failure.item == ItemID(1) && failure.code == .badInput && !failure.isTransient)
    #expect(failure.location == .init(line: 3, column: column, value: value))
    #expect(failure.message.hasPrefix("in.csv:3: column \(column): "))
    #expect(failure.message.contains(reason), "\(failure.message)")
    #expect(result.lines[2] == row + Self.empty + ",bad_input")
    #expect(result.value("status", 0) == "ok")
    #expect(result.lines[1] == result.lines[3])
  }

  @Test("a short row is filled up and a long one cut, so that the output stays a table")
  func rowLength() throws {
    let csv = """
      \(Self.header)
      100,100
      100,100,0,0.2,1,call,more,"and, more"
      100
      100,100,0,0.2,1,call

      """
    let result = try PricedFile(csv)
    #expect(result.lines[1] == "100,100,,,," + Self.empty + ",bad_input")
    #expect(result.lines[2] == "100,100,0,0.2,1,call" + Self.empty + ",bad_input")
    #expect(result.lines[3] == "100,,,,," + Self.empty + ",bad_input")
    #expect(result.value("status", 3) == "ok")
    #expect(
      result.failures.map(\.message)
        == [
          "the row has 2 fields", "the row has 8 fields", "the row has 1 field",
        ].enumerated().map {
          "in.csv:\($0 + 2): \($1) and the header has 6; give every row one field for each "
            + "column, and quote fields that contain the separator"
        })
  }

  @Test("a value is cut to 200 bytes in the message")
  func longValue() throws {
    let value = String(repeating: "x", count: 10_000_000)
    let result = try PricedFile("\(Self.header)\n\(value),100,0,0.2,1,call\n1,1,0,0.2,1,P\n")
    let failure = try #require(result.failures.first)
    #expect(failure.location.value?.utf8.count ?? 0 <= 200)
    #expect(failure.message.utf8.count < 400)
    #expect(
      result.lines[1].utf8.count == value.utf8.count
        + ",100,0,0.2,1,call,,,,,,,bad_input".utf8.count)
    #expect(result.value("status", 1) == "ok")
  }

  @Test("a value that is no UTF-8 still takes at most 200 bytes")
  func foreignValue() throws {
    let row = [UInt8](repeating: 0xFF, count: 150) + Array(",100,0,0.2,1,call\n".utf8)
    let result = try PricedFile(Array("\(Self.header)\n".utf8) + row)
    let value = try #require(result.failures.first?.location.value)
    #expect(value.utf8.count <= 200 && value.hasSuffix("\u{FFFD}..."))
  }

  @Test("blanks around numbers, types and dates are allowed")
  func blanks() throws {
    let result = try PricedFile("\(Self.header)\n 100, 100,0 ,0.2, 1 , call \n100,100,0,0.2,1,C\n")
    #expect(result.failures.isEmpty)
    #expect(result.fields(0).suffix(7) == result.fields(1).suffix(7))
  }

  @Test("blanks around the names of columns are no part of them, and stay in the output")
  func blanksInHeader() throws {
    let header = "\" spot\t\",strike , rate,volatility,\tmaturity,type, price "
    let result = try PricedFile(
      "\(header)\n100,100,0,0.2,1,call,\nx,100,0,0.2,1,call,\n",
      ["solve": ["price"]])
    #expect(result.lines[0].hasPrefix("\(header),computed_price,delta,"))
    #expect(result.value("status", 0) == "ok")
    #expect(result.failures.map(\.location.column) == ["spot"])
    #expect(result.failures.first?.message.hasPrefix("in.csv:3: column spot: 'x' ") == true)
  }

  @Test(
    "two columns of one name are named, blanks around them or not",
    arguments: [("spot", "spot"), (" spot", "spot\t"), ("S", " underlying ")])
  func duplicateColumns(first: String, second: String) {
    let csv = "\(first),strike,rate,volatility,maturity,type,\(second)\n1,1,0,1,1,P,1\n"
    let error = #expect(throws: TaskError.self) { try PricedFile(csv) }
    let names = [first, second].map { $0.trimmingCharacters(in: .whitespaces) }
    #expect(
      error?.message.contains(
        "more than one column for spot: '\(names[0])' (column 1) and '\(names[1])' (column 7)")
        == true, "\(error?.message ?? "")")
  }

  @Test("a field of 10 MB in a column of no meaning is carried through")
  func longField() throws {
    let value = String(repeating: "y", count: 10_000_000)
    let result = try PricedFile("\(Self.header),note\n1,1,0,0.2,1,P,\"\(value)\"\n")
    #expect(result.failures.isEmpty)
    #expect(result.lines[1].hasPrefix("1,1,0,0.2,1,P,\"\(value)\",0.0796"))
  }

  @Test("bytes of columns of no meaning come through as they are")
  func carriedBytes() throws {
    let note: [UInt8] = [0x22, 0xFF, 0x00, 0xFE, 0x22, 0x22, 0x0D, 0x0A, 0x2C, 0x22]
    let plain: [UInt8] = [0xC3, 0x28, 0x00, 0x20]
    let row = Array("100,100,0,0.2,1,call,".utf8) + note + [0x2C] + plain
    let result = try PricedFile(Array("\(Self.header),a,b\n".utf8) + row + [0x0A])
    let body = result.output.drop { $0 != 0x0A }.dropFirst()
    #expect(body.starts(with: row + Array(",7.965567455405".utf8)))
    #expect(result.failures.isEmpty)
  }

  @Test("line ends are kept, a missing last one is added, blank lines are left out")
  func lineEnds() throws {
    let row = "110,100,0.05,0.2,0,call"
    let done = row + ",10,1,0,0,"
    let crlf = try PricedFile("\(Self.header)\r\n\r\n\(row)\r\n\(row)")
    #expect(crlf.text.hasPrefix("\(Self.header),\(OptionFileTests.results)\r\n\(done)"))
    let lines = crlf.text.split(separator: "\r\n", omittingEmptySubsequences: false)
    #expect(lines.count == 4 && lines[3].isEmpty && !crlf.text.contains("\n\n"))
    #expect(lines[1] == lines[2] && lines[1].hasSuffix(",ok"))
    let mixed = try PricedFile("\(Self.header)\n\(row)\r\n\n\n\(row)")
    #expect(mixed.output.filter { $0 == 0x0D }.count == 1)
    #expect(mixed.output.filter { $0 == 0x0A }.count == 3)
  }

  @Test("a byte order mark stays, and other separators are kept")
  func markAndSeparators() throws {
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    let marked = try PricedFile(mark + Array("\(Self.header)\n100,100,0,0.2,1,call\n".utf8))
    #expect(marked.output.starts(with: mark + Array("spot,".utf8)))
    #expect(marked.failures.isEmpty)
    for separator in [";", "\t"] {
      let csv = "\(Self.header)\n100,100,0,0.2,1,call\n".replacing(",", with: separator)
      let result = try PricedFile(csv)
      #expect(result.text.contains("call\(separator)7.96556745540"))
    }
  }

  @Test("lines are counted past blank lines and line breaks within quotes")
  func lineNumbers() throws {
    let csv = "\(Self.header),note\n\n\n1,1,0,1,1,P,\"a\nb\"\nx,1,0,1,1,P,\n\n1,1,0,1,1,Q,\n"
    for batchSize in [1, 2, 10] {
      let result = try PricedFile(csv, batchSize: batchSize)
      #expect(result.failures.map(\.location.line) == [6, 8], "batches of \(batchSize)")
    }
  }

  @Test("a file without rows gives a header, and says so")
  func headerOnly() throws {
    let result = try PricedFile("\(Self.header)\n")
    #expect(result.text == "\(Self.header),\(OptionFileTests.results)\n")
    #expect(result.notes.last == "in.csv has no rows")
  }

  @Test(
    "an input that cannot be used at all is an error that names it",
    arguments: [
      ("", "in.csv is empty"), ("\n\n", "in.csv is empty"), ("a,b\n1,2\n", "found: a, b"),
      ("spot,strike\n", "no column for rate"),
      ("\(header)\n1,1,0,1,1,\"P\n", "a quoted field begins here and never ends"),
    ])
  func unusable(csv: String, expected: String) {
    let error = #expect(throws: TaskError.self) { try PricedFile(csv) }
    #expect(error?.kind == .cannotRun)
    #expect(error?.message.contains(expected) == true, "\(error?.message ?? "")")
  }

  @Test("of very many or very long columns only some are quoted")
  func noTable() {
    let long = String(repeating: "x", count: 10_000_000)
    let many = (0..<100_000).map { "c\($0)" }.joined(separator: ",")
    for (header, words) in [(long, "xxx.... Options need"), (many, "c18, c19 and 99980 more.")] {
      let error = #expect(throws: TaskError.self) { try PricedFile("\(header)\n1\n") }
      let message = error?.message ?? ""
      #expect(message.contains(words) && message.utf8.count < 1000, "\(message.prefix(1000))")
    }
  }

  @Test("a missing file and a directory are named")
  func noFile() {
    for (path, expected) in [("/nowhere/x.csv", "No such file"), ("/tmp", "is a directory")] {
      let request = TaskRequest(
        options: OptionValues(), input: InputFile(path: path, displayName: "mine.csv"))
      let error = #expect(throws: TaskError.self) { try PricePlugin.prepare(request) }
      #expect(error?.message.contains("mine.csv") == true)
      #expect(error?.message.contains(expected) == true)
    }
  }

  @Test("an input that changes during the run stops it with a sentence")
  func changedInput() throws {
    let file = try TemporaryFile(Array("\(Self.header)\n1,1,0,1,1,P\n".utf8))
    let prepared = try PricePlugin.prepare(file.request())
    let input = try prepared.source.input(for: 0..<1)
    #expect(prepared.source.changed() == nil)
    try file.append("2,2,0,1,1,P\n")
    #expect(prepared.source.changed()?.contains("in.csv changed") == true)
    for task in [prepared.task, try PricePlugin.makeTask(message: prepared.workerMessage)] {
      let error = #expect(throws: TaskError.self) { try Self.run(task, input) }
      #expect(error?.message.contains("in.csv changed") == true)
    }
  }

  static func run<T: BatchTask>(_ task: T, _ input: BatchInput) throws {
    var workspace = try task.makeWorkspace()
    _ = try task.parts(of: input, in: &workspace)
  }

  @Test("a row that the runner gives up keeps its text and gets the code as its status")
  func failureRecord() throws {
    let csv = "\(Self.header)\n1,1,0,1,1,P\n\n\n2,2\r\n3,3,0,1,1,C,7"
    let file = try TemporaryFile(Array(csv.utf8))
    let prepared = try PricePlugin.prepare(file.request())
    func record(_ index: Int) throws -> String {
      let failure = ItemFailure(item: ItemID(index), code: .timedOut, message: "")
      return String(decoding: try prepared.failureRecord(failure), as: UTF8.self)
    }
    #expect(try record(0) == "1,1,0,1,1,P" + Self.empty + ",timed_out\n")
    #expect(try record(1) == "2,2,,,," + Self.empty + ",timed_out\n")
    #expect(try record(2) == "3,3,0,1,1,C" + Self.empty + ",timed_out\n")
  }

  @Test("a message of another version is refused")
  func foreignMessage() {
    for message in [[], Array("7:price 2".utf8), Array("7:price 1".utf8), Array("99:x".utf8)] {
      #expect(throws: TaskError.self) { try PricePlugin.makeTask(message: message) }
    }
  }

  @Test("the first rows only, when they were asked for")
  func limit() throws {
    let csv = Array("\(Self.header)\n1,1,0,1,1,P\n2,2,0,1,1,P\n3,3,0,1,1,P\n".utf8)
    #expect(try PricedFile(csv, limit: 2).lines.count == 3)
  }
}
