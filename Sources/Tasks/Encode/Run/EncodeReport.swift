package import BatchCore

/// How an encoding goes and what it came to, in frames rather than in chunks.
package struct EncodeReport: Sendable {
  /// All frames of the video.
  private let frames: Int
  private let framesPerSecond: Double
  /// The frames of each item, none for sound.
  private let itemFrames: [Int]
  private let missingEnd: String?

  package init(job: EncodeJob) {
    frames = job.index.frames.count
    framesPerSecond = job.index.framesPerSecond
    missingEnd = job.index.missingEnd
    itemFrames = (0..<job.itemCount).map { item in
      if case .chunk(let range) = job.item(item) { range.count } else { 0 }
    }
  }

  /// The frames that an earlier process encoded, as far as their number tells.
  private func resumedFrames(_ tally: RunTally) -> Int {
    itemFrames.prefix(tally.resumed).reduce(0, +)
  }

  /// The frames of chunks that were finished elsewhere than in this process, on remote workers or alone in
  /// a child, as far as the number of finished chunks tells.
  ///
  /// - Parameter encoded: The frames that this process handed to encoders.
  package func framesElsewhere(_ tally: RunTally, encoded: Int) -> Int {
    let finished = itemFrames.prefix(tally.done).reduce(0, +) - resumedFrames(tally)
    return max(0, finished - encoded)
  }

  /// - Parameters:
  ///   - encoded: The frames of this run that were handed to encoders, here or elsewhere.
  ///   - bytes: The bytes of the chunks that are finished, those of earlier processes included.
  ///   - rate: Frames a second, smoothed.
  package func progress(
    _ tally: RunTally, encoded: Int, bytes: Int, rate: Double
  ) -> RunProgress {
    // A chunk that is encoded again counts again; all is done when the runner says so.
    let known = min(frames, resumedFrames(tally) + encoded)
    let done = tally.done == tally.total ? frames : min(known, max(0, frames - 1))
    var progress = RunProgress(
      totalItems: frames, finishedItems: done, failedItems: 0, resumedItems: resumedFrames(tally),
      elapsedSeconds: tally.elapsedSeconds, itemsPerSecond: rate, outputBytes: bytes)
    progress.unit = "frame"
    if rate > 0, done < frames {
      let left = Double(frames - done) / rate
      progress.timeLeft = RunProgress.TimeLeft(
        expectedSeconds: left, lowSeconds: left * 0.8, highSeconds: left * 1.25)
    }
    if framesPerSecond > 0, rate > 0 {
      progress.remarks.append("\(Self.oneDecimal(rate / framesPerSecond))x real time")
    }
    if bytes > 0 { progress.remarks.append(Quantity.bytes(bytes)) }
    if tally.isolated > 0 {
      progress.remarks.append(
        "\(Quantity.count(tally.isolated, "chunk")) alone in child processes")
    }
    return progress
  }

  /// The last lines of a run.
  ///
  /// - Parameters:
  ///   - encoded: The frames that this process handed to encoders.
  ///   - resume: The command that continues it.
  package func summary(_ outcome: RunOutcome, encoded: Int, resume: String) -> [String] {
    let tally = outcome.tally
    let encoded = encoded + framesElsewhere(tally, encoded: encoded)
    let size = Quantity.bytes(tally.outputBytes)
    let chunks = Quantity.count(itemFrames.count { $0 > 0 }, "chunk")
    let all = Quantity.count(frames, "frame")
    switch outcome.ending {
    case .complete where outcome.wasFinished:
      return [
        "\(all) were encoded already, nothing was computed; \(size) in \(outcome.outputPath ?? "")",
        "--fresh would encode it again",
      ]
    case .complete:
      var lines = [
        "\(all) in, \(all) out in \(Quantity.seconds(tally.elapsedSeconds)) "
          + "(\(facts(tally, encoded, chunks))); \(size) in \(outcome.outputPath ?? "")"
      ]
      if encoded > 0, tally.elapsedSeconds > 0 {
        lines.append(Self.realTime(Double(encoded) / tally.elapsedSeconds))
      }
      return lines + losses(tally, outcome.runDirectory)
    case .interrupted:
      return [
        "interrupted after \(Quantity.count(tally.done)) of \(Quantity.count(tally.total, "item")); to "
          + "continue: \(resume)"
      ]
    case .budgetPassed: return ["stopped by the failure budget; to continue: \(resume)"]
    case .stopped(let sentence):
      return [
        sentence,
        "\(Quantity.count(tally.done)) of \(Quantity.count(tally.total, "item")) are finished and kept; to "
          + "continue: \(resume)",
      ]
    }
  }

  /// What the finished video lacks of the source.
  private func losses(_ tally: RunTally, _ runDirectory: String) -> [String] {
    var lines: [String] = []
    let damaged = tally.failuresByCode[ItemFailure.Code.undecodableFrames.rawValue] ?? 0
    if damaged > 0 {
      lines.append(
        "\(Quantity.count(damaged, "chunk")) with frames that cannot be decoded, each replaced by the one "
          + "before; see \(runDirectory)/failures.jsonl")
    }
    if let missingEnd { lines.append(missingEnd) }
    return lines
  }

  private func facts(_ tally: RunTally, _ encoded: Int, _ chunks: String) -> String {
    var facts = [chunks]
    if encoded > 0, tally.elapsedSeconds > 0 {
      let rate = Double(encoded) / tally.elapsedSeconds
      facts.insert("\(Self.oneDecimal(rate)) frames/s", at: 0)
      if framesPerSecond > 0 {
        facts.insert("\(Self.oneDecimal(rate / framesPerSecond))x real time", at: 1)
      }
    }
    if tally.resumed > 0 { facts.append("\(Quantity.count(tally.resumed)) resumed") }
    return facts.joined(separator: ", ")
  }

  /// Whether a video of the usual rates would have been ready before it was seen.
  private static func realTime(_ rate: Double) -> String {
    let usual = [24, 30, 60]
    let reached = usual.filter { rate >= Double($0) }
    guard let best = reached.last else { return "slower than real time at 24, 30 and 60 fps" }
    let others = usual.filter { $0 > best }
    return "faster than real time at \(list(reached)) fps"
      + (others.isEmpty ? "" : ", slower at \(list(others)) fps")
  }

  private static func list(_ numbers: [Int]) -> String {
    guard let last = numbers.last, numbers.count > 1 else {
      return numbers.map(String.init).joined()
    }
    return numbers.dropLast().map(String.init).joined(separator: ", ") + " and \(last)"
  }

  package static func oneDecimal(_ value: Double) -> String {
    let tenths = Int((value * 10).rounded())
    return value >= 100 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
  }
}
