/// The order of commits: which finished part is written where, and when.
///
/// A pure state machine. Parts arrive in any order; those that continue the output go to its end,
/// the others wait in memory for a moment and then as bytes in the file of early results. No item
/// is committed twice.
package struct Committer {
  /// A part that waits in the file of early results.
  package struct EarlyPart: Sendable, Equatable {
    package var items: Range<Int>
    package var offset: Int
    package var length: Int
  }

  /// What the writer must do next, in this order.
  package enum Write {
    /// Append the part's bytes to the output at `offset`.
    case append(Part, offset: Int)
    /// Move the waiting bytes from the early file to the output at `offset`.
    case appendEarly(EarlyPart, offset: Int)
    /// Write the part's bytes to the early file at `offset`.
    case spill(Part, offset: Int)
  }

  private struct Waiting {
    var part: Part
    var since: Double
  }

  /// How long a part may wait in memory, in seconds: what waits longer must survive a crash.
  package static let patienceSeconds = 0.5
  /// How many bytes may wait in memory.
  package static let memoryBytes = 24 << 20

  /// Every item before this one is in the output.
  package private(set) var frontier: Int
  package private(set) var outputEnd: Int
  package private(set) var earlyEnd: Int
  private var waiting: [Int: Waiting] = [:]
  private var early: [Int: EarlyPart] = [:]
  private var waitingBytes = 0
  private var taken: ItemSet

  package init(frontier: Int = 0, outputEnd: Int, early: [EarlyPart] = [], earlyEnd: Int = 0) {
    self.frontier = frontier
    self.outputEnd = outputEnd
    self.earlyEnd = earlyEnd
    self.early = Dictionary(early.map { ($0.items.lowerBound, $0) }, uniquingKeysWith: { $1 })
    taken = ItemSet()
    if frontier > 0 { taken.insert(0..<frontier) }
    for part in early { taken.insert(part.items) }
  }

  /// Takes in a part; false when one of its items is already there, and the part is dropped.
  package mutating func accept(_ part: Part, now: Double) -> Bool {
    guard !taken.overlaps(part.items) else { return false }
    taken.insert(part.items)
    waiting[part.items.lowerBound] = Waiting(part: part, since: now)
    waitingBytes += part.bytes.count
    return true
  }

  /// The writes that are due; with `all`, nothing stays in memory.
  package mutating func dueWrites(now: Double, all: Bool = false) -> [Write] {
    var writes: [Write] = []
    advance(&writes)
    for first in due(now: now, all: all) {
      guard let entry = waiting.removeValue(forKey: first) else { continue }
      waitingBytes -= entry.part.bytes.count
      early[first] = EarlyPart(
        items: entry.part.items, offset: earlyEnd, length: entry.part.bytes.count)
      writes.append(.spill(entry.part, offset: earlyEnd))
      earlyEnd += entry.part.bytes.count
    }
    return writes
  }

  /// Whether the early file holds nothing that is still needed.
  package var isEarlyFileFree: Bool { early.isEmpty && earlyEnd > 0 }

  /// Notes that the early file was emptied.
  package mutating func earlyFileWasEmptied() { earlyEnd = 0 }

  /// Whether parts wait in memory for earlier ones.
  package var hasWaiting: Bool { !waiting.isEmpty }

  private mutating func advance(_ writes: inout [Write]) {
    while true {
      if let entry = waiting.removeValue(forKey: frontier) {
        waitingBytes -= entry.part.bytes.count
        writes.append(.append(entry.part, offset: outputEnd))
        outputEnd += entry.part.bytes.count
        frontier = entry.part.items.upperBound
      } else if let part = early.removeValue(forKey: frontier) {
        writes.append(.appendEarly(part, offset: outputEnd))
        outputEnd += part.length
        frontier = part.items.upperBound
      } else {
        return
      }
    }
  }

  /// The waiting parts that must go to the file: the old ones, and the farthest from their turn
  /// when memory is short.
  private func due(now: Double, all: Bool) -> [Int] {
    guard !all else { return waiting.keys.sorted() }
    var due = waiting.filter { now - $0.value.since >= Self.patienceSeconds }.map(\.key)
    var kept = waitingBytes - due.reduce(0) { $0 + (waiting[$1]?.part.bytes.count ?? 0) }
    let old = Set(due)
    for first in waiting.keys.sorted(by: >) where kept > Self.memoryBytes && !old.contains(first) {
      due.append(first)
      kept -= waiting[first]?.part.bytes.count ?? 0
    }
    return due.sorted()
  }
}
