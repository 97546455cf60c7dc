import BatchCore
import FoundationEssentials
import Scrape
import Testing

@Suite("A record")
struct RecordWriterTests {
  private static func text(_ body: (ByteBuffer) -> Void) -> String {
    let buffer = ByteBuffer()
    body(buffer)
    return unsafe buffer.withBytes { unsafe String(decoding: $0, as: UTF8.self) }
  }

  private static func writer(
    _ values: [String: [String]], _ shape: ListShape = ListShape(format: .lines)
  ) throws -> RecordWriter {
    RecordWriter(try ScrapeOptions(OptionValues(values)), shape)
  }

  @Test("has texts that any reader of JSON reads back")
  func strings() throws {
    let texts = [
      "", "plain", "\"\\/", "\u{0}\u{1}\u{1F}\u{7F}\t\r\n", "é日本𝛼👩‍👩‍👧", "\u{2028}</script>",
      String((0..<300).map { Character(Unicode.Scalar(UInt8($0 % 256))) }),
    ]
    let written = Self.text { $0.append(json: texts) }
    #expect(try JSONDecoder().decode([String].self, from: Data(written.utf8)) == texts)
    #expect(!written.utf8.contains { $0 < 0x20 })
    #expect(Self.text { $0.append(json: nil as String?) } == "null")
    #expect(Self.text { $0.append(json: [String]()) } == "[]")
    #expect(Self.text { $0.append(json: -7 as Int?) } == "-7")
  }

  @Test(
    "has CSV fields in quotes only where they need them",
    arguments: [
      ("", ""), ("a b", "a b"), ("a,b", "\"a,b\""), ("a\"b", "\"a\"\"b\""), ("a\nb", "\"a\nb\""),
      ("a\rb", "\"a\rb\""),
    ])
  func csvField(text: String, written: String) {
    #expect(Self.text { $0.append(csv: text) } == written)
  }

  @Test("of a failed page has every key, null where nothing is known")
  func failure() throws {
    let writer = try Self.writer(
      ["deterministic": [""], "field": ["a=h1", "b[]=p"], "article": [""]])
    let answer = PageAnswer(
      failure: .init(code: .badInput, isTransient: false, message: "no \"page\""))
    let line = Self.text {
      writer.write(answer, of: ListedPage(line: 1, typed: "http://u:p@h/"), to: $0)
    }
    #expect(
      line == """
        {"url":"http://h/","final_url":null,"status":null,"title":null,"authors":[],\
        "abstract":null,"year":null,"date":null,"doi":null,"venue":null,"pdf_url":null,\
        "language":null,"site":null,"content_type":null,"charset":null,"source":{},\
        "error":{"code":"bad_input","message":"no \\"page\\"","transient":false},\
        "a":null,"b":null,"article":null}

        """)
    #expect(writer.prologue.isEmpty)
  }

  @Test("carries fields under their own names, or others where those are taken")
  func carried() throws {
    var shape = ListShape(format: .jsonLines, column: "link")
    shape.columns = ["n", "link", "title", "first"]
    let values = ["fields": ["url"], "field": ["first=h1"]]
    let writer = try Self.writer(values, shape)
    let page = ListedPage(line: 1, typed: "x", carried: ["1.0", "\"a\\u00e9\"", "{\"b\": 2}"])
    let line = Self.text { writer.write(PageAnswer(), of: page, to: $0) }
    #expect(
      line
        == #"{"url":"x","first":null,"n":1.0,"input_title":"a\u00e9","input_first":{"b": 2}}"#
        + "\n")
    let table = try Self.writer(values.merging(["format": ["csv"]]) { $1 }, shape)
    #expect(
      String(decoding: table.prologue, as: UTF8.self) == "url,first,n,input_title,input_first\n")
    let row = Self.text { table.write(PageAnswer(), of: page, to: $0) }
    #expect(row == "x,,1.0,aé,\"{\"\"b\"\": 2}\"\n")
  }

  @Test("has names that differ, whatever the list's columns are called")
  func collisions() throws {
    var shape = ListShape(format: .csv, column: "url")
    shape.columns = ["url", "title", "input_title", "a", "a", "article"]
    let writer = try Self.writer(["format": ["csv"]], shape)
    let names = String(decoding: writer.prologue, as: UTF8.self).dropLast().split(separator: ",")
    #expect(Set(names).count == names.count, "\(names)")
  }
}
