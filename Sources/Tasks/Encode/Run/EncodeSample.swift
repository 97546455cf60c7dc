internal import BatchCore
internal import EncodeOptions

/// A few frames of a video, encoded to see how long that takes and how large they get.
struct EncodeSample {
  /// Of one chunk at a time, once an encoder is open and has its first frame.
  let secondsPerFrame: Double
  private(set) var frames = 0
  /// A chunk's first frame weighs many times the others, and is one of few in the sample.
  private let bytesOfFirst: Double
  private let bytesOfOthers: Double

  /// Where the frames of one place take longer by the table of speeds, in seconds, no other is tried.
  ///
  /// By the table and not by the clock, so that the size told is the same whatever else the machine does.
  private static let patienceSeconds = 2.0
  /// How long the frames of one place may take by the table of speeds, in seconds.
  private static let placeSeconds = 1.0
  /// Fewer frames, or more, at one place tell nothing more.
  private static let placeFrames = 8...120

  init(_ job: EncodeJob) throws {
    let all = job.index.frames.count
    let wanted = Int(Self.placeSeconds / job.plan.nominalSecondsPerFrame)
    let count = min(
      all, max(Self.placeFrames.lowerBound, min(wanted, Self.placeFrames.upperBound)))
    var reader = try PacketReader(path: job.path, name: job.name, index: job.index)
    let clock = MonotonicClock()
    var seconds = 0.0
    var (firsts, others): ([Int], [Int]) = ([], [])
    var places = Self.places(job.index, count: count)
    // A second without the third would lean to one side.
    if Double(count) * job.plan.nominalSecondsPerFrame > Self.patienceSeconds {
      places.removeSubrange(1...)
    }
    var encoder = ChunkEncoder(index: job.index, settings: job.settings)
    // What is told is for all chunks, most of which have one core each.
    encoder.takesSpareCores = job.plan.chunks.count == 1
    for start in places where frames + count <= all {
      var begun: Double?
      let record = try encoder.encode(
        start..<start + count, item: 0, reader: &reader,
        onFrame: { begun = begun ?? clock.now })
      seconds += clock.now - (begun ?? 0)
      firsts.append(record.packets[0].bytes.count)
      others += record.packets.dropFirst().map(\.bytes.count)
      frames += count
    }
    secondsPerFrame = seconds / Double(frames)
    bytesOfFirst = Self.mean(firsts)
    bytesOfOthers = others.isEmpty ? bytesOfFirst : Self.mean(others)
  }

  /// Where to try: at key frames, from which on nothing is decoded in vain, where the source spends a
  /// middling number of bytes, many, and few.
  ///
  /// Scenes differ, and those that are hard for one encoder are for another. Each of the three stands for
  /// a third of the video.
  private static func places(_ index: VideoIndex, count: Int) -> [Int] {
    let all = index.frames.count
    // The bytes of all frames before each one.
    let bytes = index.frames.reduce(into: [0]) { sums, frame in
      sums.append(sums[sums.count - 1] + index.packets[frame.packet].size)
    }
    let keys = [0] + index.keyFrames.filter { $0 > 0 }
    let stretches = zip(keys, keys.dropFirst() + [all]).map { key, next in
      let start = min(key, all - count)
      return (start: start, bytes: bytes[start + count] - bytes[start], share: next - key)
    }.sorted { ($0.bytes, $0.start) < ($1.bytes, $1.start) }
    var places: [Int] = []
    for sixths in [3, 5, 1] {
      var left = all * sixths / 6
      let stretch = stretches.first { stretch in
        left -= stretch.share
        return left < 0
      }
      if let start = stretch?.start, !places.contains(start) { places.append(start) }
    }
    return places
  }

  private static func mean(_ bytes: [Int]) -> Double {
    Double(bytes.reduce(0, +)) / Double(bytes.count)
  }

  /// How large a video gets, in bytes.
  func bytes(frames: Int, chunks: Int) -> Int {
    Int(bytesOfFirst * Double(chunks) + bytesOfOthers * Double(frames - chunks))
  }
}
