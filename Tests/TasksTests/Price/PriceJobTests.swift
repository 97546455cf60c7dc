import BatchCore
import BlackScholes
import Testing

@Suite("Columns, model and method")
struct PriceJobTests {
  static let optionHeader = ["spot", "strike", "rate", "volatility", "maturity", "type"]
  static let firmHeader = ["firm", "date", "equity", "debt", "rate"]

  static func job(_ header: [String], _ values: [String: [String]] = [:]) throws -> PriceJob {
    try PriceJob(options: PriceOptions(OptionValues(values)), header: header, file: "in.csv")
  }

  static func message(_ header: [String], _ values: [String: [String]] = [:]) -> String {
    let error = #expect(throws: TaskError.self) { try job(header, values) }
    #expect(error?.kind == .cannotRun)
    return error?.message ?? ""
  }

  @Test(
    "every alias is found, exactly and without case",
    arguments: PriceQuantity.allCases.flatMap { q in q.allNames.map { (q, $0) } })
  func aliases(quantity: PriceQuantity, alias: String) {
    #expect(ColumnMap.columns(of: quantity, in: ["x", alias]) == [1])
    #expect(ColumnMap.columns(of: quantity, in: [alias.uppercased(), "x"]) == [0])
    #expect(ColumnMap.columns(of: quantity, in: [alias.lowercased()]) == [0])
    #expect(ColumnMap.columns(of: quantity, in: [alias + "_", " " + alias]) == [])
    #expect(PriceQuantity.named(alias) == quantity)
  }

  @Test("an exact name wins over one that differs in case")
  func exactFirst() throws {
    let job = try Self.job(["Spot", "S", "K", "r", "sigma", "T", "right", "k"])
    #expect(job.columns[.spot] == .column(1))
    #expect(job.columns[.strike] == .column(2))
    #expect(job.columns[.type] == .column(6))
  }

  @Test("two columns for one quantity are refused by name")
  func twoColumns() {
    let message = Self.message(Self.optionHeader + ["S"])
    #expect(message.contains("'spot' (column 1) and 'S' (column 7)"))
    #expect(Self.message(Self.firmHeader + ["rate"]).contains("(column 5) and 'rate' (column 6)"))
    #expect(Self.message(Self.firmHeader + ["Ticker", "permno"]).contains("firm"))
    #expect(Self.message(["SPOT", "Spot", "K", "r", "vol", "T", "type"]).contains("'SPOT'"))
  }

  @Test("the model and the question follow from the columns")
  func choice() throws {
    #expect(try Self.job(Self.optionHeader).question == .price)
    let quotes = ["spot", "strike", "rate", "price", "maturity", "type"]
    #expect(try Self.job(quotes).question == .impliedVolatility)
    #expect(try Self.job(Self.firmHeader).question == .merton(.iterative))
    #expect(try Self.job(["E", "D", "r", "sigma_E"]).question == .merton(.twoEquation))
    #expect(try Self.job(["E", "D", "r", "sigma_E"], ["method": ["naive"]]).usesSeries == false)
    #expect(try Self.job(Self.firmHeader, ["method": ["naive"]]).usesSeries)
  }

