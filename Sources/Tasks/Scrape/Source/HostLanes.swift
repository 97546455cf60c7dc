package import BatchCore

/// The hosts of a list, and the order in which its pages are handed out.
///
/// Pages of one host stand together, those of the same address side by side, so that a page is fetched
/// once however often it is listed. A host of many pages is a lane of its own; the others share lanes,
/// in which they take turns, so that a batch asks several of them at the same time. Files have no host
/// that could mind: they are split among lanes, so that all workers have some.
package struct HostLanes {
  /// More lanes than batches that are open at once would not be worked on side by side.
  package static let mostLanes = 64
  /// Of one lane so many batches are open at once: one begins while the other ends.
  private static let batchesPerLane = 2
  /// A batch holds at least as many pages as keep its hosts busy.
  package static let leastBatch = 48
  /// All pages of open batches together: each takes about a kilobyte before it is asked for.
  private static let mostOpenPages = 16_384

  /// The most pages of a batch: 128 where all lanes are in use, 1,024 where few are.
  package static func largestBatch(lanes: Int) -> Int {
    max(2 * leastBatch, min(1024, mostOpenPages / (batchesPerLane * max(1, lanes))))
  }

  private var hostNumbers: [String: UInt32] = [:]
  package private(set) var hostNames: [String] = []
  package private(set) var pagesPerHost: [Int] = []
  /// The host of each item.
  private var hosts: [UInt32] = []
  /// A hash of the address of each item.
  private var addresses: [UInt64] = []

  package init() {}

  var hostCount: Int { hostNames.count }

  /// Notes the next item of the list.
  ///
  /// - Parameters:
  ///   - host: The name that a fetcher knows the host by; empty for files and lines that name no page.
  package mutating func add(host: String, address: String) {
    let number: UInt32
    if let known = hostNumbers[host] {
      number = known
    } else {
      number = UInt32(hostNames.count)
      hostNumbers[host] = number
      hostNames.append(host)
      pagesPerHost.append(0)
    }
    pagesPerHost[Int(number)] += 1
    hosts.append(number)
    addresses.append(Self.hash(address))
  }

  /// The order of all items, the hosts of each of its lanes, and the positions at which no batch may be
  /// cut: those whose address is that of the position before.
  package func order() -> (order: DispatchOrder, hosts: [[Int]], repeats: [Bool]) {
    let groups = grouped()
    let packed = Self.packed(groups.map(\.items.count))
    var indices: [UInt32] = []
    indices.reserveCapacity(hosts.count)
    var lanes: [Range<Int>] = []
    for lane in packed {
      let start = indices.count
      interleave(lane.map { groups[$0].items }, into: &indices)
      lanes.append(start..<indices.count)
    }
    var repeats = [Bool](repeating: false, count: indices.count)
    for position in indices.indices.dropFirst() {
      repeats[position] =
        addresses[Int(indices[position])] == addresses[Int(indices[position - 1])]
    }
    let order = DispatchOrder(
      inputIndices: indices, lanes: lanes, batchesPerLane: Self.batchesPerLane,
      leastBatchItems: Self.leastBatch)
    return (order, packed.map { Set($0.map { groups[$0].host }).sorted() }, repeats)
  }

  /// The items of each host in the order of the list, repeated addresses behind their first; files in
  /// as many groups as have work for a batch.
  private func grouped() -> [(host: Int, items: [UInt32])] {
    var groups = pagesPerHost.map { count -> [UInt32] in
      var group: [UInt32] = []
      group.reserveCapacity(count)
      return group
    }
    for (item, host) in hosts.enumerated() { groups[Int(host)].append(UInt32(item)) }
    return groups.enumerated().flatMap { host, items in
      let together = withRepeatsTogether(items)
      let parts = hostNames[host].isEmpty ? split(together) : [together]
      return parts.map { (host, $0) }
    }
  }

  /// Items of no host in equal parts, none of which begins with an address that the part before has.
  private func split(_ items: [UInt32]) -> [[UInt32]] {
    let count = min(Self.mostLanes, max(1, items.count / Self.leastBatch))
    var parts: [[UInt32]] = []
    var start = 0
    for part in 1...count {
      var end = max(start, items.count * part / count)
      while end > start, end < items.count, isRepeat(items, end) { end += 1 }
      if end > start { parts.append(Array(items[start..<end])) }
      start = end
    }
    return parts
  }

  private func withRepeatsTogether(_ items: [UInt32]) -> [UInt32] {
    var first: [UInt64: Int] = Dictionary(minimumCapacity: items.count)
    var later: [Int: [UInt32]] = [:]
    for (place, item) in items.enumerated() {
      if let known = first[addresses[Int(item)]] {
        later[known, default: []].append(item)
      } else {
        first[addresses[Int(item)]] = place
      }
    }
    guard !later.isEmpty else { return items }
    var result: [UInt32] = []
    for (place, item) in items.enumerated() where first[addresses[Int(item)]] == place {
      result.append(item)
      result += later[place] ?? []
    }
    return result
  }

  /// The groups of each lane, given their pages: the largest group goes to the lane that has the fewest.
  private static func packed(_ pages: [Int]) -> [[Int]] {
    let bySize = pages.indices.sorted { (pages[$1], $0) < (pages[$0], $1) }
    var lanes = [[Int]](repeating: [], count: min(mostLanes, max(1, pages.count)))
    var sizes = [Int](repeating: 0, count: lanes.count)
    for group in bySize {
      let lane = sizes.indices.min { sizes[$0] < sizes[$1] } ?? 0
      lanes[lane].append(group)
      sizes[lane] += pages[group]
    }
    return lanes.filter { !$0.isEmpty }
  }

  /// Hosts take turns, each in proportion to its pages, so that all are busy to the end.
  private func interleave(_ groups: [[UInt32]], into indices: inout [UInt32]) {
    guard groups.count > 1 else { return indices += groups.first ?? [] }
    var next = [Int](repeating: 0, count: groups.count)
    var open = Array(groups.indices)
    while !open.isEmpty {
      for group in open {
        // Repeated addresses stay together.
        repeat {
          indices.append(groups[group][next[group]])
          next[group] += 1
        } while next[group] < groups[group].count && isRepeat(groups[group], next[group])
      }
      open.removeAll { next[$0] == groups[$0].count }
    }
  }

  private func isRepeat(_ items: [UInt32], _ place: Int) -> Bool {
    addresses[Int(items[place])] == addresses[Int(items[place - 1])]
  }

  /// FNV-1a over the address: the same on every machine, because the order of a run depends on it.
  private static func hash(_ text: String) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
    return hash
  }
}
