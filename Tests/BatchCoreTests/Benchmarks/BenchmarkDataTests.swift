import BatchCore
import BenchmarkData
import Testing

@Suite("The inputs that make data writes")
struct BenchmarkDataTests {
  @Test("Firms are the same rows on every machine")
  func firms() {
    let buffer = ByteBuffer()
    FirmTable().append(firms: 0..<1, to: buffer)
    #expect(Self.lines(buffer).count == FirmTable.daysPerFirm)
    #expect(Self.lines(buffer).first == "F00000,1994-01-03,25.845,4.375,0.040504,0.459302")
    #expect(
      Self.digest(buffer) == "811d23df5404ab9471836688540da4a41489873efbec2cf2cbc79f9e14cf1b7c")
  }

  @Test("Options are the same rows on every machine")
  func options() {
    let buffer = ByteBuffer()
    OptionTable().append(block: 0, to: buffer)
    #expect(Self.lines(buffer).count == OptionTable.rowsPerBlock)
    #expect(Self.lines(buffer).first == "259.5251,331.247,0.05899,0.72266,2.778809,call")
    #expect(
      Self.digest(buffer) == "ef182a766b2b68f422a909fda815fecab78732137d83532f0164b7d7e2a422b4")
  }

  @Test("A firm's rows do not depend on the firms written with it")
  func slices() {
    let (together, apart) = (ByteBuffer(), ByteBuffer())
    FirmTable().append(firms: 3..<6, to: together)
    for firm in 3..<6 { FirmTable().append(firms: firm..<firm + 1, to: apart) }
    #expect(Self.lines(together) == Self.lines(apart))
  }

  @Test("Dates ascend and hold no Saturday or Sunday")
  func dates() {
    let buffer = ByteBuffer()
    FirmTable().append(firms: 0..<1, to: buffer)
    let dates = Self.lines(buffer).map { $0.split(separator: ",")[1] }
    #expect(zip(dates, dates.dropFirst()).allSatisfy { $0 < $1 })
    // 2,500 days are 500 whole weeks: from Monday 3 January 1994 to a Friday, 3,497 days later.
    #expect(dates.first == "1994-01-03")
    #expect(dates.last == "2003-08-01")
    #expect(dates.contains("1996-02-29") && dates.contains("2000-02-29"))
    #expect(!dates.contains("1994-01-08") && !dates.contains("1994-01-09"))
  }

  private static func lines(_ buffer: ByteBuffer) -> [Substring] {
    let text = unsafe String(decoding: buffer.bytes, as: UTF8.self)
    return text.split(separator: "\n")
  }

  private static func digest(_ buffer: ByteBuffer) -> String {
    var hash = SHA256()
    unsafe hash.update(buffer.bytes)
    return hash.hexadecimal()
  }
}
