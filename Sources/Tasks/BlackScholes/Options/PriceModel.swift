/// The two families of contracts that `price` values.
package enum PriceModel: String, CaseIterable, Sendable {
  /// European options after Black, Scholes and Merton.
  case options
  /// A firm's equity as a call on its assets, after Merton (1974).
  case merton

  /// The quantities that a column can give, in the order of the messages.
  package var quantities: [PriceQuantity] {
    switch self {
    case .options: [.spot, .strike, .rate, .dividend, .volatility, .maturity, .type, .price]
    case .merton: [.firm, .date, .equity, .debt, .rate, .equityVolatility, .drift]
    }
  }

  /// The quantities without which no row can be computed; options also need a volatility or a price.
  var required: [PriceQuantity] {
    switch self {
    case .options: [.spot, .strike, .rate, .maturity, .type]
    case .merton: [.equity, .debt, .rate]
    }
  }

  /// The quantities that give the model away when a column is missing.
  var signature: [PriceQuantity] {
    switch self {
    case .options: [.spot, .strike]
    case .merton: [.equity, .debt]
    }
  }
}

/// What is wanted of an option: its price, or the volatility that its price implies.
package enum OptionSolve: String, CaseIterable, Sendable {
  case price
  case impliedVolatility = "implied-volatility"
}

/// How a firm's asset value and volatility are found.
package enum MertonMethod: String, CaseIterable, Sendable {
  /// Both equations of Jones, Mason and Rosenfeld (1984), from a given equity volatility.
  case twoEquation = "two-equation"
  /// Volatility of the asset values over a rolling window, iterated (Crosbie and Bohn, 2003).
  case iterative
  /// The closed form of Bharath and Shumway (2008).
  case naive
}
