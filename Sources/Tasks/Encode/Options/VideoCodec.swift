/// The encoders to choose from, by the names that FFmpeg gives them.
package enum VideoCodec: String, CaseIterable, Sendable {
  case x264 = "libx264"
  case x265 = "libx265"
  case vp9 = "libvpx-vp9"
  case svtAV1 = "libsvtav1"
  case aomAV1 = "libaom-av1"

  package var defaultQuality: Int {
    switch self {
    case .x264: 23
    case .x265: 28
    case .vp9, .aomAV1: 32
    case .svtAV1: 35
    }
  }

  package var qualityRange: ClosedRange<Int> {
    switch self {
    case .x264, .x265: 0...51
    case .vp9, .svtAV1, .aomAV1: 0...63
    }
  }

  package var defaultPreset: String {
    switch self {
    case .x264, .x265: "medium"
    case .vp9: "4"
    case .svtAV1: "8"
    case .aomAV1: "6"
    }
  }

  /// The presets, from the slowest to the fastest.
  package var presets: [String] {
    switch self {
    case .x264, .x265:
      [
        "placebo", "veryslow", "slower", "slow", "medium", "fast", "faster", "veryfast",
        "superfast", "ultrafast",
      ]
    case .vp9, .aomAV1: (0...8).map(String.init)
    case .svtAV1: (0...13).map(String.init)
    }
  }

  /// The name of the format that the encoder writes.
  package var format: String {
    switch self {
    case .x264: "h264"
    case .x265: "hevc"
    case .vp9: "vp9"
    case .svtAV1, .aomAV1: "av1"
    }
  }

  /// Millions of pixels that one core of some usual machine encodes in a second.
  ///
  /// A table and no measurement: chunks are cut by it, and a cut must never depend on the machine.
  /// Linear between the presets given; the numbers are from 720p of mixed content.
  package func nominalMegapixels(preset: String) -> Double {
    let place = Double(presets.firstIndex(of: preset) ?? presets.count / 2)
    let table: [(place: Double, speed: Double)] =
      switch self {
      case .x264:
        [(0, 1.2), (1, 4), (2, 8), (3, 20), (4, 29), (6, 42), (7, 70), (8, 120), (9, 220)]
      case .x265:
        [(0, 0.2), (1, 0.7), (2, 1.5), (3, 5), (4, 16), (6, 22), (7, 32), (8, 45), (9, 80)]
      case .vp9: [(0, 0.3), (1, 2.5), (2, 5), (4, 12), (5, 20), (8, 40)]
      case .svtAV1: [(0, 0.05), (2, 0.6), (4, 3), (6, 9), (8, 21), (10, 40), (13, 90)]
      case .aomAV1: [(0, 0.03), (2, 0.3), (4, 1.2), (6, 3.6), (8, 9)]
      }
    guard let after = table.firstIndex(where: { $0.place >= place }) else {
      return table[table.count - 1].speed
    }
    guard after > 0 else { return table[0].speed }
    let (low, high) = (table[after - 1], table[after])
    return low.speed
      + (high.speed - low.speed) * (place - low.place) / (high.place - low.place)
  }
}
