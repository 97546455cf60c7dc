internal import BatchCore

/// Which rows of a file are one firm's: where each firm's run of rows begins.
///
/// A row without all its fields, or without a firm, belongs to no firm and ends no run.
struct FirmRuns: Sendable {
  /// The first row of each run, in file order.
  private(set) var starts: [Int] = []

  /// The first row of the run that holds `row`, or the last run before it; `row` itself when there is none.
  ///
  /// - Complexity: Logarithmic in the number of firms.
  func start(ofRunHolding row: Int) -> Int {
    var low = 0
    var high = starts.count
    while low < high {
      let middle = (low + high) / 2
      if starts[middle] <= row { low = middle + 1 } else { high = middle }
    }
    return low == 0 ? row : starts[low - 1]
  }

  fileprivate mutating func begin(at row: Int) { starts.append(row) }
}

/// Sees every row of a file once, in order, and notes the firms' runs and how dates are written.
final class FirmObserver {
  /// A firm whose rows stand in two places.
  struct Return: Sendable {
    let firm: String
    let earlierRow: Int
    let laterRow: Int
  }

  private(set) var runs = FirmRuns()
  private(set) var dateStyle: DateStyle?
  /// The first firm that comes back after another one.
  private(set) var firstReturn: Return?

  private let separator: UInt8
  private let fieldCount: Int
  private let firmColumn: Int?
  private let dateColumn: Int?
  private let limit: Int
  private var current: [UInt8] = []
  private var firstRows: [[UInt8]: Int] = [:]
  private var fields: CSVFields

  init(job: PriceJob, separator: UInt8, limit: Int) {
    self.separator = separator
    self.limit = limit
    fieldCount = job.columns.header.count
    firmColumn = job.columns.column(of: .firm)
    dateColumn = job.columns.column(of: .date)
    fields = CSVFields(separator: separator)
  }

  func see(row: Int, _ text: UnsafeRawBufferPointer) {
    guard row < limit, firstReturn == nil else { return }
    if runs.starts.isEmpty && firmColumn == nil { runs.begin(at: 0) }
    guard firmColumn != nil || dateStyle == nil else { return }
    if unsafe text.contains(UInt8(ascii: "\"")) {
      unsafe seeQuoted(row, text)
    } else {
      unsafe seePlain(row, text)
    }
  }

  // MARK: - One row

  /// A row without quotes: its separators are its field boundaries.
  private func seePlain(_ row: Int, _ text: UnsafeRawBufferPointer) {
    var separators = 0
    for index in 0..<text.count {
      separators &+= unsafe text[index] == separator ? 1 : 0
    }
    guard separators == fieldCount - 1 else { return }
    if let dateColumn, dateStyle == nil {
      dateStyle = unsafe DateStyle(of: field(dateColumn, of: text))
    }
    guard let firmColumn else { return }
    let firm = unsafe field(firmColumn, of: text)
    let isSame = unsafe firm.count == current.count && firm.elementsEqual(current)
    if !isSame { unsafe begin([UInt8](firm), at: row) }
  }

  private func field(_ index: Int, of text: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    var start = 0
    for _ in 0..<index {
      while unsafe text[start] != separator { start &+= 1 }
      start &+= 1
    }
    var end = start
    while unsafe end < text.count && text[end] != separator { end &+= 1 }
    return unsafe UnsafeRawBufferPointer(rebasing: text[start..<end])
  }

  private func seeQuoted(_ row: Int, _ text: UnsafeRawBufferPointer) {
    unsafe fields.split(text)
    guard fields.count == fieldCount else { return }
    if let dateColumn, dateStyle == nil {
      let date = unsafe CSVQuoting.content(fields.bytes(dateColumn))
      dateStyle = unsafe date.withUnsafeBytes { unsafe DateStyle(of: $0) }
    }
    guard let firmColumn else { return }
    let firm = unsafe CSVQuoting.content(fields.bytes(firmColumn))
    if firm != current { begin(firm, at: row) }
  }

  private func begin(_ firm: [UInt8], at row: Int) {
    guard !firm.isEmpty else { return }
    current = firm
    if let earlier = firstRows.updateValue(row, forKey: firm) {
      firstReturn = Return(
        firm: String(decoding: firm, as: UTF8.self), earlierRow: earlier, laterRow: row)
    }
    runs.begin(at: row)
  }
}
