/// Ranges of items of which one may crash or hang its process, and how the one is found.
///
/// Suspects run in a child process. A range that kills its child is halved until one item is left:
/// that item fails, and all others keep their results.
package struct SuspectQueue {
  package private(set) var ranges: [Range<Int>] = []

  package init() {}

  package var isEmpty: Bool { ranges.isEmpty }

  package mutating func add(_ range: Range<Int>) {
    if !range.isEmpty { ranges.append(range) }
  }

  package mutating func next() -> Range<Int>? { ranges.isEmpty ? nil : ranges.removeFirst() }

  /// What to do with the rest of a suspect range after its child died or hung.
  package enum Finding: Equatable {
    /// This item is the cause.
    case culprit(Int)
    /// The cause is one of several, whose halves were queued, or none that is left.
    case undecided
  }

  /// - Parameters:
  ///   - rest: The unfinished items of the range.
  ///   - closer: The items of which one is the cause, when that is known better.
  package mutating func died(_ rest: Range<Int>, closer: Range<Int>? = nil) -> Finding {
    let suspects = (closer ?? rest).clamped(to: rest)
    guard !suspects.isEmpty else { return .undecided }
    guard suspects.count > 1 else { return .culprit(suspects.lowerBound) }
    let middle = suspects.lowerBound + suspects.count / 2
    add(suspects.lowerBound..<middle)
    add(middle..<suspects.upperBound)
    return .undecided
  }
}
