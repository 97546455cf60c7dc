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

  /// Takes out the first range that may run now.
  package mutating func next(where mayRun: (Range<Int>) -> Bool = { _ in true }) -> Range<Int>? {
    ranges.firstIndex(where: mayRun).map { ranges.remove(at: $0) }
  }

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
  package mutating func died(_ rest: ItemSet, closer: Range<Int>? = nil) -> Finding {
    let suspects = closer.map { rest.clamped(to: $0) } ?? rest
    guard !suspects.isEmpty else { return .undecided }
    guard suspects.count > 1 else { return .culprit(suspects.bounds.lowerBound) }
    let bounds = suspects.bounds
    let middle = bounds.lowerBound + bounds.count / 2
    // Of items with gaps between them, each run is a range of its own.
    for half in [bounds.lowerBound..<middle, middle..<bounds.upperBound] {
      for range in suspects.clamped(to: half).ranges { add(range) }
    }
    return .undecided
  }
}
