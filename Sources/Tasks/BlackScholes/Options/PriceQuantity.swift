/// What a column of the input can mean to a model.
package enum PriceQuantity: String, CaseIterable, Sendable {
  case spot, strike, rate, dividend, volatility, maturity, type, price
  case firm, date, equity, debt, drift
  case equityVolatility = "equity_volatility"

  /// The values that a field of this quantity may have.
  package enum Domain: Sendable, Equatable {
    case anyNumber
    case positive
    case notNegative
    case optionType
    case date
    case text
  }

  /// The name used in help, messages and `--set`.
  package var name: String { rawValue }

  /// The other names by which a column is recognised.
  package var aliases: [String] {
    switch self {
    case .spot: ["S", "underlying"]
    case .strike: ["K"]
    case .rate: ["r"]
    case .dividend: ["q"]
    case .volatility: ["vol", "sigma"]
    case .maturity: ["T", "years"]
    case .type: ["option_type", "right"]
    case .price, .date: []
    case .firm: ["ticker", "permno", "gvkey", "id"]
    case .equity: ["E", "market_cap", "mkt_val"]
    case .debt: ["D", "face_value_debt", "liabilities"]
    case .equityVolatility: ["equity_vol", "sigma_E"]
    case .drift: ["mu"]
    }
  }

  package var allNames: [String] { [name] + aliases }

  package var domain: Domain {
    switch self {
    case .spot, .strike, .equity: .positive
    case .volatility, .maturity, .debt, .equityVolatility: .notNegative
    case .rate, .dividend, .price, .drift: .anyNumber
    case .type: .optionType
    case .date: .date
    case .firm: .text
    }
  }

  /// Whether one value may be given for all rows with `--set`.
  package var canBeSet: Bool { self != .firm && self != .date }

  /// A sensible value, for the example in a message.
  var exampleValue: String {
    switch self {
    case .spot, .strike, .equity, .debt: "100"
    case .rate: "0.03"
    case .dividend: "0.01"
    case .volatility, .equityVolatility: "0.25"
    case .maturity: "1"
    case .type: "call"
    case .price: "10"
    case .drift: "0.05"
    case .firm, .date: ""
    }
  }

  /// The quantity with this name or alias: exactly, or without regard to case.
  package static func named(_ text: String) -> PriceQuantity? {
    allCases.first { $0.allNames.contains(text) }
      ?? allCases.first { $0.allNames.contains { $0.lowercased() == text.lowercased() } }
  }
}
