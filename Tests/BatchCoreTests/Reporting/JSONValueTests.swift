import BatchCore
import FoundationEssentials
import Testing

@Suite("A JSON value")
struct JSONValueTests {
  @Test("escapes what JSON does not allow in a string and what terminals obey, and nothing else")
  func escapes() {
    #expect(JSONValue.string("a\"b\\c/d\n\r\t").text == #""a\"b\\c/d\n\r\t""#)
    #expect(
      JSONValue.string("\u{0}\u{1}\u{1f} \u{7f}\u{9b}\u{a0}é😀").text
        == "\"\\u0000\\u0001\\u001f \\u007f\\u009b\u{a0}é😀\"")
    #expect(JSONValue.string("e\u{301}").text.unicodeScalars.count == 4)
  }

  @Test("of any characters is read back as it was", arguments: 0..<40)
  func strings(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    var text = ""
    for _ in 0..<50 {
      let limit = random.unit() < 0.5 ? 0x60 : 0x11_0000
      if let scalar = Unicode.Scalar(UInt32(random.unit() * Double(limit))) {
        text.unicodeScalars.append(scalar)
      }
    }
    let json = JSONValue.object([.init(text, .string(text))]).text
    let read = try JSONDecoder().decode([String: String].self, from: Data(json.utf8))
    #expect(Array(read.keys.joined().unicodeScalars) == Array(text.unicodeScalars), "seed \(seed)")
    #expect(
      Array(read.values.joined().unicodeScalars) == Array(text.unicodeScalars), "seed \(seed)")
  }

  @Test("is null where JSON has no number", arguments: [Double.nan, .infinity, -.infinity])
  func nonFinite(number: Double) {
    #expect(JSONValue.number(number).text == "null")
  }

  @Test(
    "reads back to the same double",
    arguments: [0.0, -0.0, 0.1, 1e16, .leastNonzeroMagnitude, -1.7e308, 0.25])
  func numbers(number: Double) throws {
    let json = JSONValue.array([.number(number)]).text
    let read = try JSONDecoder().decode([Double].self, from: Data(json.utf8))
    #expect(read.map(\.bitPattern) == [number.bitPattern])
  }

  @Test("has numbers as Swift writes them, whole ones with a point", arguments: 0..<40)
  func numberText(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    for _ in 0..<200 {
      let bits = Double(bitPattern: random.next())
      let small = (random.unit() * 1e7).rounded() / 1000
      let whole = (random.unit() * 9e15).rounded()
      for number in [bits, small, -small, whole, small.rounded()]
      where number.isFinite && !(9e15..<1e16).contains(abs(number)) {
        #expect(JSONValue.number(number).text == "\(number)", "seed \(seed)")
      }
    }
  }

  @Test("keeps the order of fields and elements")
  func nesting() {
    let value = JSONValue.object([
      .init("b", .array([.integer(.min), .bool(true), .null, .array([])])),
      .init("a", .object([])), .init("n", JSONValue(nil as Int?)),
      .init("t", JSONValue(nil as String?)), .init("x", JSONValue(3)),
    ])
    #expect(
      value.text
        == #"{"b":[-9223372036854775808,true,null,[]],"a":{},"n":null,"t":null,"x":3}"#)
  }
}