  @Test("what was chosen is said")
  func notes() throws {
    #expect(try Self.job(Self.optionHeader).notes == ["model options: prices and greeks"])
    #expect(
      try Self.job(["E", "D", "r", "sigma_E"], ["window": ["10"], "solve": ["price"]]).notes == [
        "model merton, method two-equation (equity volatility is given)",
        "--solve has no effect on this run", "--window has no effect on this run",
      ])
    #expect(
      try Self.job(["date", "E", "D", "r"]).notes == [
        "model merton, method iterative (equity volatility is not given)",
        "no firm column: all rows are taken as one series of one firm",
      ])
    #expect(
      try Self.job(Self.firmHeader, ["method": ["naive"]]).notes[1].contains("last 252 days"))
  }

  @Test("a volatility and a price together need --solve")
  func bothGiven() throws {
    let header = Self.optionHeader + ["price"]
    #expect(Self.message(header).contains("--solve implied-volatility"))
    #expect(try Self.job(header, ["solve": ["price"]]).question == .price)
    let implied = try Self.job(header, ["solve": ["implied-volatility"]])
    #expect(implied.question == .impliedVolatility)
  }

  @Test("a missing column is named with what was found and the cure")
  func missing() {
    let message = Self.message(["S", "K", "sigma", "T", "type", "note"])
    #expect(message.contains("rate"))
    #expect(message.contains("found: S, K, sigma, T, type, note"))
    #expect(message.contains("--set rate=0.03"))
    #expect(Self.message(["firm", "date", "E", "rate"]).contains("no column for debt"))
    #expect(Self.message(["firm", "E", "D", "rate"]).contains("no column for date"))
    #expect(Self.message(["S", "K", "r", "T", "type"]).contains("volatility"))
    let implied = ["solve": ["implied-volatility"]]
    #expect(Self.message(Self.optionHeader, implied).contains("no column for price"))
    #expect(Self.message(["a", "b"]).contains("no columns that can be priced; found: a, b"))
    #expect(Self.message([]).contains("found: none"))
    #expect(Self.message(Self.optionHeader + Self.firmHeader[2...3]).contains("--model options"))
  }

  @Test("--set gives a missing quantity, and never one that has a column or no meaning")
  func settings() throws {
    let job = try Self.job(["S", "K", "T", "type"], ["set": ["r=0.03", "sigma=0.2"]])
    #expect(job.columns[.rate] == .constant(0.03))
    #expect(job.columns[.volatility] == .constant(0.2))
    let both = Self.message(["S", "K", "r", "vol", "T", "type"], ["set": ["rate=0.03"]])
    #expect(both.contains("--set rate=0.03") && both.contains("'r'"))
    #expect(Self.message(Self.optionHeader, ["set": ["debt=1"]]).contains("no debt"))
  }

  @Test("an estimated drift needs the iterative method and no other drift")
  func drift() throws {
    let estimated = ["drift": ["estimated"]]
    #expect(try Self.job(Self.firmHeader, estimated).options.estimatesDrift)
    #expect(Self.message(Self.firmHeader + ["mu"], estimated).contains("leave out one"))
    #expect(
      Self.message(Self.firmHeader + ["sigma_E"], estimated).contains("--method iterative"))
  }

  @Test("results are named by horizon, and give way to the input's names")
  func resultNames() throws {
    let header = ["E", "D", "r", "sigma_E", "status", "asset_value_1", "computed_status"]
    let job = try Self.job(header, ["horizons": ["1,0.5"], "residuals": [""]])
    #expect(
      job.results.names == [
        "computed_asset_value_1", "asset_volatility_1", "distance_to_default_1",
        "default_probability_1", "residual_1", "asset_value_0.5", "asset_volatility_0.5",
        "distance_to_default_0.5", "default_probability_0.5", "residual_0.5",
        "computed_computed_status",
      ])
    #expect(
      job.notes.last == "the input already has columns of these names: asset_value_1 becomes "
        + "computed_asset_value_1, status becomes computed_computed_status")
    #expect(
      try Self.job(Self.optionHeader + ["price"], ["solve": ["price"]]).results.names.first
        == "computed_price")
  }

  @Test("the identity names what the output depends on, and nothing else")
  func identity() throws {
    func text(_ values: [String: [String]]) throws -> String {
      try Self.job(Self.firmHeader, values).identity.map { "\($0.name)=\($0.value)" }
        .joined(separator: " ")
    }
    let plain = try text([:])
    #expect(
      plain == "model=merton method=iterative horizons=1.0,2.0,3.0,4.0,5.0 window=252 "
        + "tolerance=1e-10")
    #expect(try text(["solve": ["price"]]) == plain)
    #expect(try text(["set": ["drift=0.1"]]) == plain + " set drift=0.1")
    #expect(try text(["window": ["100"]]) != plain)
  }
}
