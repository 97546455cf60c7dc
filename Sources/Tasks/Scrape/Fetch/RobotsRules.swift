package import BatchCore

/// What robots.txt of one origin allows (RFC 9309).
package struct RobotsRules: Sendable, Equatable {
  private struct Rule: Equatable {
    let pattern: RobotsPattern
    let allows: Bool
  }

  /// Longest pattern first; of two as long, the one that allows.
  private var rules: [Rule] = []
  /// The seconds between requests that the group asks for; not part of the RFC, but widely used.
  package private(set) var crawlDelaySeconds: Double?

  /// The most that is read of a file, in bytes (RFC 9309, 2.5).
  package static let mostBytes = 500 << 10

  package static let allowAll = RobotsRules()

  private init() {}

  /// - Parameters:
  ///   - bytes: the content; what is no rule, HTML for instance, says nothing.
  ///   - agent: the product token of the crawler, such as `batchrun`.
  package init(_ bytes: [UInt8], agent: String) {
    let agent = agent.lowercased()
    var own = RobotsGroup()
    var others = RobotsGroup()
    var isForOwn = false
    var isForOthers = false
    var isNamingAgents = false
    for line in RobotsLines(bytes.prefix(Self.mostBytes)) {
      switch line.key {
      case "user-agent":
        if !isNamingAgents { (isForOwn, isForOthers, isNamingAgents) = (false, false, true) }
        let name = Self.productToken(line.value)
        if name == agent { isForOwn = true }
        if line.value.first == UInt8(ascii: "*") { isForOthers = true }
        if isForOwn { own.isNamed = true }
      case "allow", "disallow":
        isNamingAgents = false
        // A pattern that is cut forbids more; one that allows must not.
        let isTooLong = line.key == "allow" && line.value.count > RobotsPattern.mostBytes
        guard !line.value.isEmpty, !isTooLong else { continue }
        let rule = Rule(pattern: RobotsPattern(line.value), allows: line.key == "allow")
        if isForOwn { own.rules.append(rule) }
        if isForOthers { others.rules.append(rule) }
      case "crawl-delay":
        // It belongs to the agents before it, and ends their list: not so in the RFC, which does not
        // know it, but what authors mean by it.
        isNamingAgents = false
        let seconds = Double(String(decoding: line.value, as: UTF8.self))
        guard let seconds, seconds >= 0, seconds.isFinite else { continue }
        if isForOwn { own.crawlDelaySeconds = seconds }
        if isForOthers { others.crawlDelaySeconds = seconds }
      default: continue
      }
    }
    let group = own.isNamed ? own : others
    crawlDelaySeconds = group.crawlDelaySeconds
    rules = group.rules.sorted { first, second in
      let lengths = (first.pattern.length, second.pattern.length)
      return lengths.0 != lengths.1 ? lengths.0 > lengths.1 : first.allows && !second.allows
    }
  }

  // MARK: - Between processes

  /// Writes the rules as they were understood, which is less than the file.
  package func write(to writer: MessageWriter) {
    writer.add(crawlDelaySeconds != nil)
    writer.add(crawlDelaySeconds ?? 0)
    writer.add(rules.count)
    for rule in rules {
      writer.add(rule.pattern.normalised)
      writer.add(rule.allows)
    }
  }

  /// Reads what `write` wrote.
  package init(_ reader: inout MessageReader) throws(MessageReader.Malformed) {
    let hasDelay = try reader.flag()
    let delay = try reader.double()
    if hasDelay { crawlDelaySeconds = delay }
    for _ in 0..<max(0, try reader.integer()) {
      let pattern = RobotsPattern(normalised: try reader.blob())
      rules.append(Rule(pattern: pattern, allows: try reader.flag()))
    }
  }

  /// About how long they are when written, in bytes.
  var writtenBytes: Int { rules.reduce(24) { $0 + $1.pattern.length + 16 } }

  private struct RobotsGroup {
    var isNamed = false
    var rules: [Rule] = []
    var crawlDelaySeconds: Double?
  }

  /// The letters, hyphens and underscores that a name begins with, in lower case.
  private static func productToken(_ value: ArraySlice<UInt8>) -> String {
    let token = value.prefix { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "-"), UInt8(ascii: "_"):
        true
      default: false
      }
    }
    return String(decoding: token, as: UTF8.self).lowercased()
  }

  /// Whether the page may be asked for.
  ///
  /// - Complexity: the number of rules times the length of the path.
  package func allow(_ url: WebURL) -> Bool {
    guard !rules.isEmpty, url.path != "/robots.txt" else { return true }
    let target = RobotsPattern.normalised(Array(url.pathAndQuery.utf8)[...])
    return rules.first { $0.pattern.matches(target) }?.allows ?? true
  }
}

