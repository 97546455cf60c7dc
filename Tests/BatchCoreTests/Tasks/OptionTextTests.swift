import BatchCore
import Testing

@Suite("Option text")
struct OptionTextTests {
  @Test(
    "durations are seconds with a unit or without",
    arguments: [
      ("20", 20.0), ("0.5", 0.5), ("500ms", 0.5), ("20s", 20), ("5m", 300), ("5min", 300),
      ("1.5h", 5400), ("1e2", 100), ("0s", 0),
    ])
  func durations(text: String, seconds: Double) {
    #expect(OptionText.durationSeconds(text) == seconds)
  }

  @Test(
    "other texts are no durations",
    arguments: ["", "s", "-1", "-1s", "5 m", "5d", "1e2s", "nan", "inf", "0x10", "1e999", "5mm"])
  func noDurations(text: String) {
    #expect(OptionText.durationSeconds(text) == nil)
  }

  @Test(
    "sizes are bytes with a decimal or binary unit",
    arguments: [
      ("4096", 4096), ("64kB", 64000), ("64KB", 64000), ("1.5GB", 1_500_000_000),
      ("512MiB", 536_870_912), ("2gib", 2_147_483_648), ("1T", 1_000_000_000_000), ("10b", 10),
    ])
  func sizes(text: String, bytes: Int) {
    #expect(OptionText.byteCount(text) == bytes)
  }

  @Test("other texts are no sizes", arguments: ["", "GB", "-1kB", "1 GB", "1XB", "1e30GB", "1e30"])
  func noSizes(text: String) {
    #expect(OptionText.byteCount(text) == nil)
  }

  @Test(
    "a number is decimal and finite", arguments: ["nan", "inf", "0x1p3", "", " 1", "1,5", "1e400"])
  func noNumbers(text: String) {
    #expect(OptionText.number(text) == nil)
    #expect(OptionText.numberList(text.isEmpty ? "1,,2" : text + ",1") != [1])
  }

  @Test("a list needs a number between any two commas")
  func lists() {
    #expect(OptionText.numberList("1,2.5,-3e-2") == [1, 2.5, -0.03])
    for text in ["", ",", "1,", ",1", "1,,2", "1;2", "1,x"] {
      #expect(OptionText.numberList(text) == nil, "\(text)")
    }
  }

  @Test("an assignment is cut at its first equals sign")
  func assignments() {
    #expect(OptionText.assignment("rate=0.03").map { [$0.name, $0.value] } == ["rate", "0.03"])
    #expect(OptionText.assignment("a=b=c").map { [$0.name, $0.value] } == ["a", "b=c"])
    #expect(OptionText.assignment("a=").map { [$0.name, $0.value] } == ["a", ""])
    #expect(OptionText.assignment("=1") == nil)
    #expect(OptionText.assignment("rate") == nil)
  }

  @Test("a failure budget is a count or a share of all items")
  func budgets() {
    #expect(OptionText.countOrShare("20") == .count(20))
    #expect(OptionText.countOrShare("2.5%") == .share(0.025))
    for text in ["", "%", "-1", "101%", "5 %", "1.5"] {
      #expect(OptionText.countOrShare(text) == nil, "\(text)")
    }
    #expect(CountOrShare.count(20).limit(of: 10) == 20)
    #expect(CountOrShare.share(0.05).limit(of: 399) == 19)
  }
}

@Suite("Option checks")
struct OptionCheckTests {
  struct Case: Sendable {
    var kind: OptionSpec.Kind
    var good: [String]
    var bad: [String]
    var objection: String
  }

  static let cases = [
    Case(
      kind: .integer(1...Int.max), good: ["1", "99"], bad: ["0", "-1", "1.5", "x", ""],
      objection: "must be a whole number of at least 1"),
    Case(
      kind: .integer(0...9), good: ["0", "9"], bad: ["10"],
      objection: "must be a whole number from 0 to 9"),
    Case(
      kind: .number(0...1), good: ["0", "1", "1e-10"], bad: ["-0.1", "nan", "2"],
      objection: "must be a number from 0 to 1"),
    Case(
      kind: .number(-Double.infinity...Double.infinity), good: ["-1e300"], bad: ["inf", "x"],
      objection: "must be a number"),
    Case(
      kind: .numberList(0...Double.infinity), good: ["1", "1,2"], bad: ["1,-2", "1,"],
      objection: "must be a list of numbers separated by commas, each of at least 0"),
    Case(
      kind: .choice(["put", "call"]), good: ["put"], bad: ["Put", "", "p"],
      objection: "must be put or call"),
    Case(kind: .file, good: ["a b", "-"], bad: [""], objection: "must be the name of a file"),
    Case(kind: .flag, good: ["1", "no", "TRUE"], bad: ["2"], objection: "must be yes or no"),
    Case(
      kind: .assignment, good: ["a=1"], bad: ["a"],
      objection: "must be a name and a value, NAME=VALUE"),
    Case(
      kind: .countOrPercent, good: ["5%", "5"], bad: ["500%"],
      objection: "must be a count such as 20 or a share such as 5%"),
  ]

  @Test("a value outside its kind is answered with what is allowed", arguments: cases)
  func check(_ example: Case) {
    let option = OptionSpec("x", example.kind, help: "")
    for text in example.good { #expect(option.objection(to: text) == nil, "\(text)") }
    for text in example.bad { #expect(option.objection(to: text) == example.objection, "\(text)") }
  }

  @Test("the readers give what was checked, and nil for what is absent")
  func readers() {
    let values = OptionValues([
      "n": ["1", "2"], "t": ["5m"], "b": ["1kB"], "l": ["1,2"], "s": ["a=1", "b=2"], "f": ["5%"],
      "x": ["0.5"],
    ])
    #expect(values.integer("n") == 2)
    #expect(values.durationSeconds("t") == 300)
    #expect(values.byteCount("b") == 1000)
    #expect(values.numberList("l") == [1, 2])
    #expect(values.assignments("s").map(\.name) == ["a", "b"])
    #expect(values.countOrPercent("f") == .share(0.05))
    #expect(values.number("x") == 0.5)
    #expect(values.integer("absent") == nil && values.assignments("absent").isEmpty)
  }
}
