import Glibc

/// What FFmpeg's own programs say about a finished video.
struct VideoFacts {
  /// When each packet is shown, in seconds, in the order of showing.
  let times: [Double]
  /// How near the pictures are to those of the source, in decibels, from the mean square error of all.
  let likeness: Double
  /// The pictures that a decoder gave.
  let decodedFrames: Int
  let bytes: Int

  /// Looks at `path` and compares every picture with those of `source`.
  init(_ path: String, source: String) {
    times = Self.times(of: path)
    let errors = Self.meanSquareErrors(path, source)
    decodedFrames = errors.count
    let mean = errors.reduce(0, +) / Double(max(1, errors.count))
    likeness = 10 * log10(255 * 255 / mean)
    bytes = Self.size(of: path)
  }

  static func size(of path: String) -> Int {
    var information = stat()
    return unsafe stat(path, &information) == 0 ? Int(information.st_size) : 0
  }

  static func times(of path: String) -> [Double] {
    let text = Shell.output([
      "ffprobe", "-v", "error", "-select_streams", "v:0", "-show_entries", "packet=pts_time", "-of",
      "csv=p=0", path,
    ]).text
    return text.split(separator: "\n").compactMap { Double($0.prefix { $0 != "," }) }.sorted()
  }

  /// One for each picture; the two videos are laid side by side picture by picture.
  private static func meanSquareErrors(_ path: String, _ source: String) -> [Double] {
    let number = "settb=1/1000,setpts=N"
    let text = Shell.output([
      "ffmpeg", "-v", "error", "-i", path, "-i", source, "-lavfi",
      "[0:v]\(number)[a];[1:v]\(number)[b];[a][b]psnr=stats_file=-", "-vsync", "0", "-f", "null",
      "-",
    ]).text
    return text.split(separator: "\n").compactMap { line in
      line.split(separator: " ").first { $0.hasPrefix("mse_avg:") }
        .flatMap { Double($0.dropFirst("mse_avg:".count)) }
    }
  }

  /// What is wrong with a video that should have the frames of `source`; nil when nothing is.
  func objection(against source: [Double]) -> String? {
    guard times.count == source.count, decodedFrames == source.count else {
      return "\(times.count) packets and \(decodedFrames) pictures for \(source.count) frames"
    }
    // Containers count in milliseconds at worst, and may begin elsewhere.
    let shift = (times.first ?? 0) - (source.first ?? 0)
    for (place, pair) in zip(times, source).enumerated() where abs(pair.0 - pair.1 - shift) > 1.1e-3
    {
      return "frame \(place) is shown at \(pair.0) s instead of \(pair.1) s"
    }
    return nil
  }
}
