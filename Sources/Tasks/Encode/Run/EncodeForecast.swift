internal import BatchCore
internal import EncodeOptions

/// What an encoding would do, how long it would take and how large it would get; nothing is written.
package struct EncodeForecast: Sendable {
  private let job: EncodeJob
  private let workers: Int
  private let sample: EncodeSample
  private let otherBytes: Int
  /// How long a worker may live, in seconds; nil without a limit.
  private let timeLimitSeconds: Double?

  package init(
    job: EncodeJob, workers: Int, timeLimitSeconds: Double?, fileBytes: Int
  ) throws {
    self.job = job
    self.workers = workers
    self.timeLimitSeconds = timeLimitSeconds
    sample = try EncodeSample(job)
    let videoBytes = job.index.packets.reduce(0) { $0 + $1.size }
    otherBytes = job.options.audio == .none ? 0 : max(0, fileBytes - videoBytes)
  }

  private var secondsPerFrame: Double { sample.secondsPerFrame }
  private var frames: Int { job.index.frames.count }
  private var longest: Int { job.plan.chunks.map(\.count).max() ?? 0 }

  /// All chunks on all workers, and the last chunk running while others have nothing left.
  private var seconds: Double {
    let work = Double(frames) * secondsPerFrame
    let tail = Double(job.plan.chunks.last?.count ?? 0) * secondsPerFrame / 2
    let busy = Double(min(workers, job.plan.chunks.count))
    return max(work / busy + (busy > 1 ? tail : 0), Double(longest) * secondsPerFrame)
  }

  private var bytes: Int {
    sample.bytes(frames: frames, chunks: job.plan.chunks.count) + otherBytes
  }

  /// Why no worker could do it; nil when it fits.
  package var refusal: String? {
    guard let limit = timeLimitSeconds, Double(longest) * secondsPerFrame > limit * 0.9 else {
      return nil
    }
    let fitting = max(1, Int(limit * 0.7 / secondsPerFrame / job.index.framesPerSecond))
    return "a chunk of \(longest) frames takes about "
      + "\(Quantity.seconds(Double(longest) * secondsPerFrame)), and a worker may live for "
      + "\(Quantity.seconds(limit)); --chunk-seconds \(fitting) would fit"
  }

  package var lines: [String] {
    let index = job.index
    let settings = job.settings
    let traits = index.traits
    let counts = job.plan.chunks.map(\.count)
    let rate = EncodeReport.oneDecimal(index.framesPerSecond)
    var lines = [
      "Video      \(job.name): \(Quantity.count(frames, "frame")), \(traits.width)x\(traits.height) "
        + "\(traits.format), \(rate) fps, \(Quantity.seconds(index.seconds))",
      "Output     \(settings.codec.rawValue) \(settings.preset) crf \(settings.quality), "
        + "\(settings.width)x\(settings.height) \(settings.format), sound: \(job.options.audio.rawValue)",
      "Chunks     \(Quantity.count(counts.count)) of \(counts.min() ?? 0) to \(longest) frames",
      "Time       about \(Quantity.seconds(seconds)) with \(Quantity.count(workers, "worker")) "
        + "(\(EncodeReport.oneDecimal(1 / secondsPerFrame)) frames/s in one worker, tried on "
        + "\(sample.frames) frames)",
      "Size       about \(Quantity.bytes(bytes))",
    ]
    if let refusal { lines.append("Cannot     \(refusal)") }
    return lines
  }

  package var json: String {
    JSONValue.object([
      .init("frames", .integer(frames)), .init("chunks", .integer(job.plan.chunks.count)),
      .init("longest_chunk_frames", .integer(longest)), .init("workers", .integer(workers)),
      .init("seconds", .number(seconds)), .init("seconds_per_frame", .number(secondsPerFrame)),
      .init("bytes", .integer(bytes)), .init("refusal", JSONValue(refusal)),
      .init(
        "chunk_frames", .array(job.plan.chunks.map { .integer($0.count) })),
    ]).text
  }
}
