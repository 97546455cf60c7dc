internal import BatchCore

/// What is computed for every row: the options and the header of the input, put together.
package struct PriceJob: Sendable {
  /// What a row is asked.
  package enum Question: Sendable, Equatable {
    case price
    case impliedVolatility
    case merton(MertonMethod)
  }

  package let options: PriceOptions
  package let question: Question
  package let columns: ColumnMap
  package let results: ResultColumns
  /// Sentences for the user about what was chosen.
  package let notes: [String]

  /// - Parameter header: The columns' names; blanks around them are not part of a name.
  /// - Throws: `TaskError` for columns that are missing, ambiguous or at odds with the options.
  package init(options: PriceOptions, header: [String], file: String) throws {
    let header = header.map(\.withoutBlanksAround)
    let choice = try ModelChoice(options: options, header: header, file: file)
    self.options = options
    question = choice.question
    columns = choice.columns
    results = ResultColumns(Self.resultNames(question, options), header: header)
    notes = choice.notes + [results.note].compactMap(\.self)
  }

  package var model: PriceModel {
    if case .merton = question { .merton } else { .options }
  }

  /// Whether a row's result depends on earlier rows of its firm.
  package var usesSeries: Bool {
    switch question {
    case .price, .impliedVolatility: false
    case .merton(.iterative): true
    case .merton: !columns.has(.equityVolatility)
    }
  }

  /// How many numbers each horizon has; the option model has one group of them.
  package var resultsPerHorizon: Int {
    model == .options ? 6 : options.writesResiduals ? 5 : 4
  }

  /// One for the option model, whose rows have a maturity of their own.
  package var horizonCount: Int { model == .options ? 1 : options.horizons.count }
}

extension String {
  /// The text without the spaces and tabs at its ends.
  fileprivate var withoutBlanksAround: String {
    let isBlank: (Unicode.Scalar) -> Bool = { $0 == " " || $0 == "\t" }
    let start = unicodeScalars.drop(while: isBlank)
    let end = start.lastIndex { !isBlank($0) }
    return end.map { String(start[...$0]) } ?? ""
  }
}

// MARK: - Names and identity

extension PriceJob {
  private static func resultNames(_ question: Question, _ options: PriceOptions) -> [String] {
    switch question {
    case .price: ["price", "delta", "gamma", "vega", "theta", "rho", "status"]
    case .impliedVolatility:
      ["implied_volatility", "delta", "gamma", "vega", "theta", "rho", "status"]
    case .merton:
      options.horizons.flatMap { horizon in
        (["asset_value", "asset_volatility", "distance_to_default", "default_probability"]
          + (options.writesResiduals ? ["residual"] : []))
          .map { "\($0)_\(name(ofHorizon: horizon))" }
      } + ["status"]
    }
  }

  /// The years as they stand in names and statuses: `1`, `0.5`.
  package static func name(ofHorizon years: Double) -> String {
    years == years.rounded() ? "\(Int(years))" : "\(years)"
  }

  /// The options that the output depends on, in a fixed order.
  package var identity: [(name: String, value: String)] {
    var pairs: [(name: String, value: String)] = [("model", model.rawValue)]
    switch question {
    case .price: pairs.append(("solve", OptionSolve.price.rawValue))
    case .impliedVolatility: pairs.append(("solve", OptionSolve.impliedVolatility.rawValue))
    case .merton(let method):
      pairs.append(("method", method.rawValue))
      pairs.append(("horizons", options.horizons.map(\.description).joined(separator: ",")))
      if usesSeries { pairs.append(("window", "\(options.window)")) }
      if method == .iterative { pairs.append(("tolerance", "\(options.tolerance)")) }
      if options.estimatesDrift { pairs.append(("drift", "estimated")) }
      if options.writesResiduals { pairs.append(("residuals", "yes")) }
    }
    let settings = options.settings.map { ("set \($0.quantity.name)", "\($0.value)") }
    return pairs + settings.sorted { $0.0 < $1.0 }
  }
}
