/// What has been written since the last transaction and is not yet in the ledger.
///
/// Parts that follow one another in the output become one row, so that the ledger grows with time
/// and not with the number of batches.
struct PendingCommit: ~Copyable {
  private enum Change {
    case part(RunLedger.PartRow)
    case early(RunLedger.PartRow)
    case moved(Range<Int>, offset: Int)
    case failure(RunLedger.FailureRow)
  }

  private var changes: [Change] = []
  private var digest = Checksum()
  private var items: Range<Int>?
  private var offset = 0
  private var length = 0
  /// How many items will count as finished that did not before.
  private(set) var newItems = 0
  private(set) var newFailures: [String] = []

  var failureCount: Int { newFailures.count }

  var isEmpty: Bool { changes.isEmpty && items == nil }

  /// Notes bytes appended to the output.
  mutating func append(items more: Range<Int>, bytes: UnsafeRawBufferPointer, at place: Int) {
    if let begun = items {
      items = begun.lowerBound..<more.upperBound
    } else {
      items = more
      offset = place
      length = 0
    }
    unsafe digest.update(bytes)
    length += bytes.count
    newItems += more.count
  }

  mutating func addEarly(_ row: RunLedger.PartRow) {
    newItems += row.items.count
    changes.append(.early(row))
  }

  /// Notes that early items were appended to the output; they counted as finished before.
  mutating func moved(_ range: Range<Int>, to offset: Int) {
    newItems -= range.count
    changes.append(.moved(range, offset: offset))
  }

  mutating func add(_ failure: RunLedger.FailureRow) {
    newFailures.append(failure.failure.code.rawValue)
    changes.append(.failure(failure))
  }

  /// Writes everything into the ledger, within a transaction of the caller's; again if that fails.
  mutating func record(in ledger: RunLedger) throws(DatabaseError) {
    if let items {
      changes.append(
        .part(
          RunLedger.PartRow(
            items: items, offset: offset, length: length, digest: digest.hexadecimal())))
      self.items = nil
    }
    for change in changes {
      switch change {
      case .part(let row): try ledger.add(part: row)
      case .early(let row): try ledger.add(early: row)
      case .moved(let range, let offset): try ledger.moveEarly(items: range, toOutput: offset)
      case .failure(let row): try ledger.add(failure: row)
      }
    }
  }
}
