import BatchCore
import BlackScholes
import Testing

@Suite("Options from CSV to CSV")
struct OptionFileTests {
  static let header = "spot,strike,rate,volatility,maturity,type"
  static let results = "price,delta,gamma,vega,theta,rho,status"

  @Test(
    "published prices (Haug 1998, as in QuantLib's europeanoption tests) come out",
    arguments: [
      ("65,60,0,.08,.25,.30,call", 2.1334), ("95,100,.05,.10,.5,.20,put", 2.4648),
      ("19,19,.10,.10,.75,.28,call", 1.7011), ("19,19,.10,.10,.75,.28,P", 1.7011),
      ("1.60,1.56,.08,.06,.5,.12,C", 0.0291), ("70,75,.05,.10,.5,.35,Put", 4.0870),
    ])
  func published(row: String, price: Double) throws {
    let result = try PricedFile("K,S,q,r,T,sigma,right\n\(row)\n")
    #expect(result.value("status") == "ok")
    #expect(abs(result.number("price") - price) < 1e-4, "\(result.text)")
  }

  @Test("the output is the input's columns, the results and the status")
  func shape() throws {
    let csv = "note,\(Self.header)\nkeep me,100,100,0,0.2,1,call\n"
    let result = try PricedFile(csv)
    #expect(result.lines[0] == "note,\(Self.header),\(Self.results)")
    #expect(result.lines[1].hasPrefix("keep me,100,100,0,0.2,1,call,7.96556745540"))
    #expect(result.lines[1].hasSuffix(",ok"))
    #expect(result.fields(0).count == 14 && result.failures.isEmpty)
  }

  @Test("one value for all rows stands for a missing column")
  func set() throws {
    let whole = try PricedFile("\(Self.header)\n100,90,0.03,0.2,1,put\n80,90,0.03,0.2,2,put\n")
    let part = try PricedFile(
      "spot,strike,maturity\n100,90,1\n80,90,2\n",
      ["set": ["rate=0.03", "vol=0.2", "right=P"]])
    for row in 0..<2 {
      #expect(part.fields(row).suffix(7) == whole.fields(row).suffix(7))
    }
  }

  @Test("the volatility implied by a price comes back, with the greeks at it")
  func impliedVolatility() throws {
    let rows = ["100,95,0.05,0.2,0.5,call", "80,100,-0.01,0.9,2,put", "50,50,0,0.05,0.1,C"]
    let priced = try PricedFile(([Self.header] + rows).joined(separator: "\n") + "\n")
    var csv = "spot,strike,rate,maturity,type,price\n"
    for (index, row) in rows.enumerated() {
      let field = row.split(separator: ",")
      csv += "\(field[0]),\(field[1]),\(field[2]),\(field[4]),\(field[5]),"
      csv += priced.value("price", index) + "\n"
    }
    let implied = try PricedFile(csv)
    #expect(
      implied.lines[0] == "spot,strike,rate,maturity,type,price,"
        + "implied_volatility,delta,gamma,vega,theta,rho,status")
    for (index, volatility) in [0.2, 0.9, 0.05].enumerated() {
      #expect(abs(implied.number("implied_volatility", index) / volatility - 1) < 1e-9)
      #expect(abs(implied.number("vega", index) / priced.number("vega", index) - 1) < 1e-7)
      #expect(implied.value("status", index) == "ok")
    }
  }

  @Test("a price outside the arbitrage bounds fails its row and no other")
  func outOfBounds() throws {
    let csv = """
      S,K,r,T,type,price
      100,95,0.05,0.5,call,10
      100,95,0.05,0.5,call,1.5
      100,95,0.05,0.5,call,101
      100,95,0.05,0.5,put,-1

      """
    let result = try PricedFile(csv)
    #expect(result.value("status", 0) == "ok")
    for row in 1...3 {
      #expect(result.fields(row).suffix(7) == ["", "", "", "", "", "", "out_of_bounds"])
    }
    #expect(result.failures.map(\.item.index) == [1, 2, 3])
    #expect(result.failures.map(\.location.value) == ["1.5", "101", "-1"])
    #expect(result.failures[0].code.rawValue == "out_of_bounds")
    #expect(result.failures[0].location.line == 3 && result.failures[0].location.column == "price")
    #expect(result.failures[0].message.hasPrefix("in.csv:3: column price: '1.5' is outside"))
  }

  @Test(
    "expired and riskless options have their intrinsic value",
    arguments: [
      ("110,100,0.05,0.2,0,call", 10.0), ("90,100,0.05,0.2,0,call", 0),
      ("90,100,0,0,1,put", 10), ("110,100,0,0,1,put", 0), ("100,100,0,0,0,call", 0),
    ])
  func intrinsic(row: String, price: Double) throws {
    let result = try PricedFile("\(Self.header)\n\(row)\n")
    #expect(result.value("status") == "ok")
    #expect(result.number("price") == price)
    #expect(!result.text.contains("nan"))
  }

  @Test("a result gives way to a column of the same name, said once")
  func computedNames() throws {
    let result = try PricedFile(
      "\(Self.header),price,delta\n100,100,0,0.2,1,call,x,y\n", ["solve": ["price"]])
    #expect(result.lines[0].contains(",price,delta,computed_price,computed_delta,gamma,"))
    #expect(result.lines[1].contains(",call,x,y,7.96556745540"))
    #expect(result.notes.filter { $0.contains("computed_price") }.count == 1)
  }

  @Test("numbers are the shortest text that reads back, as Python's repr without a trailing .0")
  func numberText() throws {
    let result = try PricedFile("\(Self.header)\n110,100,0.05,0.2,0,call\n1e-7,1e-7,0,1e-3,1,C\n")
    #expect(result.value("price", 0) == "10" && result.value("delta", 0) == "1")
    #expect(result.value("price", 1).contains("e-11"))
  }

  @Test("where batches are cut does not show", arguments: [1, 7, 1000, 5000])
  func cuts(batchSize: Int) throws {
    let csv = Self.manyRows(6000, seed: 20)
    let whole = try PricedFile(csv)
    let cut = try PricedFile(csv, batchSize: batchSize, inAnotherProcess: batchSize == 7)
    #expect(cut.output == whole.output, "seed 20")
    #expect(cut.failures == whole.failures)
    #expect(whole.lines.count == 6001 && whole.failures.count > 100)
  }

  /// Rows of ordinary options; about every thirtieth is bad.
  static func manyRows(_ count: Int, seed: UInt64) -> String {
    var random = RandomNumbers(seed: seed)
    var csv = header + "\n"
    for _ in 0..<count {
      let spot = random.next(10...200)
      let strike = random.next(0...30) < 1 ? "x" : "\(random.next(10...200))"
      let type = random.next(0...1) < 0.5 ? "call" : "P"
      csv += "\(spot),\(strike),\(random.next(-0.02...0.1)),\(random.next(0.05...1)),"
      csv += "\(random.next(0.01...5)),\(type)\n"
    }
    return csv
  }
}

/// A small seeded generator (SplitMix64), the same numbers everywhere.
struct RandomNumbers {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func bits() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  mutating func next(_ range: ClosedRange<Double>) -> Double {
    range.lowerBound + Double(bits() >> 11) * 0x1p-53 * (range.upperBound - range.lowerBound)
  }
}
