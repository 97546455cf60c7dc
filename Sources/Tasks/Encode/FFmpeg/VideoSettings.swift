package import EncodeOptions

/// Everything that an encoder is told; the same for every chunk of a video.
package struct VideoSettings: Sendable, Equatable {
  package var codec: VideoCodec
  package var quality: Int
  package var preset: String
  package var extras: [EncodeOptions.Extra]
  package var width: Int
  package var height: Int
  /// The name of the pixel format.
  package var format: String
  package var timeBase: Rational
  package var rate: Rational
  /// Whether the frames follow one another at that rate, so that the encoder counts them.
  package var isRegular: Bool
  package var pixelAspect: Rational
  package var color: ColorDescription
  package var light: LightData
  package var isInterlaced: Bool
  package var isTopFieldFirst: Bool
  package var fieldOrder: Int32
  /// How many frames libaom-av1 looks ahead; nil for its own choice, 35.
  var lookAhead: Int?
  /// Whether frames of the video come before those of the chunk.
  var isBehindOthers = false
  /// Whether the chunk is among the last ones, which other workers may have nothing left to do beside.
  var isAmongLast = false

  /// Seconds per tick of the encoder.
  ///
  /// Some encoders take it for the length of a frame: libx264 chooses its level by it, and writes it
  /// into the stream.
  var encoderTimeBase: Rational {
    isRegular ? Rational(rate.denominator, rate.numerator) : timeBase
  }

  /// Whether the encoder codes fields as fields.
  var codesFields: Bool { isInterlaced && codec == .x264 }

  /// The options of the encoder by FFmpeg's names, in the order in which they are set.
  ///
  /// The number of threads is a constant: most encoders write other bytes with another one, and
  /// chunks side by side keep the cores busy better than threads do.
  var encoderOptions: [(name: String, value: String)] {
    var options: [(name: String, value: String)] = [("crf", String(quality))]
    var inner: [String] = []
    let own = extras.filter { $0.name == innerName }.map(\.value)
    switch codec {
    case .x264:
      options.append(("preset", preset))
      // The same bytes with any instruction set.
      inner = ["cpu-independent=1", "fps=\(rate)"] + lightOptions + firstFrameOptions(own)
    case .x265:
      options.append(("preset", preset))
      // A pool of threads, since x265 leaves rows that can be decoded side by side to encoders with one; of
      // two, so that the last chunk takes the core that no other needs any more.
      inner = ["log-level=none", "pools=2", "frame-threads=1"] + lightOptions
    case .vp9:
      options += [("deadline", "good"), ("cpu-used", preset), ("row-mt", "0"), ("b", "0")]
      // Its own choice is 128, a little less than a chunk: each would pay for two key frames.
      options.append(("g", "250"))
    case .svtAV1:
      options.append(("preset", preset))
      // The same bytes with any number of cores, and more memory.
      inner = [isAmongLast ? "lp=2" : "lp=1"] + lightOptions
    case .aomAV1:
      options += [("cpu-used", preset), ("row-mt", "0"), ("b", "0")]
    }
    if let innerName, !(inner + own).isEmpty {
      options.append((innerName, (inner + own).joined(separator: ":")))
    }
    options += extras.filter { $0.name != innerName }.map { ($0.name, $0.value) }
    if let lookAhead { options.append(("lag-in-frames", String(lookAhead))) }
    return options
  }

  /// The same settings, and those to try in turn when the encoder aborts.
  ///
  /// libaom up to 3.6 aborts when it finds a change of scenes where a group of pictures ends (mended in 3.7
  /// by "Fix key frame related encoder failure in LAP"). One frame less moves the ends of the groups; with
  /// 31 no group is longer than its search for changes, at some percent of the size.
  var attempts: [Self] {
    guard codec == .aomAV1 else { return [self] }
    return [nil, 34, 31].map { frames in
      var settings = self
      settings.lookAhead = frames
      return settings
    }
  }

  /// The one option that holds the encoder's own list of options.
  private var innerName: String? {
    switch codec {
    case .x264: "x264-params"
    case .x265: "x265-params"
    case .svtAV1: "svtav1-params"
    case .vp9, .aomAV1: nil
    }
  }

  /// What makes the first key frame of a chunk the like of a key frame further on in a video.
  ///
  /// x264's rate control (`rate_estimate_qscale`) divides the quantizer of a key frame by `ipratio`, but of
  /// the very first frame, which has none before it, only without its tree of macroblocks. With the tree a
  /// chunk would begin 2.9 steps coarser, with a third of the bytes where there is noise; a zone of that one
  /// frame makes up for it. Without the tree, or with constant quantizers, x264 passes over the zone.
  private func firstFrameOptions(_ own: [String]) -> [String] {
    guard isBehindOthers else { return [] }
    let name = "ipratio="
    let ratio = own.last { $0.hasPrefix(name) }?.dropFirst(name.count) ?? "1.4"
    return ["zones=0,0,b=\(ratio)"]
  }

  /// Static HDR metadata in the encoder's own words.
  private var lightOptions: [String] {
    let (displayName, levelName) =
      switch codec {
      case .x264: ("mastering-display", "cll")
      case .x265: ("master-display", "max-cll")
      case .vp9, .svtAV1, .aomAV1: ("mastering-display", "content-light")
      }
    var options: [String] = []
    if let display = MasteringDisplay(light.mastering) {
      options.append("\(displayName)=\(codec == .svtAV1 ? display.svt : display.x265)")
    }
    if let level = ContentLight(light.content) {
      options.append("\(levelName)=\(level.brightestPixel),\(level.brightestPicture)")
    }
    if codec == .x265, !options.isEmpty { options.append("hdr10=1") }
    return options
  }
}
