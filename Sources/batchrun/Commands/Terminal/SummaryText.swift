package import BatchCore

/// The last lines of a run.
package struct SummaryText: Sendable {
  private let summary: RunSummary

  package init(_ summary: RunSummary) { self.summary = summary }

  /// The sentences, each a line of its own, without the program's name.
  package var lines: [String] {
    var lines = [headline]
    if !summary.failures.isEmpty { lines.append(failures) }
    for remark in summary.remarks {
      lines.append("\(Quantity.count(remark.items)) \(remark.phrase)")
    }
    if let copies { lines.append(copies) }
    if let hint { lines.append(hint) }
    return lines
  }

  /// What was paid twice, and what came of it.
  private var copies: String? {
    guard summary.copies > 0 else { return nil }
    let slow =
      summary.copies == 1
      ? "1 slow batch was" : "\(Quantity.count(summary.copies)) slow batches were"
    return "\(slow) tried twice; the second attempt was faster "
      + Quantity.count(summary.copiesWon, "time")
  }

  private var headline: String {
    let items = Quantity.count(summary.totalItems, "item")
    let done = Quantity.count(summary.finishedItems)
    return switch summary.ending {
    case .finished: "\(items) in \(work); \(destination)"
    case .alreadyFinished:
      "\(items) \(summary.totalItems == 1 ? "was" : "were") finished already, nothing was computed; "
        + destination
    case .stoppedByFailures: "stopped by the failure budget after \(done) of \(items) in \(work)"
    case .interrupted: "interrupted after \(done) of \(items) in \(work)"
    }
  }

  /// The time, the rate and what was run, such as "2.1 s (143 k/s, 24 batches, 100 resumed)".
  private var work: String {
    let run = summary.finishedItems - summary.resumedItems
    var facts: [String] = []
    if run > 0, summary.elapsedSeconds > 0 {
      facts.append(Quantity.rate(Double(run) / summary.elapsedSeconds))
    }
    facts.append(
      summary.batches == 1 ? "1 batch" : "\(Quantity.count(summary.batches)) batches")
    if summary.resumedItems > 0 {
      facts.append("\(Quantity.count(summary.resumedItems)) resumed")
    }
    if let dollars = summary.dollars { facts.append(Quantity.dollars(dollars)) }
    return "\(Quantity.seconds(summary.elapsedSeconds)) (\(facts.joined(separator: ", ")))"
  }

  private var destination: String {
    "\(Quantity.bytes(summary.outputBytes)) in \(summary.outputPath ?? "standard output")"
  }

  private var failures: String {
    let codes = summary.failures.map { "\(Quantity.count($0.items)) \($0.code.rawValue)" }
    return "\(Quantity.count(summary.failedItems)) failed (\(codes.joined(separator: ", "))); see "
      + "\(summary.runDirectory)/failures.jsonl"
  }

  private var hint: String? {
    switch summary.ending {
    case .finished: nil
    case .alreadyFinished where summary.failures.isEmpty: "--fresh would run it again"
    case .alreadyFinished: "--fresh would run it again, --retry-failed the failed items only"
    case .stoppedByFailures: "the same command with another --max-failures resumes"
    case .interrupted: "the same command resumes"
    }
  }
}
