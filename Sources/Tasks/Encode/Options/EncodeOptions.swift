package import BatchCore

/// What was asked of an encoding, checked and converted once.
package struct EncodeOptions: Sendable, Equatable {
  package struct Scale: Sendable, Equatable {
    /// Nil keeps the shape.
    package var width: Int?
    package var height: Int?

    package init(
      width: Int?, height: Int?
    ) {
      self.width = width
      self.height = height
    }
  }

  /// One further option of the encoder.
  package struct Extra: Sendable, Equatable {
    package var name: String
    package var value: String

    package init(name: String, value: String) {
      self.name = name
      self.value = value
    }
  }

  package var codec: VideoCodec
  package var quality: Int
  package var preset: String
  package var extras: [Extra]
  package var pixelFormat: String?
  package var scale: Scale?
  package var audio: AudioChoice
  /// Nil leaves the length of chunks to the table of speeds.
  package var chunkSeconds: Double?
  package var container: MediaContainer

  /// - Throws: `TaskError` of the kind `usage` for values that mean nothing.
  package init(_ values: OptionValues) throws(TaskError) {
    codec = values["codec"].flatMap(VideoCodec.init) ?? .x264
    quality = values.integer("crf") ?? codec.defaultQuality
    preset = values["preset"] ?? codec.defaultPreset
    extras = try Self.extras(values["codec-options"])
    pixelFormat = values["pixel-format"]
    scale = try values["scale"].map(Self.scale)
    audio = values["audio"].flatMap(AudioChoice.init) ?? .copy
    chunkSeconds = try Self.chunkSeconds(values["chunk-seconds"])
    container = try Self.container(values["output"])
    try check()
  }

  private func check() throws(TaskError) {
    if !codec.qualityRange.contains(quality) {
      throw TaskError(
        .usage,
        "--crf \(quality) is out of range: \(codec.rawValue) takes \(codec.qualityRange.lowerBound) "
          + "to \(codec.qualityRange.upperBound)")
    }
    if !codec.presets.contains(preset) {
      throw TaskError(
        .usage,
        "--preset \(preset) is not one of \(codec.rawValue); it has \(codec.presets.joined(separator: ", "))"
      )
    }
    if !container.codecs.contains(codec) {
      let codecs = container.codecs.map(\.rawValue).joined(separator: ", ")
      let others = MediaContainer.allCases.filter { $0.codecs.contains(codec) }
        .map(\.rawValue).joined(separator: ", ")
      throw TaskError(
        .usage,
        "\(container.rawValue) cannot hold what \(codec.rawValue) encodes: give one of \(codecs) with "
          + "--codec, or an output that ends in one of \(others)")
    }
  }

  private static func container(_ output: String?) throws(TaskError) -> MediaContainer {
    guard let output else { return .mkv }
    guard let container = MediaContainer(path: output) else {
      throw TaskError(
        .usage,
        "the name \(output) does not say which container to write; let it end in .mp4, .mkv, .webm or "
          + ".mov")
    }
    return container
  }

  private static func chunkSeconds(_ text: String?) throws(TaskError) -> Double? {
    guard let text, text != "auto" else { return nil }
    let seconds = OptionText.durationSeconds(text)
    guard let seconds, seconds >= 0.04, seconds <= 86_400 else {
      throw TaskError(
        .usage, "the value of --chunk-seconds is '\(text)', but must be auto or seconds, such as 10"
      )
    }
    return seconds
  }

  private static func scale(_ text: String) throws(TaskError) -> Scale {
    let parts = text.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
    guard parts.count == 2, let width = parts[0], let height = parts[1],
      width == -1 || (16...16384).contains(width), height == -1 || (16...16384).contains(height),
      width != -1 || height != -1
    else {
      throw TaskError(
        .usage,
        "the value of --scale is '\(text)', but must be a width and a height such as 1280x720, or "
          + "1280x-1")
    }
    return Scale(width: width == -1 ? nil : width, height: height == -1 ? nil : height)
  }

  private static let rateWords = "a bit rate needs a plan across all chunks; use --crf"
  private static let passWords = "two passes need the whole video at once; use --crf"
  private static let threadWords =
    "threads would change the bytes; --workers says how many chunks run at once"
  private static let placeWords =
    "it counts frames from the beginning of the video, an encoder those of its chunk"

  /// Options that would take back what makes chunks fit together.
  private static let refused: [String: String] = [
    "b": rateWords, "threads": threadWords,
    "flags": "the flags are what makes chunks fit together",
    "pass": passWords,
    "crf": "use --crf", "preset": "use --preset", "x264opts": "use x264-params",
  ]

  /// The same within the lists of options that x264, x265 and SVT-AV1 have of their own.
  private static let refusedInside: [String: String] = [
    "threads": threadWords, "lookahead-threads": threadWords, "sliced-threads": threadWords,
    "pools": threadWords, "frame-threads": threadWords, "lp": threadWords,
    "numa-pools": threadWords,
    "bitrate": rateWords, "tbr": rateWords, "rc": rateWords, "pass": passWords, "passes": passWords,
    "stats": passWords, "crf": "use --crf", "preset": "use --preset",
    "zones": placeWords, "zonefile": placeWords,
  ]

  private static func extras(_ text: String?) throws(TaskError) -> [Extra] {
    guard let text, !text.isEmpty else { return [] }
    var extras: [Extra] = []
    for piece in text.split(separator: ":") {
      guard let option = OptionText.assignment(String(piece)) else {
        throw TaskError(
          .usage,
          "--codec-options has '\(piece)', but takes names and values, such as tune=film:bf=2"
        )
      }
      if let reason = refused[option.name] {
        throw TaskError(.usage, "--codec-options cannot set \(option.name): \(reason)")
      }
      // x264 and x265 take sliced_threads for sliced-threads.
      if option.name.hasSuffix("-params"), let inner = OptionText.assignment(option.value),
        let reason = refusedInside[String(inner.name.map { $0 == "_" ? "-" : $0 })]
      {
        throw TaskError(.usage, "--codec-options cannot set \(inner.name): \(reason)")
      }
      extras.append(Extra(name: option.name, value: option.value))
    }
    return extras
  }
}
