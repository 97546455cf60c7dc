/// A set of items as sorted, disjoint, half-open ranges.
public struct ItemSet: Sendable, Equatable {
  /// The ranges in order; neighbours never touch.
  public private(set) var ranges: [Range<Int>] = []

  public init(_ ranges: [Range<Int>] = []) {
    for range in ranges { insert(range) }
  }

  public var isEmpty: Bool { ranges.isEmpty }

  /// - Complexity: Linear in the number of ranges.
  public var count: Int { ranges.reduce(0) { $0 + $1.count } }

  /// Adds the items of `range`.
  ///
  /// - Complexity: Logarithmic to find the place, linear in the ranges moved.
  public mutating func insert(_ range: Range<Int>) {
    guard !range.isEmpty else { return }
    var low = firstIndex(endingAtOrAfter: range.lowerBound)
    if low == ranges.count { return ranges.append(range) }
    var merged = range
    let start = low
    while low < ranges.count, ranges[low].lowerBound <= merged.upperBound {
      merged =
        min(
          merged.lowerBound, ranges[low].lowerBound)..<max(
          merged.upperBound, ranges[low].upperBound)
      low += 1
    }
    ranges.replaceSubrange(start..<low, with: CollectionOfOne(merged))
  }

  /// Removes the items of `range`.
  public mutating func remove(_ range: Range<Int>) {
    guard !range.isEmpty else { return }
    var index = firstIndex(endingAtOrAfter: range.lowerBound)
    while index < ranges.count, ranges[index].lowerBound < range.upperBound {
      let old = ranges[index]
      var rest: [Range<Int>] = []
      if old.lowerBound < range.lowerBound {
        rest.append(old.lowerBound..<min(old.upperBound, range.lowerBound))
      }
      if old.upperBound > range.upperBound {
        rest.append(max(old.lowerBound, range.upperBound)..<old.upperBound)
      }
      ranges.replaceSubrange(index...index, with: rest)
      index += rest.count
    }
  }

  /// The smallest range that holds all items; empty when there are none.
  package var bounds: Range<Int> {
    guard let first = ranges.first, let last = ranges.last else { return 0..<0 }
    return first.lowerBound..<last.upperBound
  }

  /// Whether every item is in `other`, too.
  package func isSubset(of other: ItemSet) -> Bool {
    ranges.allSatisfy { other.gaps(in: $0).isEmpty }
  }

  /// The items of `range` that are in the set, as a set.
  package func clamped(to range: Range<Int>) -> ItemSet { ItemSet(parts(of: range)) }

  /// Removes all items of another set.
  package mutating func remove(_ other: ItemSet) {
    for range in other.ranges { remove(range) }
  }

  public func overlaps(_ range: Range<Int>) -> Bool {
    guard !range.isEmpty else { return false }
    let index = firstIndex(endingAtOrAfter: range.lowerBound + 1)
    return index < ranges.count && ranges[index].lowerBound < range.upperBound
  }

  /// The items of `range` that are not in the set.
  public func gaps(in range: Range<Int>) -> [Range<Int>] {
    var result: [Range<Int>] = []
    var next = range.lowerBound
    var index = firstIndex(endingAtOrAfter: next + 1)
    while index < ranges.count, ranges[index].lowerBound < range.upperBound {
      if ranges[index].lowerBound > next { result.append(next..<ranges[index].lowerBound) }
      next = max(next, ranges[index].upperBound)
      index += 1
    }
    if next < range.upperBound { result.append(next..<range.upperBound) }
    return result
  }

  /// The items of `range` that are in the set.
  public func parts(of range: Range<Int>) -> [Range<Int>] {
    var result: [Range<Int>] = []
    var index = firstIndex(endingAtOrAfter: range.lowerBound + 1)
    while index < ranges.count, ranges[index].lowerBound < range.upperBound {
      result.append(ranges[index].clamped(to: range))
      index += 1
    }
    return result
  }

  /// The index of the first range whose end is at or after `item`.
  private func firstIndex(endingAtOrAfter item: Int) -> Int {
    var low = 0
    var high = ranges.count
    while low < high {
      let middle = (low + high) / 2
      if ranges[middle].upperBound < item { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
