internal import BatchCore

/// Where each quantity of a model comes from: a column of the input, or one value for all rows.
package struct ColumnMap: Sendable, Equatable {
  package enum Origin: Sendable, Equatable {
    /// The place of the column in the header, counted from zero.
    case column(Int)
    /// One value for all rows; for the option type 1 for a call and 0 for a put.
    case constant(Double)
  }

  package let header: [String]
  package private(set) var origins: [PriceQuantity: Origin] = [:]

  /// Finds the columns of `model` by name, and adds what was set.
  ///
  /// - Throws: `TaskError` when two columns, or a column and a setting, give the same quantity.
  package init(
    model: PriceModel, header: [String], settings: [PriceOptions.Setting], file: String
  ) throws {
    self.header = header
    for quantity in model.quantities {
      let found = Self.columns(of: quantity, in: header)
      guard found.count < 2 else { throw Self.twoColumns(quantity, found, header, file) }
      origins[quantity] = found.first.map { .column($0) }
    }
    for setting in settings {
      try add(setting, model: model, file: file)
    }
  }

  package subscript(_ quantity: PriceQuantity) -> Origin? { origins[quantity] }

  package func has(_ quantity: PriceQuantity) -> Bool { origins[quantity] != nil }

  /// The place of the quantity's column; nil when it has none.
  package func column(of quantity: PriceQuantity) -> Int? {
    guard case .column(let index) = origins[quantity] else { return nil }
    return index
  }

  /// The columns that may give `quantity`: exact names, or else names that differ in case only.
  package static func columns(of quantity: PriceQuantity, in header: [String]) -> [Int] {
    let names = quantity.allNames
    let exact = header.indices.filter { names.contains(header[$0]) }
    if !exact.isEmpty { return exact }
    let lowered = names.map { $0.lowercased() }
    return header.indices.filter { lowered.contains(header[$0].lowercased()) }
  }

  private mutating func add(
    _ setting: PriceOptions.Setting, model: PriceModel, file: String
  ) throws {
    let option = "--set \(setting.quantity.name)=\(setting.text)"
    guard model.quantities.contains(setting.quantity) else {
      let settable = model.quantities.filter(\.canBeSet).map(\.name).joined(separator: ", ")
      throw TaskError(
        .cannotRun,
        "\(option): the \(model.rawValue) model has no \(setting.quantity.name); "
          + "what can be set is \(settable)")
    }
    if let column = column(of: setting.quantity) {
      throw TaskError(
        .cannotRun,
        "\(option): \(file) has the column '\(header[column])' for the same quantity; leave out "
          + "the option, or rename the column")
    }
    origins[setting.quantity] = .constant(setting.value)
  }

  private static func twoColumns(
    _ quantity: PriceQuantity, _ found: [Int], _ header: [String], _ file: String
  ) -> TaskError {
    let names = found.map { "'\(header[$0])' (column \($0 + 1))" }.joined(separator: " and ")
    return TaskError(
      .cannotRun,
      "\(file) has more than one column for \(quantity.name): \(names); rename all but one of them")
  }
}
