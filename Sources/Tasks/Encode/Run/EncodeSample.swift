internal import BatchCore
internal import EncodeOptions

/// A few frames of a video, encoded to see how long that takes and how large they get.
struct EncodeSample {
  /// On one core, once an encoder is open and has its first frame.
  let secondsPerFrame: Double
  private(set) var frames = 0
  /// A chunk's first frame weighs many times the others, and is one of few in the sample.
  private let bytesOfFirst: Double
  private let bytesOfOthers: Double

  /// Where to try, in sixths of the video: scenes differ.
  private static let places = [3, 5, 1]
  /// After so many seconds no further place is tried.
  private static let patienceSeconds = 4.0
  /// How long the frames of one place may take by the table of speeds, in seconds.
  private static let placeSeconds = 1.0
  /// Fewer frames, or more, at one place tell nothing more.
  private static let placeFrames = 8...120

  init(_ job: EncodeJob) throws {
    let all = job.index.frames.count
    let wanted = Int(Self.placeSeconds / job.plan.nominalSecondsPerFrame)
    let count = min(
      all, max(Self.placeFrames.lowerBound, min(wanted, Self.placeFrames.upperBound)))
    let keys = job.index.keyFrames
    var reader = try PacketReader(path: job.path, name: job.name, index: job.index)
    let clock = MonotonicClock()
    var seconds = 0.0
    var (firsts, others): ([Int], [Int]) = ([], [])
    for place in Self.places where frames + count <= all && clock.now < Self.patienceSeconds {
      // From a key frame on nothing is decoded in vain.
      let key = keys.last { $0 <= all * place / 6 } ?? 0
      let start = min(key, all - count)
      var begun: Double?
      let record = try ChunkEncoder(index: job.index, settings: job.settings).encode(
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

  private static func mean(_ bytes: [Int]) -> Double {
    Double(bytes.reduce(0, +)) / Double(bytes.count)
  }

  /// How large a video gets, in bytes.
  func bytes(frames: Int, chunks: Int) -> Int {
    Int(bytesOfFirst * Double(chunks) + bytesOfOthers * Double(frames - chunks))
  }
}
