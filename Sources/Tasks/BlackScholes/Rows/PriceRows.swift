internal import BatchCore

/// A block of input rows as columns, each row checked: what the kernels read.
///
/// A row that cannot be used keeps its place; its numbers are replaced by harmless ones.
@safe
final class PriceRows {
  /// Why a row cannot be used.
  enum Fault: UInt8 {
    case none
    /// A field is not what it should be.
    case field
    /// Too few or too many fields.
    case length
    /// The date is not after the firm's earlier dates.
    case dateOrder
  }

  let csv: CSVBlock
  /// One entry per row: 1 for a put, 0 for a call.
  let isPut: UnsafeMutablePointer<UInt8>
  private let faults: UnsafeMutablePointer<UInt8>
  /// The numbers given by `--set`, and the dividend of 0, repeated for every row.
  private let constants: [PriceQuantity: UnsafeMutablePointer<Double>]
  private let numbers: [PriceQuantity]
  private let texts: [PriceQuantity]

  init(job: PriceJob, separator: UInt8, capacity: Int) {
    let columns = job.columns
    numbers = job.usedNumbers.filter { columns.column(of: $0) != nil }
    texts = [.type, .firm, .date].filter {
      job.usedQuantities.contains($0) && columns.column(of: $0) != nil
    }
    csv = CSVBlock(
      CSVColumns(
        separator: separator, count: columns.header.count,
        numbers: numbers.compactMap(columns.column(of:)),
        texts: texts.compactMap(columns.column(of:))), rowCapacity: capacity)
    unsafe faults = .allocate(capacity: capacity)
    unsafe faults.initialize(repeating: 0, count: capacity)
    unsafe isPut = .allocate(capacity: capacity)
    unsafe isPut.initialize(repeating: 0, count: capacity)
    var constants: [PriceQuantity: UnsafeMutablePointer<Double>] = unsafe [:]
    for quantity in job.usedNumbers {
      guard let value = columns.constant(for: quantity) else { continue }
      let column = UnsafeMutablePointer<Double>.allocate(capacity: capacity)
      unsafe column.initialize(repeating: value, count: capacity)
      unsafe constants[quantity] = unsafe column
    }
    unsafe self.constants = unsafe constants
    if case .constant(let call) = columns[.type] {
      unsafe isPut.update(repeating: call == 1 ? 0 : 1, count: capacity)
    }
  }

  deinit {
    unsafe faults.deallocate()
    unsafe isPut.deallocate()
    for quantity in PriceQuantity.allCases { unsafe constants[quantity]?.deallocate() }
  }

  var count: Int { csv.rowCount }

  /// The numbers of a quantity, one per row; nil when nothing gives it.
  func column(_ quantity: PriceQuantity) -> UnsafeMutablePointer<Double>? {
    if let index = numbers.firstIndex(of: quantity) {
      return unsafe csv.numbers(index).baseAddress
    }
    return unsafe constants[quantity]
  }

  /// The text of a field that is not a number; empty when nothing gives it.
  func text(_ quantity: PriceQuantity, row: Int) -> UnsafeRawBufferPointer {
    guard let index = texts.firstIndex(of: quantity) else {
      return unsafe UnsafeRawBufferPointer(start: nil, count: 0)
    }
    return unsafe csv.text(index, row: row)
  }

  func fault(_ row: Int) -> Fault {
    Fault(rawValue: unsafe faults[row]) ?? .field
  }

  /// Takes a row out: its numbers become harmless.
  func reject(_ row: Int, _ fault: Fault) {
    unsafe faults[row] = fault.rawValue
    for index in numbers.indices { unsafe csv.numbers(index)[row] = 1 }
  }

  func isGood(_ row: Int) -> Bool { unsafe faults[row] == 0 }
}

// MARK: - Reading

extension PriceRows {
  /// Reads and checks the next rows; returns how many.
  func read(from scanner: inout CSVRowScanner) -> Int {
    let count = scanner.next(csv)
    unsafe faults.update(repeating: 0, count: count)
    for index in numbers.indices { checkNumbers(index) }
    if let index = texts.firstIndex(of: .type) { readTypes(index) }
    for problem in csv.problems {
      reject(problem.row, problem.column == nil ? .length : .field)
    }
    return count
  }

  /// A number outside the domain of its quantity; numbers that are none are among the problems.
  private func checkNumbers(_ index: Int) {
    let domain = numbers[index].domain
    guard domain != .anyNumber else { return }
    let column = unsafe csv.numbers(index)
    var worst = 1.0
    for row in 0..<count { worst = unsafe min(worst, column[row]) }
    guard worst <= 0 else { return }
    for row in 0..<count where unsafe !domain.contains(column[row]) { reject(row, .field) }
  }

  private func readTypes(_ index: Int) {
    for row in 0..<count {
      guard let type = unsafe OptionType(csv.text(index, row: row)) else {
        reject(row, .field)
        continue
      }
      unsafe isPut[row] = type == .put ? 1 : 0
    }
  }
}

extension ColumnMap {
  /// The one number for all rows: what was set, or no dividend.
  fileprivate func constant(for quantity: PriceQuantity) -> Double? {
    switch self[quantity] {
    case .constant(let value): value
    case .column: nil
    case nil: quantity == .dividend ? 0 : nil
    }
  }
}
