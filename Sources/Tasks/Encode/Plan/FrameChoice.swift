package import BatchCore

/// Which frames of a video become pictures, and in which pieces the video is gone through for them.
package struct FrameChoice: Sendable, Equatable {
  /// The numbers of the frames, in order.
  package let frames: [Int]
  /// Ranges of frames to decode, each with at least one that is wanted.
  package let ranges: [Range<Int>]

  /// A piece is about so many frames long, at least, and ends at the next key frame.
  private static let usualLength = 120
  /// It is cut inside a group of pictures when it gets so long.
  private static let mostLength = 480

  /// - Throws: `TaskError` of the kind `usage` when more than one way to choose is given.
  package init(_ values: OptionValues, index: VideoIndex) throws(TaskError) {
    let ways = ["every", "fps", "key"].filter(values.isSet)
    guard ways.count <= 1 else {
      throw TaskError(
        .usage, "--\(ways.joined(separator: " and --")) choose frames in different ways; give one")
    }
    if let step = values.integer("every") {
      frames = Array(stride(from: 0, to: index.frames.count, by: step))
    } else if let rate = values.number("fps") {
      frames = Self.frames(of: index, rate: rate)
    } else {
      frames = values.isSet("key") ? index.keyFrames : Array(index.frames.indices)
    }
    ranges = Self.ranges(of: index, holding: frames)
  }

  /// For each moment the frame that is shown then, every frame at most once.
  private static func frames(of index: VideoIndex, rate: Double) -> [Int] {
    var chosen: [Int] = []
    let start = index.frames.first?.time ?? 0
    var moment = 0
    for frame in index.frames.indices {
      let end = index.timeBase.seconds(
        index.frames[frame].time + index.duration(of: frame) - start)
      guard Double(moment) / rate < end - 1e-9 else { continue }
      chosen.append(frame)
      while Double(moment) / rate < end - 1e-9 { moment += 1 }
    }
    return chosen
  }

  private static func ranges(of index: VideoIndex, holding frames: [Int]) -> [Range<Int>] {
    var ranges: [Range<Int>] = []
    var first = 0
    for frame in index.frames.indices.dropFirst() {
      let isKey = index.packets[index.frames[frame].packet].isKey
      let length = frame - first
      guard length >= mostLength || isKey && length >= usualLength else { continue }
      ranges.append(first..<frame)
      first = frame
    }
    ranges.append(first..<index.frames.count)
    // Nothing before the first wanted frame of a piece, or behind the last, has to be decoded.
    var next = 0
    return ranges.compactMap { range in
      let begin = next
      while next < frames.count, frames[next] < range.upperBound { next += 1 }
      return begin < next ? frames[begin]..<frames[next - 1] + 1 : nil
    }
  }
}
