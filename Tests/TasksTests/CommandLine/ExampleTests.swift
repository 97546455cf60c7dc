import BatchCore
import SampleTask
import Testing

@Suite("The bundled examples")
struct ExampleTests {
  /// The directory of the examples, beside the tests.
  private static let directory =
    #filePath.split(separator: "/").dropLast(4)
    .reduce("") { $0 + "/" + $1 } + "/examples"

  @Test("give the expected outputs, byte for byte", arguments: ["options", "firms"])
  func outputs(name: String) throws {
    let scratch = Scratch()
    let result = Program.run([
      Program.batchrun, "price", "\(Self.directory)/\(name).csv", "-o", scratch("out.csv"),
    ])
    #expect(result.code == 0, "\(result.errors)")
    let expected = try SampleSource.read("\(Self.directory)/expected/\(name).csv")
    #expect(scratch.text("out.csv") == String(decoding: expected, as: UTF8.self))
  }

  @Test(
    "hold prices that Haug (1998) printed",
    arguments: [
      ("haug-call", 2.1334), ("haug-put", 2.4648), ("haug-put-19", 1.7011),
      ("haug-call-19", 1.7011), ("haug-currency", 0.0291), ("haug-put-70", 4.0870),
    ])
  func published(contract: String, price: Double) throws {
    let bytes = try SampleSource.read("\(Self.directory)/expected/options.csv")
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
      .map { $0.split(separator: ",", omittingEmptySubsequences: false) }
    let column = try #require(lines.first?.firstIndex(of: "price"))
    let row = try #require(lines.first { $0.first.map(String.init) == contract })
    #expect(abs((Double(row[column]) ?? .nan) - price) <= 1e-4)
  }
}
