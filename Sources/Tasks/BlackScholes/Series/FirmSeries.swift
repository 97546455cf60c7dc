internal import BatchCore

/// The days of the firm whose rows are being read, in date order, as columns.
final class FirmSeries {
  let equity = DayColumn()
  let debt = DayColumn()
  let rate = DayColumn()
  /// Empty when no drift is given.
  let drift = DayColumn()
  /// The days kept: all of them, or at least those of a window.
  var days: Int { equity.count }

  private var firm: [UInt8] = []
  private var hasBegun = false
  private var latestDate = Int.min

  /// Forgets everything: a new batch begins.
  func reset() {
    hasBegun = false
    clear()
  }

  func holds(_ firm: UnsafeRawBufferPointer) -> Bool {
    unsafe hasBegun && firm.count == self.firm.count && firm.elementsEqual(self.firm)
  }

  func begin(_ firm: UnsafeRawBufferPointer) {
    unsafe self.firm = [UInt8](firm)
    hasBegun = true
    clear()
  }

  /// Whether a day comes after all days so far; if so it is the latest now.
  func advances(to date: Int) -> Bool {
    guard date > latestDate else { return false }
    latestDate = date
    return true
  }

  func append(row: Int, of rows: PriceRows) {
    unsafe equity.append(rows.column(.equity)?[row] ?? 0)
    unsafe debt.append(rows.column(.debt)?[row] ?? 0)
    unsafe rate.append(rows.column(.rate)?[row] ?? 0)
    if let drifts = unsafe rows.column(.drift) { unsafe drift.append(drifts[row]) }
  }

  /// Forgets days that no later window reaches.
  func trim(window: Int) {
    for column in [equity, debt, rate, drift] { column.keepLast(window - 1) }
  }

  private func clear() {
    latestDate = .min
    for column in [equity, debt, rate, drift] { column.removeAll() }
  }
}
