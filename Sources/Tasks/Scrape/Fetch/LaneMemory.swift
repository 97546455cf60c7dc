internal import BatchCore

/// What the batches of a lane know of its hosts, handed on from one to the next where they share no
/// fetcher.
package struct LaneMemory {
  private var hosts: [String: HostMemory] = [:]
  /// The hosts that this batch asks, redirects included.
  private var asked: Set<String> = []

  /// A day, after which robots.txt is asked for again and everything else is long over.
  private static let lifeSeconds = 86_400.0

  private static let format = "hosts 1"

  /// - Parameter bytes: what earlier batches have left; what cannot be read counts as nothing.
  package init(_ bytes: [UInt8]) {
    var reader = MessageReader(bytes)
    guard (try? reader.text()) == Self.format else { return }
    while !reader.isAtEnd, let host = try? HostMemory(&reader) { hosts[host.name] = host }
  }

  package init(_ memories: [HostMemory]) {
    for memory in memories { hosts[memory.name] = memory }
  }

  package var all: [HostMemory] { Array(hosts.values) }

  /// Notes that the batch asks the host of this address.
  mutating func asks(_ url: WebURL) { asked.insert(HostQueue.name(of: url)) }

  /// Takes in what the fetcher has learnt of the hosts that the batch asked.
  mutating func update(from fetcher: Fetcher) {
    for memory in fetcher.memories(of: asked) { hosts[memory.name] = memory }
  }

  /// The memories as bytes; when they are too many, those of the hosts asked last.
  package func bytes(atMost limit: Int) -> [UInt8] {
    let all = MessageWriter()
    all.add(Self.format)
    let latest = hosts.values.sorted { ($1.takenAt, $0.name) < ($0.takenAt, $1.name) }
    for host in latest where host.ageSeconds < Self.lifeSeconds {
      let one = MessageWriter()
      host.write(to: one)
      guard all.buffer.count + one.buffer.count <= limit else { break }
      all.buffer.append(contentsOf: one.buffer)
    }
    return unsafe all.buffer.withBytes { unsafe Array($0) }
  }
}
