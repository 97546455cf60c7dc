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
  /// A chunk is not shorter than this, or its first frame would weigh too much.
  private static let leastFrames = 96
  /// Even a short video is cut into about so many pieces, so that several workers have something to do.
  private static let leastPieces = 6.0
  /// The share of the video at its end that is cut finer, and how much finer.
  private static let tailShare = 0.1
  private static let tailFineness = 4.0
  /// How far from its ideal place a cut may go to meet a key frame, in chunk lengths.
  private static let reach = 0.3

  package init(index: VideoIndex, options: EncodeOptions, width: Int, height: Int) {
    let megapixels = Double(width * height) / 1e6
    nominalSecondsPerFrame =
      megapixels / options.codec.nominalMegapixels(preset: options.preset)
    let count = index.frames.count
    let whole = Self.wholeLength(index, options, nominalSecondsPerFrame)
    let tail = max(min(whole, Double(Self.leastFrames) / 4), whole / Self.tailFineness)
    let tailStart = Double(count) * (1 - Self.tailShare)
    let keys = index.keyFrames
    var cuts = [0]
    while let last = cuts.last, last < count {
      let length = Double(last) + whole > tailStart && Double(last) >= tailStart ? tail : whole
      // The last full chunk ends where the tail begins.
      let ideal =
        Double(last) < tailStart
        ? min(Double(last) + length, max(tailStart, 1)) : Double(last) + length
      cuts.append(Self.cut(near: ideal, after: last, length: length, keys: keys, count: count))
    }
    chunks = zip(cuts, cuts.dropFirst()).map { $0..<$1 }
  }

  /// The usual length of a chunk, in frames.
  private static func wholeLength(
    _ index: VideoIndex, _ options: EncodeOptions, _ secondsPerFrame: Double
  ) -> Double {
    if let seconds = options.chunkSeconds { return max(1, seconds * index.framesPerSecond) }
    let all = Double(index.frames.count) * secondsPerFrame
    let work = min(max(all / pieces, workSeconds.lowerBound), workSeconds.upperBound)
    return max(Double(leastFrames), min(work, all / leastPieces) / secondsPerFrame)
  }

  /// The key frame nearest to `ideal` when one is near enough, or else `ideal` itself.
  private static func cut(
    near ideal: Double, after last: Int, length: Double, keys: [Int], count: Int
  ) -> Int {
    let place = max(last + 1, Int(ideal.rounded()))
    // What would be left is too little for a chunk of its own.
    guard Double(count - place) >= length * reach else { return count }
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
