package import BatchCore

/// The options of `batchrun price`, read once into what they mean.
package struct PriceOptions: Sendable, Equatable {
  /// One value for all rows, in place of a column.
  package struct Setting: Sendable, Equatable {
    package var quantity: PriceQuantity
    /// The value as typed.
    package var text: String
    /// The number; for the option type 1 for a call and 0 for a put.
    package var value: Double
  }

  package static let horizonRange = 1e-6...1000.0
  package static let windowRange = 3...10_000
  package static let toleranceRange = 1e-14...0.1

  /// The model that was asked for; nil lets the columns decide.
  package var model: PriceModel?
  /// The method that was asked for; nil lets the columns decide.
  package var method: MertonMethod?
  /// Years ahead; one group of result columns for each.
  package var horizons: [Double] = [1, 2, 3, 4, 5]
  /// Days in the rolling window, the day of the result included.
  package var window = 252
  /// The relative move of the asset volatility below which the iteration ends.
  package var tolerance = 1e-10
  /// Whether the drift of the assets is estimated from the window.
  package var estimatesDrift = false
  package var solve: OptionSolve?
  package var settings: [Setting] = []
  /// Whether the residual of every solution is written too.
  package var writesResiduals = false
  /// The options that were typed, by name; to say which have no effect.
  package var typed: Set<String> = []

  package init() {}

  /// - Throws: `TaskError` of kind `usage` that names the option, the value and what is allowed.
  package init(_ values: OptionValues) throws {
    typed = Set(values.values.keys)
    model = try Self.choice(values, "model", PriceModel.self)
    method = try Self.choice(values, "method", MertonMethod.self)
    solve = try Self.choice(values, "solve", OptionSolve.self)
    horizons = try Self.horizons(values["horizons"]) ?? horizons
    window = try Self.window(values["window"]) ?? window
    tolerance =
      try Self.number(values["tolerance"], "tolerance", in: Self.toleranceRange) ?? tolerance
    estimatesDrift = try Self.estimatesDrift(values["drift"])
    writesResiduals = values.isSet("residuals")
    settings = try Self.settings(values.all("set"))
  }

  // MARK: - One option each

  private static func choice<C: RawRepresentable & CaseIterable>(
    _ values: OptionValues, _ name: String, _ type: C.Type
  ) throws -> C? where C.RawValue == String {
    guard let text = values[name] else { return nil }
    if let choice = C(rawValue: text) { return choice }
    let allowed = C.allCases.map(\.rawValue).joined(separator: ", ")
    throw TaskError(.usage, "--\(name) \(text): not one of \(allowed)")
  }

  private static func horizons(_ text: String?) throws -> [Double]? {
    guard let text else { return nil }
    var years: [Double] = []
    for piece in text.split(separator: ",", omittingEmptySubsequences: false) {
      guard let horizon = try number(String(piece), "horizons", in: horizonRange) else { continue }
      guard !years.contains(horizon) else {
        throw TaskError(.usage, "--horizons \(text): \(piece) is there twice; give each once")
      }
      years.append(horizon)
    }
    return years
  }

  private static func window(_ text: String?) throws -> Int? {
    guard let text else { return nil }
    guard let days = Int(text), windowRange.contains(days) else {
      throw TaskError(
        .usage,
        "--window \(text): not a whole number of days from \(windowRange.lowerBound) to "
          + "\(windowRange.upperBound)")
    }
    return days
  }

  private static func number(
    _ text: String?, _ name: String, in range: ClosedRange<Double>
  ) throws -> Double? {
    guard let text else { return nil }
    guard let number = Double(text), range.contains(number) else {
      throw TaskError(
        .usage,
        "--\(name): '\(text)' is not a number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  private static func estimatesDrift(_ text: String?) throws -> Bool {
    guard let text else { return false }
    guard text == "estimated" else {
      throw TaskError(
        .usage,
        "--drift \(text): the only choice is 'estimated'; for one value use --set drift=\(text)")
    }
    return true
  }

  // MARK: - Settings

  private static func settings(_ texts: [String]) throws -> [Setting] {
    var settings: [Setting] = []
    for text in texts {
      let setting = try setting(text)
      guard !settings.contains(where: { $0.quantity == setting.quantity }) else {
        throw TaskError(
          .usage, "--set \(text): \(setting.quantity.name) is set twice; give it once")
      }
      settings.append(setting)
    }
    return settings
  }

  private static func setting(_ text: String) throws -> Setting {
    guard let equals = text.firstIndex(of: "="), equals > text.startIndex else {
      throw TaskError(.usage, "--set \(text): not NAME=VALUE, such as --set rate=0.03")
    }
    let name = String(text[..<equals])
    let value = String(text[text.index(after: equals)...])
    guard let quantity = PriceQuantity.named(name), quantity.canBeSet else {
      let known = PriceQuantity.allCases.filter(\.canBeSet).map(\.name).joined(separator: ", ")
      throw TaskError(.usage, "--set \(text): '\(name)' cannot be set; what can is \(known)")
    }
    guard let number = number(value, for: quantity) else {
      throw TaskError(.usage, "--set \(text): '\(value)' is not \(quantity.domain.words)")
    }
    return Setting(quantity: quantity, text: value, value: number)
  }

  private static func number(_ text: String, for quantity: PriceQuantity) -> Double? {
    if quantity.domain == .optionType {
      return OptionType(Array(text.utf8)).map { $0 == .call ? 1 : 0 }
    }
    guard text.utf8.allSatisfy({ !($0 | 0x20 == 0x78) }), let number = Double(text),
      number.isFinite, quantity.domain.contains(number)
    else { return nil }
    return number
  }
}
