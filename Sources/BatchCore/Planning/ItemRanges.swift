/// Disjoint half-open ranges of items, from which the lowest or the longest can be taken.
///
/// A binary heap by lower bound; neighbours are joined again when they are taken.
package struct ItemRanges: Sendable, Equatable {
  private var heap: [Range<Int>] = []
  /// How many items all ranges hold together.
  package private(set) var count = 0

  package init(_ ranges: [Range<Int>] = []) {
    for range in ranges { insert(range) }
  }

  package var isEmpty: Bool { count == 0 }

  /// How many separate ranges are held; neighbours may still be apart.
  package var rangeCount: Int { heap.count }

  /// The ranges in no particular order.
  package var all: [Range<Int>] { heap }

  /// Adds a range that overlaps none of those held.
  ///
  /// - Complexity: O(log *n*) in the number of ranges.
  package mutating func insert(_ range: Range<Int>) {
    guard !range.isEmpty else { return }
    count += range.count
    heap.append(range)
    siftUp(heap.count - 1)
  }

  /// Takes out the range with the lowest items, joined with the neighbours that follow it.
  ///
  /// - Complexity: O(log *n*) in the number of ranges, and once for every neighbour joined.
  package mutating func popLowest() -> Range<Int>? {
    guard var range = heap.first else { return nil }
    remove(at: 0)
    while let next = heap.first, next.lowerBound == range.upperBound {
      remove(at: 0)
      range = range.lowerBound..<next.upperBound
    }
    return range
  }

  /// Takes out the longest range.
  ///
  /// - Complexity: O(*n*) in the number of ranges.
  package mutating func popLongest() -> Range<Int>? {
    guard let index = heap.indices.max(by: { heap[$0].count < heap[$1].count }) else { return nil }
    let range = heap[index]
    remove(at: index)
    return range
  }

  // MARK: - Heap

  private mutating func remove(at index: Int) {
    count -= heap[index].count
    let last = heap.removeLast()
    guard index < heap.count else { return }
    heap[index] = last
    siftDown(index)
    siftUp(index)
  }

  private mutating func siftUp(_ start: Int) {
    var child = start
    while child > 0 {
      let parent = (child - 1) / 2
      guard heap[child].lowerBound < heap[parent].lowerBound else { return }
      heap.swapAt(child, parent)
      child = parent
    }
  }

  private mutating func siftDown(_ start: Int) {
    var parent = start
    while true {
      var child = 2 * parent + 1
      guard child < heap.count else { return }
      if child + 1 < heap.count, heap[child + 1].lowerBound < heap[child].lowerBound { child += 1 }
      guard heap[child].lowerBound < heap[parent].lowerBound else { return }
      heap.swapAt(child, parent)
      parent = child
    }
  }
}
