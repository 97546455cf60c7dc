internal import BatchCore

/// The model and the method that fit the options and the header.
struct ModelChoice {
  let question: PriceJob.Question
  let columns: ColumnMap
  let notes: [String]

  init(options: PriceOptions, header: [String], file: String) throws {
    let finder = Finder(options: options, header: header, file: file)
    let model = try options.model ?? finder.model()
    columns = try ColumnMap(
      model: model, header: header, settings: options.settings, file: file)
    try finder.requireColumns(of: model, in: columns)
    switch model {
    case .options: question = try finder.optionQuestion(columns)
    case .merton: question = .merton(try finder.method(columns))
    }
    notes = finder.notes(question, columns)
  }
}

/// The decisions, one at a time, each with its sentence when it cannot be made.
private struct Finder {
  let options: PriceOptions
  let header: [String]
  let file: String

  /// The columns that are there; the first of them when they are many, as in a file that is no table.
  var found: String {
    let names = header.prefix(Self.mostNames).map { RowDiagnosis.shortened(Array($0.utf8), to: 40) }
    let others = header.count - names.count
    return names.isEmpty
      ? "none" : names.joined(separator: ", ") + (others > 0 ? " and \(others) more" : "")
  }

  private static let mostNames = 20

  // MARK: - Model

  func model() throws -> PriceModel {
    let complete = PriceModel.allCases.filter { model in
      model.required.allSatisfy(isGiven) && (model == .merton || givesVolatilityOrPrice)
    }
    if complete.count == 1 { return complete[0] }
    guard complete.isEmpty else {
      throw TaskError(
        .cannotRun,
        "\(file) has the columns of both models; choose with --model options or --model merton")
    }
    let options = PriceModel.options.signature.count(where: isGiven)
    let merton = PriceModel.merton.signature.count(where: isGiven)
    if options != merton { return options > merton ? .options : .merton }
    throw TaskError(
      .cannotRun,
      "\(file) has no columns that can be priced; found: \(found). Options need spot, strike, "
        + "rate, volatility (or price), maturity, type; firms need firm, date, equity, debt, rate; "
        + "rename the columns, or name the model with --model")
  }

  private func isGiven(_ quantity: PriceQuantity) -> Bool {
    options.settings.contains { $0.quantity == quantity }
      || !ColumnMap.columns(of: quantity, in: header).isEmpty
  }

  private var givesVolatilityOrPrice: Bool { isGiven(.volatility) || isGiven(.price) }

  // MARK: - Columns

  func requireColumns(of model: PriceModel, in columns: ColumnMap) throws {
    for quantity in model.required where !columns.has(quantity) { throw missing(quantity) }
  }

  private func missing(_ quantity: PriceQuantity, because reason: String = "") -> TaskError {
    let names = quantity.allNames.joined(separator: ", ")
    let set = "--set \(quantity.name)=\(quantity.exampleValue)"
    let cure =
      quantity.canBeSet
      ? "rename or add the column, or give one value for all rows, such as \(set)"
      : "rename or add the column"
    return TaskError(
      .cannotRun,
      "\(file) has no column for \(quantity.name)\(reason) (known names: \(names)); "
        + "found: \(found); \(cure)")
  }

  // MARK: - Question

  func optionQuestion(_ columns: ColumnMap) throws -> PriceJob.Question {
    switch (columns.has(.volatility), columns.has(.price), options.solve) {
    case (true, true, nil):
      throw TaskError(
        .cannotRun,
        "\(file) gives both a volatility and a price; choose with --solve price or "
          + "--solve implied-volatility")
    case (true, _, .price), (true, false, nil): return .price
    case (_, true, .impliedVolatility), (false, true, nil): return .impliedVolatility
    case (_, false, .impliedVolatility):
      throw missing(.price, because: ", which --solve implied-volatility needs")
    case (false, _, .price): throw missing(.volatility, because: ", which --solve price needs")
    case (false, false, nil): throw missing(.volatility, because: " and none for price")
    }
  }

  func method(_ columns: ColumnMap) throws -> MertonMethod {
    let method = options.method ?? (columns.has(.equityVolatility) ? .twoEquation : .iterative)
    let usesSeries = method == .iterative || !columns.has(.equityVolatility)
    if usesSeries && !columns.has(.date) { throw missing(.date, because: why(method)) }
    guard options.estimatesDrift else { return method }
    guard method == .iterative else {
      throw TaskError(
        .cannotRun,
        "--drift estimated needs the asset values of a window: use --method iterative, or give "
          + "the drift as a column or with --set drift=0.05")
    }
    guard !columns.has(.drift) else {
      throw TaskError(
        .cannotRun,
        "--drift estimated: \(file) or --set gives a drift too; leave out one of them")
    }
    return method
  }

  private func why(_ method: MertonMethod) -> String {
    method == .iterative
      ? ", which the iterative method needs (with an equity_volatility column "
        + "--method two-equation does not)"
      : ", which equity volatility from the firm's own series needs"
  }

  // MARK: - Notes

  func notes(_ question: PriceJob.Question, _ columns: ColumnMap) -> [String] {
    var notes = ["\(title(question, columns))"]
    if case .merton(let method) = question {
      if method != .iterative && !columns.has(.equityVolatility) {
        notes.append(
          "no equity volatility is given: it is taken from each firm's last \(options.window) days")
      }
      if method == .iterative || !columns.has(.equityVolatility), !columns.has(.firm) {
        notes.append("no firm column: all rows are taken as one series of one firm")
      }
    }
    let useless = unused(question, columns).filter(options.typed.contains)
    return notes + useless.map { "--\($0) has no effect on this run" }
  }

  private func title(_ question: PriceJob.Question, _ columns: ColumnMap) -> String {
    switch question {
    case .price: return "model options: prices and greeks"
    case .impliedVolatility: return "model options: implied volatilities and greeks"
    case .merton(let method):
      let volatility = columns.has(.equityVolatility) ? "given" : "not given"
      let reason = options.method == nil ? " (equity volatility is \(volatility))" : ""
      return "model merton, method \(method.rawValue)\(reason)"
    }
  }

  private func unused(_ question: PriceJob.Question, _ columns: ColumnMap) -> [String] {
    guard case .merton(let method) = question else {
      return ["method", "horizons", "window", "tolerance", "drift", "residuals"]
    }
    let fromSeries = method == .iterative || !columns.has(.equityVolatility)
    return ["solve"] + (fromSeries ? [] : ["window"]) + (method == .iterative ? [] : ["tolerance"])
  }
}
