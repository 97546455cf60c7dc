internal import BatchCore

/// Makes the failure of a row: where it stands, what is wrong, and the cure.
struct RowFailures {
  private let setup: PriceSetup
  private let diagnosis: RowDiagnosis

  init(setup: PriceSetup) {
    self.setup = setup
    diagnosis = RowDiagnosis(job: setup.job, file: setup.displayName, dateStyle: setup.dateStyle)
  }

  func failure(
    _ item: ItemID, _ row: Int, _ rows: PriceRows, _ results: ResultBlock, line: Int
  ) -> ItemFailure {
    let worst = results.worst(row: row)
    let fields = unsafe RowFields(rows.csv.row(row), separator: setup.separator).values
    let finding: RowDiagnosis.Finding
    switch worst.status {
    case .badInput: finding = badInput(rows.fault(row), fields, line)
    case .outOfBounds: finding = outOfBounds(fields, line)
    default: finding = noSolution(horizon: worst.horizon, line)
    }
    return ItemFailure(
      item: item, code: ItemFailure.Code(rawValue: worst.status.word), message: finding.message,
      location: .init(line: line, column: finding.column, value: finding.value))
  }

  // MARK: - Sentences

  private func badInput(
    _ fault: PriceRows.Fault, _ fields: [[UInt8]], _ line: Int
  ) -> RowDiagnosis.Finding {
    if fault == .dateOrder { return dateOrder(fields, line) }
    return diagnosis.finding(fields: fields, line: line)
      ?? .init(message: "\(place(line)): the numbers of the row are beyond what can be computed")
  }

  private func dateOrder(_ fields: [[UInt8]], _ line: Int) -> RowDiagnosis.Finding {
    let (column, value) = field(.date, fields)
    return .init(
      column: column, value: value,
      message:
        "\(place(line)): column \(column ?? "date"): '\(value ?? "")' is not after the firm's "
        + "dates before it; sort the rows by firm and date, and keep one row for each day")
  }

  private func outOfBounds(_ fields: [[UInt8]], _ line: Int) -> RowDiagnosis.Finding {
    let (column, value) = field(.price, fields)
    return .init(
      column: column, value: value,
      message:
        "\(place(line)): column \(column ?? "price"): '\(value ?? "")' is outside the option's "
        + "arbitrage bounds, and no volatility gives it; check price, spot, strike and rate")
  }

  private func noSolution(horizon: Int, _ line: Int) -> RowDiagnosis.Finding {
    guard setup.job.model == .merton else {
      return .init(
        message: "\(place(line)): the numbers of the row have no finite result; check their units")
    }
    let years = PriceJob.name(ofHorizon: setup.job.options.horizons[horizon])
    return .init(
      message:
        "\(place(line)): no asset value and volatility solve the model for horizon \(years); "
        + "check the units of equity, debt and volatility")
  }

  private func place(_ line: Int) -> String { "\(setup.displayName):\(line)" }

  private func field(_ quantity: PriceQuantity, _ fields: [[UInt8]]) -> (String?, String?) {
    guard let column = setup.job.columns.column(of: quantity), column < fields.count else {
      return (nil, nil)
    }
    return (setup.job.columns.header[column], RowDiagnosis.shortened(fields[column]))
  }
}
