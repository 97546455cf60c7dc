package import BatchCore

/// The words and options of `batchrun encode`, known without the libraries that it needs.
package enum EncodeCommandSpec {
  package static let command = CommandSpec(
    name: "encode",
    summary: "Encode a video in chunks, side by side, and join them frame-exact",
    arguments: [
      ArgumentSpec("IN", help: "A video, or a folder of videos.", isRepeatable: true)
    ],
    discussion: [
      "Cuts the video at its key frames, encodes the chunks at the same time and joins them without a "
        + "trace: the same frames at the same times, and sound, subtitles, chapters, tags and "
        + "attachments carried over once. A run that is interrupted, killed or out of disk space "
        + "continues with the same command and loses finished chunks never.",
      "The container follows from the ending of OUT: mp4, mkv, webm or mov. Several videos, or a "
        + "folder, go into the folder that -o names.",
      "The output depends on the video and these options only, not on the number of workers.",
    ],
    options: options,
    examples: [
      ("batchrun encode clip.mov -o clip.mp4", "H.264 with the sound as it is."),
      (
        "batchrun encode long.mkv -o out.mkv --codec libsvtav1 --preset 8 --crf 35",
        "AV1, eight hours of it or eight seconds."
      ),
      ("batchrun encode holidays", "Every video of a folder, into holidays.encoded."),
      ("batchrun plan encode long.mkv", "What would be done, and how long it would take."),
    ])

  private static let options: [OptionSpec] = [
    OptionSpec(
      "output", short: "o", .file, "OUT", default: "STEM.encoded.EXT beside IN",
      help: "Write the video to OUT, which appears when it is complete; a folder for several."),
    OptionSpec(
      "codec", .choice(VideoCodec.allCases.map(\.rawValue)), "NAME", default: "libx264",
      help: "The encoder."),
    OptionSpec(
      "crf", .integer(0...63), "N", default: "x264 23, x265 28, VP9 32, SVT 35, AOM 32",
      help: "The quality that is kept all along; smaller is better and larger."),
    OptionSpec(
      "preset", .text, "P", default: "medium; VP9 4, SVT 8, AOM 6",
      help: "How much work to put in: a name for x264 and x265, a number for the others."),
    OptionSpec(
      "codec-options", .text, "K=V:...",
      help: "Further options of the encoder, as FFmpeg names them, such as tune=film:bf=2."),
    OptionSpec(
      "pixel-format", .text, "F", default: "as the source",
      help: "How pixels are stored, such as yuv420p or yuv420p10le."),
    OptionSpec(
      "scale", .text, "WxH", help: "Scale to W by H; -1 for one of them keeps the shape."),
    OptionSpec(
      "audio", .choice(AudioChoice.allCases.map(\.rawValue)), default: "copy",
      help: "Keep the sound as it is, encode it, or leave it out."),
    OptionSpec(
      "chunk-seconds", .text, "N", default: "auto",
      help: "Cut the video into chunks of about N seconds."),
  ]
}

/// What happens to the sound.
package enum AudioChoice: String, CaseIterable, Sendable {
  case copy
  case aac
  case libopus
  case none
}
