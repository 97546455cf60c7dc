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
  private static let pieces = 64.0
  /// How long a chunk is at least, in frames; less in a short video, so that several workers have
  /// something to do.
  ///
  /// Its first frame is a key frame, which weighs more than others, and at its end the encoder does not
  /// know what comes: from 160 frames on the two cost less than a hundredth.
  private static let leastFrames = 96.0...160.0
  private static let leastPieces = 8.0
  /// What takes longer than this may be shorter, down to the number of frames that encoders look ahead.
  private static let mostSeconds = 120.0
  private static let fewestFrames = 48.0
  /// The share of the video at its end that is cut finer, and how much finer.
  private static let tailShare = 0.1
  private static let tailFineness = 4.0
  /// How far from its ideal place a cut may go to meet a key frame, in chunk lengths.
  ///
  /// A cut elsewhere costs decoding from the key frame before it. The usual distance of key frames, 250
  /// frames, is within reach of the usual length.
  private static let reach = 0.6

  package init(index: VideoIndex, options: EncodeOptions, width: Int, height: Int) {
    let megapixels = Double(width * height) / 1e6
    nominalSecondsPerFrame =
      megapixels / options.codec.nominalMegapixels(preset: options.preset)
    let count = index.frames.count
    let whole = Self.wholeLength(index, options, nominalSecondsPerFrame)
    let tail = max(min(whole, Self.leastFrames.lowerBound / 4), whole / Self.tailFineness)
    let tailStart = whole < Double(count) ? Double(count) * (1 - Self.tailShare) : Double(count)
    let keys = index.keyFrames
    var cuts = [0]
    while let last = cuts.last, last < count {
      // What is left of the tail is cut evenly, as is what stands before it.
      let isTail = Double(last) > tailStart - tail
      let (length, end) = isTail ? (tail, Double(count)) : (whole, tailStart)
      let pieces = max(1, ((end - Double(last)) / length).rounded())
      let ideal = Double(last) + (end - Double(last)) / pieces
      cuts.append(
        Int(ideal.rounded()) >= count
          ? count : Self.cut(near: ideal, after: last, length: length, keys: keys, count: count))
    }
    chunks = zip(cuts, cuts.dropFirst()).map { $0..<$1 }
  }

  /// The usual length of a chunk, in frames.
  private static func wholeLength(
    _ index: VideoIndex, _ options: EncodeOptions, _ secondsPerFrame: Double
  ) -> Double {
    if let seconds = options.chunkSeconds { return max(1, seconds * index.framesPerSecond) }
    let count = Double(index.frames.count)
    let share = count * secondsPerFrame / pieces
    let work = min(max(share, workSeconds.lowerBound), workSeconds.upperBound)
    let least = min(max(count / leastPieces, leastFrames.lowerBound), leastFrames.upperBound)
    let patience = max(fewestFrames, mostSeconds / secondsPerFrame)
    return min(max(least, min(work / secondsPerFrame, count / leastPieces)), patience)
  }

  /// The key frame nearest to `ideal` when one is near enough, or else `ideal` itself.
  private static func cut(
    near ideal: Double, after last: Int, length: Double, keys: [Int], count: Int
  ) -> Int {
    let place = max(last + 1, Int(ideal.rounded()))
    let after = keys.partitioningIndex { $0 >= place }
    let candidates = [after - 1, after].filter(keys.indices.contains).map { keys[$0] }
      .filter { $0 > last && abs(Double($0 - place)) <= length * reach }
    return candidates.min { abs($0 - place) < abs($1 - place) } ?? place
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
