package import BatchCore

/// The words and options of `batchrun frames`, known without the libraries that it needs.
package enum FramesCommandSpec {
  package static let command = CommandSpec(
    name: "frames",
    summary: "Write frames of a video as pictures",
    arguments: [ArgumentSpec("VIDEO", help: "The video.")],
    discussion: [
      "Writes each chosen frame as a file of its own into the folder: frame-000041.png is the frame of "
        + "number 41, counted from 0 in the order of showing. frames.jsonl beside them has a line for "
        + "each: its number, its time in seconds and its file."
    ],
    options: [
      OptionSpec(
        "output", short: "o", .directory, "DIR", default: "STEM.frames beside VIDEO",
        help: "The folder for the pictures; it is made when it is not there."),
      OptionSpec("every", .integer(1...Int.max), "N", help: "Take every Nth frame only."),
      OptionSpec(
        "fps", .number(0.000_001...1000), "X",
        help: "Take X frames a second: for each moment the frame that is shown then."),
      OptionSpec("key", .flag, help: "Take key frames only."),
      OptionSpec(
        "format", .choice(["png", "jpeg"]), default: "png", help: "The format of the pictures."),
    ],
    examples: [
      ("batchrun frames clip.mp4 -o pictures --fps 1", "A picture of each second."),
      ("batchrun frames clip.mp4 --key --format jpeg", "The key frames, as JPEG."),
    ])
}
