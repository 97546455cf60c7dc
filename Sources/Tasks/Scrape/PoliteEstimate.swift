internal import BatchCore

/// How long a list takes under the limits of politeness, before anything is asked.
struct PoliteEstimate {
  private let hosts: [(name: String, pages: Int)]
  /// The hosts of each lane, as indices of `hosts`.
  private let lanes: [[Int]]
  private let options: FetchOptions

  /// What a server takes to answer, in seconds, where nothing was measured.
  private static let guessedAnswer = 0.3
  /// What a page costs the processor, in seconds: parsing, mostly.
  private static let guessedWork = 0.0006

  init(_ hosts: [(name: String, pages: Int)], lanes: [[Int]], _ options: FetchOptions) {
    self.hosts = hosts
    self.lanes = lanes
    self.options = options
  }

  /// The seconds that one host takes: no more than so many at once, no sooner than the delay.
  private func seconds(of host: (name: String, pages: Int)) -> Double {
    guard !host.name.isEmpty, !options.isOffline else { return 0 }
    let waits = Double(host.pages) * Self.guessedAnswer / Double(options.perHost)
    return max(waits, Double(host.pages) * options.delaySeconds)
  }

  /// The hosts of a lane are asked side by side, over so many connections; robots.txt comes first.
  private func seconds(ofLane lane: [Int]) -> Double {
    let longest = lane.map { seconds(of: hosts[$0]) }.max() ?? 0
    guard longest > 0 else { return 0 }
    let pages = lane.reduce(0) { $0 + (hosts[$1].name.isEmpty ? 0 : hosts[$1].pages) }
    let together = Double(pages) * Self.guessedAnswer / Double(options.transfers)
    return max(longest, together) + (options.ignoresRobots ? 0 : Self.guessedAnswer)
  }

  private func laneReason(_ remote: Int) -> String {
    guard remote > 0 else {
      return "The files are in \(Quantity.count(lanes.count, "group")), each in one batch at a time"
    }
    let areTogether = lanes.contains { $0.count { !hosts[$0].name.isEmpty } > 1 }
    return areTogether
      ? "\(Quantity.count(remote)) hosts are in \(lanes.count) groups, and the pages of a group in one batch "
        + "at a time"
      : "The pages of a host are in one batch at a time"
  }

  var estimate: RunEstimate {
    let pages = hosts.reduce(0) { $0 + $1.pages }
    let remote = hosts.filter { !$0.name.isEmpty }
    let longest = remote.max { seconds(of: $0) < seconds(of: $1) }
    let bound = longest.map { seconds(of: $0) } ?? 0
    var lines: [RunEstimate.Line] = [
      .init("Hosts", Self.hostsText(remote, files: pages - remote.reduce(0) { $0 + $1.pages }))
    ]
    if let longest, bound > 0 {
      let delay =
        options.delaySeconds > 0 ? ", \(Quantity.seconds(options.delaySeconds)) apart" : ""
      lines.append(
        .init(
          "Politeness",
          "\(longest.name) takes longest: \(Quantity.count(longest.pages, "page")), "
            + "\(options.perHost) at a time\(delay), \(Quantity.seconds(bound))"))
    }
    return RunEstimate(
      laneSeconds: lanes.map { seconds(ofLane: $0) }, laneReason: laneReason(remote.count),
      workSecondsPerItem: Self.guessedWork,
      guesses: options.isOffline
        ? ["work per page (\(Quantity.seconds(Self.guessedWork)))"]
        : [
          "time of a server to answer (\(Quantity.seconds(Self.guessedAnswer)))",
          "work per page (\(Quantity.seconds(Self.guessedWork)))",
        ],
      lines: lines)
  }

  private static func hostsText(_ hosts: [(name: String, pages: Int)], files: Int) -> String {
    var parts: [String] = []
    if !hosts.isEmpty { parts.append(Quantity.count(hosts.count)) }
    if files > 0 { parts.append("\(Quantity.count(files, "file")) on this machine") }
    return parts.isEmpty ? "none" : parts.joined(separator: ", ")
  }
}