/// The path of a rule: `*` stands for anything, `$` at the end for the end.
struct RobotsPattern: Equatable {
  let normalised: [UInt8]
  /// What stands between the stars.
  private let pieces: [ArraySlice<UInt8>]
  private let isAnchored: Bool
  /// In bytes; the longest pattern that matches decides.
  var length: Int { normalised.count }

  /// Longer patterns are cut, so that no file makes matching slow.
  static let mostBytes = 2048

  init(_ text: ArraySlice<UInt8>) {
    self.init(normalised: Self.normalised(text.prefix(Self.mostBytes)))
  }

  /// - Parameter normalised: a pattern in its one spelling.
  init(normalised: [UInt8]) {
    self.normalised = normalised
    var bytes = normalised[...]
    isAnchored = bytes.last == UInt8(ascii: "$")
    if isAnchored { bytes.removeLast() }
    pieces = bytes.split(separator: UInt8(ascii: "*"), omittingEmptySubsequences: false)
  }

  func matches(_ path: [UInt8]) -> Bool {
    guard path.starts(with: pieces[0]) else { return false }
    var place = pieces[0].count
    guard pieces.count > 1 else { return !isAnchored || place == path.count }
    for piece in pieces[1..<(pieces.count - 1)] {
      guard let found = Self.find(piece, in: path, from: place) else { return false }
      place = found + piece.count
    }
    let last = pieces[pieces.count - 1]
    guard isAnchored else { return Self.find(last, in: path, from: place) != nil }
    return path.count - last.count >= place && path.suffix(last.count).elementsEqual(last)
  }

  private static func find(_ piece: ArraySlice<UInt8>, in path: [UInt8], from start: Int) -> Int? {
    guard let first = piece.first else { return start }
    var place = start
    while place + piece.count <= path.count {
      if path[place] == first, path[place...].starts(with: piece) { return place }
      place += 1
    }
    return nil
  }

  /// One spelling for what means the same (RFC 9309, 2.2.2): unreserved characters decoded, others
  /// encoded with upper-case digits.
  static func normalised(_ text: ArraySlice<UInt8>) -> [UInt8] {
    let bytes = Array(text)
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    var place = 0
    while place < bytes.count {
      let escaped = PercentCoding.escaped(bytes, at: place)
      let byte = escaped ?? bytes[place]
      place += escaped == nil ? 1 : 3
      let isLiteral = escaped == nil ? byte > 0x20 && byte < 0x7f : PercentCoding.isUnreserved(byte)
      if isLiteral {
        result.append(byte)
      } else {
        result += [
          UInt8(ascii: "%"), PercentCoding.digit(byte >> 4), PercentCoding.digit(byte & 15),
        ]
      }
    }
    return result
  }
}

/// The lines of robots.txt that have a key and a value.
private struct RobotsLines: Sequence, IteratorProtocol {
  private var rest: ArraySlice<UInt8>

  init(_ bytes: ArraySlice<UInt8>) {
    rest = bytes.starts(with: [0xef, 0xbb, 0xbf]) ? bytes.dropFirst(3) : bytes
  }

  mutating func next() -> (key: String, value: ArraySlice<UInt8>)? {
    while !rest.isEmpty {
      let end = rest.firstIndex { $0 == 0x0a || $0 == 0x0d } ?? rest.endIndex
      let line = rest[..<end].prefix { $0 != UInt8(ascii: "#") }
      rest = rest[end...].dropFirst()
      guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { continue }
      let key = Self.trimmed(line[..<colon])
      guard key.count <= 20 else { continue }
      return (
        String(decoding: key, as: UTF8.self).lowercased(), Self.trimmed(line[(colon + 1)...])
      )
    }
    return nil
  }

  private static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var bytes = bytes
    while let first = bytes.first, first == 0x20 || first == 0x09 { bytes.removeFirst() }
    while let last = bytes.last, last == 0x20 || last == 0x09 { bytes.removeLast() }
    return bytes
  }
}
