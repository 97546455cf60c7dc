package import BatchCore

/// One line that says how far a run has come, made to fit a terminal.
package struct ProgressLine: Sendable {
  private let terminal: Terminal

  package init(_ terminal: Terminal) { self.terminal = terminal }

  /// The line for a terminal: as much as fits, the most important first, without a line break.
  package func text(_ progress: RunProgress) -> String {
    // The last column stays free: some terminals break the line when it is used.
    let room = max(0, terminal.width - 1)
    var facts = facts(progress)
    while facts.count > 1, length(facts) + Self.shortestBar + 2 > room {
      guard let least = facts.indices.max(by: { facts[$0].rank < facts[$1].rank }) else { break }
      facts.remove(at: least)
    }
    let words = facts.map(styled).joined(separator: "  ")
    let barRoom = min(Self.longestBar, room - length(facts) - 2)
    guard barRoom >= Self.shortestBar else { return length(facts) <= room ? words : "" }
    return bar(progress.share, width: barRoom) + "  " + words
  }

  /// The line for a log, in which nothing is drawn twice.
  package static func plainText(_ progress: RunProgress) -> String {
    var words = [
      "\(percent(progress)) of \(Quantity.count(progress.totalItems, progress.unit))",
      Quantity.rate(progress.itemsPerSecond),
    ]
    words += timeLeft(progress).map { [$0] } ?? []
    words += failures(progress).map { [$0] } ?? []
    words += progress.dollars.map { [Quantity.dollars($0)] } ?? []
    words += progress.remarks
    return words.joined(separator: ", ")
  }

  // MARK: - Facts

  /// Words with their rank, the most important first, and whether they are bad news.
  private struct Fact {
    var text: String
    var rank: Int
    var isBad = false
  }

  private func facts(_ progress: RunProgress) -> [Fact] {
    let done = Quantity.count(progress.finishedItems)
    var facts = [
      Fact(text: Self.padded(Self.percent(progress), to: 5), rank: 0),
      Fact(text: "\(done) of \(Quantity.count(progress.totalItems))", rank: 4),
      Fact(text: Quantity.rate(progress.itemsPerSecond), rank: 3),
    ]
    if let left = Self.timeLeft(progress) { facts.append(Fact(text: left, rank: 2)) }
    if let failures = Self.failures(progress) {
      facts.append(Fact(text: failures, rank: 1, isBad: true))
    }
    if let dollars = progress.dollars {
      facts.append(Fact(text: Quantity.dollars(dollars), rank: 5))
    }
    for (place, remark) in progress.remarks.enumerated() {
      facts.append(Fact(text: remark, rank: 6 + place))
    }
    return facts
  }

  private static func percent(_ progress: RunProgress) -> String {
    // Rounded down, so that 100 % is said of a finished run only.
    "\(Int(progress.share * 100)) %"
  }

  private static func failures(_ progress: RunProgress) -> String? {
    progress.failedItems > 0 ? "\(Quantity.count(progress.failedItems)) failed" : nil
  }

  /// One time when it is known well, else the ends of its band.
  private static func timeLeft(_ progress: RunProgress) -> String? {
    guard let left = progress.timeLeft, progress.finishedItems < progress.totalItems else {
      return nil
    }
    let (low, high) = (coarse(left.lowSeconds), coarse(left.highSeconds))
    guard left.highSeconds > 1.5 * left.lowSeconds, left.highSeconds >= 10, low != high else {
      return "\(coarse(left.expectedSeconds)) left"
    }
    return "\(low) to \(high) left"
  }

  /// Whole seconds below ten minutes, whole minutes above.
  private static func coarse(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds >= 1 else { return seconds < 1 ? "1 s" : "unknown time" }
    guard seconds >= 600, seconds < 3600 else { return Quantity.seconds(seconds.rounded()) }
    return "\(Int((seconds / 60).rounded())) min"
  }

  private static func padded(_ text: String, to width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
  }

  // MARK: - Drawing

  private static let shortestBar = 8
  private static let longestBar = 40

  private func length(_ facts: [Fact]) -> Int {
    facts.reduce(2 * max(0, facts.count - 1)) { $0 + $1.text.count }
  }

  private func styled(_ fact: Fact) -> String {
    fact.isBad && terminal.hasColor ? "\u{1B}[31m\(fact.text)\u{1B}[0m" : fact.text
  }

  private func bar(_ share: Double, width: Int) -> String {
    guard terminal.hasUnicode else {
      let inner = width - 2
      let full = Int(share * Double(inner))
      return "[" + String(repeating: "#", count: full)
        + String(repeating: ".", count: inner - full) + "]"
    }
    let eighths = Int(share * Double(width * 8))
    let full = eighths / 8
    // U+2589 to U+258F are seven eighths to one eighth of a block.
    let parts = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"]
    let part = parts[eighths % 8]
    return String(repeating: "█", count: full) + part
      + String(repeating: "░", count: width - full - part.count)
  }
}
