import SampleTask
import Testing

/// A chunk looks nearly as the same frames do in the middle of a longer one.
@Suite("The first frame of a chunk")
struct ChunkQualityTests {
  private let scratch = Scratch()

  /// The bytes of the key frame at two seconds.
  private func keyFrameBytes(_ path: String) throws -> Double {
    let lines = Program.run([
      "/usr/bin/ffprobe", "-v", "error", "-select_streams", "v:0", "-show_entries",
      "packet=pts_time,size,flags", "-of", "csv=p=0", path,
    ]).output.split(separator: "\n").map { $0.split(separator: ",") }
    let line = try #require(
      lines.first { $0[2].hasPrefix("K") && abs((Double($0[0]) ?? 0) - 2) < 0.005 })
    return try #require(Double(line[1]))
  }

  // Left to itself the encoder would give it 0.73 of the bytes, without an option.
  @Test(
    "is coded a third of the way to a key frame within one",
    arguments: [([], 0.78...0.86), (["ipratio=1.1"], 0.94...1.0)])
  func keyFrames(parameters: [String], share: ClosedRange<Double>) throws {
    var clip = Clip()
    (clip.width, clip.height, clip.frames) = (320, 240, 100)
    clip.options = "preset=veryfast:g=50:sc_threshold=0"
    try clip.write(to: scratch("in.mp4"))
    let inner = (["keyint=50", "scenecut=0"] + parameters).map { "x264-params=\($0)" }
    // So fine that the encoder's words about itself, with which a chunk begins, do not count.
    let options = [
      "--preset", "medium", "--crf", "8", "--codec-options", inner.joined(separator: ":"),
    ]
    for (name, seconds) in [("whole.mkv", "4"), ("chunks.mkv", "2")] {
      let ended = Encoder.run(
        scratch("in.mp4"), scratch(name), options + ["--chunk-seconds", seconds])
      #expect(ended.code == 0, "\(ended.errors)")
    }
    let whole = try keyFrameBytes(scratch("whole.mkv"))
    let chunk = try keyFrameBytes(scratch("chunks.mkv"))
    #expect(share.contains(chunk / whole), "\(chunk) instead of \(whole) bytes")
  }
}
