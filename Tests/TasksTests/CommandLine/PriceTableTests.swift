import BatchCore
import SampleTask
import Testing

@Suite("A price table")
struct PriceTableTests: PriceProgramTests {
  let scratch = Scratch()

  /// What `plan` says of five firms, which are one batch.
  private func plan(_ table: String) -> Program.Result {
    scratch.write(
      "firms.csv",
      "firm,equity,debt,rate,equity_volatility\n"
        + (0..<5).map { "F\($0),\(3 + $0),10,0.05,0.8\n" }.joined())
    scratch.write("prices.json", table)
    return Program.run(
      [
        Program.batchrun, "plan", "price", scratch("firms.csv"), "--on", "lambda", "--json",
        "--price-table", scratch("prices.json"),
      ], environment: ["XDG_CACHE_HOME": "/dev/null"])
  }

  private func dollars(_ table: String) -> Double? {
    let ended = plan(table)
    #expect(ended.code == 0, "\(ended.errors)")
    return ended.output.split(separator: #""dollars":"#).dropFirst().first
      .flatMap { Double($0.prefix { !",}".contains($0) }) }
  }

  @Test("replaces the usual prices of requests and of seconds")
  func prices() throws {
    #expect(dollars(#"{"lambda": {"per_request": 0, "per_gigabyte_second": 0}}"#) == 0)
    #expect(dollars(#"{"lambda": {"per_request": 0.5, "per_gigabyte_second": 0}}"#) == 0.5)
    let seconds = try #require(
      dollars(#"{"lambda": {"per_request": 0, "per_gigabyte_second": 1}}"#))
    // A start and next to no work, in some gigabytes.
    #expect((0.01...30).contains(seconds), "\(seconds)")
  }

  @Test(
    "that is none is refused with what to write",
    arguments: [
      "", "[]", "{}", #"{"lambda": {"per_request": 1}}"#,
      #"{"lambda": {"per_request": -1, "per_gigabyte_second": 1}}"#,
    ])
  func refused(table: String) {
    let ended = plan(table)
    #expect(ended.code == 2)
    #expect(ended.errors.contains("prices.json is no price table; write {\"lambda\": "))
  }

  @Test("that is missing is named")
  func missing() {
    scratch.write("firms.csv", "firm,equity,debt,rate,equity_volatility\nF,3,10,0.05,0.8\n")
    let ended = Program.run([
      Program.batchrun, "plan", "price", scratch("firms.csv"), "--on", "lambda",
      "--price-table", scratch("none.json"),
    ])
    #expect(ended.code == 2)
    #expect(ended.errors.contains("none.json: No such file or directory"), "\(ended.errors)")
  }
}
