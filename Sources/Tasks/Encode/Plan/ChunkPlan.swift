package import EncodeOptions

/// The pieces a video is cut into: half-open ranges of frames, one after another.
///
/// A pure function of the index and the options. Nothing of the machine goes in, so that the same
/// video and options give the same pieces, and the same bytes, everywhere.
package struct ChunkPlan: Sendable, Equatable {
  /// The frames of each chunk, in the order of showing; together all frames.
  package let chunks: [Range<Int>]
  /// How long a core of some usual machine needs for one frame, in seconds.
  package let nominalSecondsPerFrame: Double

  /// The bounds of a chunk's work, in nominal seconds of one core.
  private static let workSeconds = 5.0...20.0
  /// A video is cut into about so many pieces, as far as those bounds allow.
  private static let pieces = 1000.0
  /// No chunk is shortened for its time below the number of frames that encoders look ahead.
  private static let fewestFrames = 48.0
  /// The share of the video at its end that is cut finer.
  private static let tailShare = 0.1
  /// How far from its ideal place a cut may go to meet a key frame, in chunk lengths, near the end, where
  /// a long chunk would keep one worker busy while the others have nothing left, and for chunks of a
  /// length that was asked for.
  private static let shortReach = 0.2
  private static let lateShare = 0.3
  /// How much of a chunk's length a key frame must leave at the end.
  private static let lastShare = 0.4

  package init(index: VideoIndex, options: EncodeOptions, width: Int, height: Int) {
    let megapixels = Double(width * height) / 1e6
    nominalSecondsPerFrame =
      megapixels / options.codec.nominalMegapixels(preset: options.preset)
    let count = index.frames.count
    let grain = ChunkGrain.of(options.codec)
    let whole = Self.wholeLength(index, options, grain, nominalSecondsPerFrame)
    let tail = max(min(whole, grain.leastFrames.lowerBound / 4), whole / grain.tailFineness)
    let isLong = Double(count) * Self.tailShare >= whole * grain.tailLength
    let hasTail = whole < Double(count) && isLong
    let tailStart = hasTail ? Double(count) * (1 - Self.tailShare) : Double(count)
    let isAsked = options.chunkSeconds != nil
    let period = isAsked ? nil : grain.keyPeriod
    var cutter = Cutter(count: count, keys: index.keyFrames)
    while cutter.last < count {
      let last = Double(cutter.last)
      // What is left of the tail is cut evenly, as is what stands before it.
      let isTail = last > tailStart - tail
      let (length, end) = isTail ? (tail, Double(count)) : (whole, tailStart)
      let pieces = ((end - last) / length).rounded(
        isAsked || period != nil ? .up : .toNearestOrEven)
      let ideal = last + (end - last) / max(1, pieces)
      let isLate = !isTail && ideal > Double(count) * (1 - Self.lateShare)
      let reach = isLate || isAsked ? min(Self.shortReach, grain.reach) : grain.reach
      let most = period.map { isTail || isLate ? whole : max(whole, 2 * $0) }
      cutter.cut(
        near: ideal, within: length * reach, atMost: most.map { Int($0) } ?? count,
        // A key frame just before the end leaves too little for a chunk of its own.
        sparing: Int(length * Self.lastShare))
    }
    chunks = cutter.chunks
  }

  /// The usual length of a chunk, in frames; the most where the encoder has a period of key frames.
  private static func wholeLength(
    _ index: VideoIndex, _ options: EncodeOptions, _ grain: ChunkGrain, _ secondsPerFrame: Double
  ) -> Double {
    if let seconds = options.chunkSeconds { return max(1, seconds * index.framesPerSecond) }
    let count = Double(index.frames.count)
    let share = count * secondsPerFrame / pieces
    let work = min(max(share, workSeconds.lowerBound), workSeconds.upperBound)
    let least = min(
      max(count / grain.leastPieces, grain.leastFrames.lowerBound), grain.leastFrames.upperBound)
    let patience = max(fewestFrames, grain.mostSeconds / secondsPerFrame)
    let length = min(max(least, min(work / secondsPerFrame, count / grain.leastPieces)), patience)
    guard let period = grain.keyPeriod, length > period else { return length }
    return (length / period).rounded() * period
  }

  /// Whether frames of a chunk are in the part at the end that is cut finer.
  ///
  /// - Parameter count: How many frames the video has.
  static func isTail(_ chunk: Range<Int>, of count: Int) -> Bool {
    Double(chunk.upperBound) > Double(count) * (1 - tailShare)
  }

  /// The most work in one chunk, in nominal seconds of one core.
  package var longestSeconds: Double {
    Double(chunks.map(\.count).max() ?? 0) * nominalSecondsPerFrame
  }

  /// The work of all chunks, in nominal seconds of one core.
  package var totalSeconds: Double {
    Double(chunks.last?.upperBound ?? 0) * nominalSecondsPerFrame
  }
}

/// The cuts of a video so far, and its key frames to cut at.
private struct Cutter {
  let count: Int
  /// The frames that are key frames, in order.
  let keys: [Int]
  private(set) var last = 0
  private(set) var chunks: [Range<Int>] = []

  init(count: Int, keys: [Int]) {
    self.count = count
    self.keys = keys
  }

  /// Cuts at the key frame nearest to `ideal` when one is within `room` frames, or else there itself.
  ///
  /// - Parameters:
  ///   - longest: More frames than this no chunk may get by going to a key frame.
  ///   - sparing: So many frames at the end belong to the last chunk at least.
  mutating func cut(near ideal: Double, within room: Double, atMost longest: Int, sparing: Int) {
    let place = min(count, max(last + 1, Int(ideal.rounded())))
    let limit = min(last + longest + 1, count - sparing)
    let next = place < count ? key(near: place, within: room, before: limit) : place
    chunks.append(last..<next)
    last = next
  }

  private func key(near place: Int, within room: Double, before limit: Int) -> Int {
    let after = keys.partitioningIndex { $0 >= place }
    let near = [after - 1, after].filter(keys.indices.contains).map { keys[$0] }
      .filter { $0 > last && $0 < limit && abs(Double($0 - place)) <= room }
    return near.min { abs($0 - place) < abs($1 - place) } ?? place
  }
}

extension [Int] {
  /// The first place whose element satisfies what all later ones satisfy too.
  fileprivate func partitioningIndex(where isBehind: (Int) -> Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if isBehind(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
