import Scrape
import Testing

@Suite("A line of JSON Lines")
struct JSONLineTests {
  private static func fields(_ text: String) throws -> [[String]] {
    try JSONLine(Array(text.utf8)).fields.map { [$0.name, $0.text] }
  }

  @Test("keeps each value as it stands there")
  func values() throws {
    let text = #" { "a" : 1.50e+3 ,"b\"}":"x,}\"\\", "c":[ 1, {"d":"]"} ] , "e":null,"f":{} } "#
    #expect(
      try Self.fields(text) == [
        ["a", "1.50e+3"], [#"b"}"#, #""x,}\"\\""#], ["c", #"[ 1, {"d":"]"} ]"#], ["e", "null"],
        ["f", "{}"],
      ])
    #expect(try Self.fields("{}").isEmpty)
    #expect(try Self.fields("{\"é\":\"日本\"}") == [["é", "\"日本\""]])
  }

  @Test("gives the first of the values of a name, and the text of a string")
  func lookup() throws {
    let line = try JSONLine(Array(#"{"url":"http:\/\/a\u002fb","n":7}"#.utf8))
    #expect(line["url"].flatMap(JSONLine.string) == "http://a/b")
    #expect(line["n"] == "7")
    #expect(line["n"].flatMap(JSONLine.string) == nil)
    #expect(line["missing"] == nil)
  }

  @Test(
    "takes the numbers that JSON has and no others, since they go into the records as they are",
    arguments: [
      ("0", true), ("-0.5", true), ("1e5", true), ("10E-2", true), ("1.0e+10", true), ("0.", false),
      (".5", false), ("01", false), ("+1", false), ("-", false), ("1e", false), ("1.e3", false),
      ("1e+", false), ("1-2", false),
    ])
  func numbers(text: String, isNumber: Bool) {
    let line = try? JSONLine(Array(#"{"n":[\#(text),{}]}"#.utf8))
    #expect((line != nil) == isNumber)
  }

  @Test(
    "is refused when it is not one object, with the column of the fault",
    arguments: ["", "[1]", "7", #"{"a":1"#, #"{"a" 1}"#, #"{"a":1}{"#, #"{"a":tru}"#, #"{a:1}"#])
  func faults(text: String) {
    let fault = #expect(throws: JSONLine.Fault.self) { try JSONLine(Array(text.utf8)) }
    #expect((1...text.utf8.count + 1).contains(fault?.column ?? 0), "\(text)")
    #expect(fault?.what.isEmpty == false)
  }
}
