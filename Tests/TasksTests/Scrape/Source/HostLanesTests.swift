import BatchCore
import SampleTask
import Scrape
import Testing

@Suite("Lanes of hosts")
struct HostLanesTests {
  /// The lanes of a list of addresses such as `a/1`, whose host is the part before the slash.
  private static func lanes(_ pages: [String]) -> HostLanes {
    var lanes = HostLanes()
    for page in pages {
      lanes.add(host: String(page.prefix { $0 != "/" }), address: page)
    }
    return lanes
  }

  @Test("keep the pages of a host together, and copies of a page side by side")
  func together() {
    let pages = ["a/1", "b/1", "a/2", "a/1", "b/2", "a/3", "a/2", "a/1"]
    let lanes = Self.lanes(pages)
    #expect(lanes.hostNames == ["a", "b"])
    #expect(lanes.pagesPerHost == [6, 2])
    let (order, _, repeats) = lanes.order()
    #expect((0..<8).map(order.inputIndex) == [0, 3, 7, 2, 6, 5, 1, 4])
    #expect(order.lanes == [0..<6, 6..<8])
    #expect(repeats == [false, true, true, false, true, false, false, false])
  }

  @Test("are no more than so many, in which hosts take turns", arguments: [1, 63, 64, 65, 500])
  func packing(hosts: Int) {
    let pages = (0..<hosts * 5).map { "\($0 % hosts)/\($0)" }
    let (order, laneHosts, _) = Self.lanes(pages).order()
    #expect(laneHosts.joined().sorted() == Array(0..<hosts))
    #expect(laneHosts.count == order.lanes.count)
    #expect(order.lanes.count == min(hosts, HostLanes.mostLanes))
    let sizes = order.lanes.map(\.count)
    #expect((sizes.max() ?? 0) - (sizes.min() ?? 0) <= 5)
    guard hosts > 2 * HostLanes.mostLanes, let lane = order.lanes.first else { return }
    let start = lane.prefix(3).map { order.inputIndex(of: $0) % hosts }
    #expect(Set(start).count == 3)
  }

  @Test(
    "have batches of a thousand pages, and smaller ones where many lanes are open",
    arguments: [(1, 1024), (8, 1024), (16, 512), (64, 128), (500, 96)])
  func largestBatch(lanes: Int, pages: Int) {
    #expect(HostLanes.largestBatch(lanes: lanes) == pages)
  }

  @Test(
    "share files among them, as many as have work for a batch, copies of a file side by side",
    arguments: [(1, 1), (95, 1), (96, 2), (500, 10), (5000, 64)])
  func files(count: Int, lanes: Int) {
    let pages = (0..<count).flatMap { ["/\($0)", "/\($0 / 7)"] }.prefix(count)
    let (order, laneHosts, repeats) = Self.lanes(Array(pages)).order()
    #expect(order.lanes.count == lanes)
    #expect(laneHosts == Array(repeating: [0], count: lanes))
    #expect(order.lanes.allSatisfy { $0.isEmpty || !repeats[$0.lowerBound] })
    let sizes = order.lanes.map(\.count)
    // A cut moves behind the copies of a file, of which there are eight at most.
    #expect((sizes.max() ?? 0) - (sizes.min() ?? 0) <= 16)
  }

  @Test("hold every item once, whatever the list is", arguments: 0..<20)
  func permutation(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    let hosts = 1 + Int(random.unit() * 200)
    let pages = (0..<Int(random.unit() * 2000)).map { _ -> String in
      let host = Int(random.unit() * random.unit() * Double(hosts))
      return "\(host == 0 ? "" : "\(host)")/\(Int(random.unit() * 20))"
    }
    let (order, _, repeats) = Self.lanes(pages).order()
    let places = (0..<order.count).map(order.inputIndex)
    #expect(places.sorted() == Array(pages.indices), "seed \(seed)")
    // A page that is listed several times is one run of positions in one lane.
    var seen = Set<String>()
    for (position, place) in places.enumerated() {
      #expect(seen.insert(pages[place]).inserted != repeats[position], "seed \(seed)")
    }
    for lane in order.lanes where !lane.isEmpty {
      #expect(!repeats[lane.lowerBound], "seed \(seed)")
    }
  }
}
