import BatchCore
import EncodeOptions
import Testing

@Suite("EncodeOptions")
struct EncodeOptionsTests {
  private func options(_ values: [String: String]) throws -> EncodeOptions {
    try EncodeOptions(OptionValues(values.mapValues { [$0] }))
  }

  @Test("are H.264 of medium effort, with the sound as it is, when nothing was said")
  func defaults() throws {
    let plain = try options(["output": "out.mp4"])
    #expect(plain.codec == .x264 && plain.quality == 23 && plain.preset == "medium")
    #expect(plain.audio == .copy && plain.container == .mp4 && plain.chunkSeconds == nil)
  }

  @Test(
    "are refused with the cure",
    arguments: [
      (["output": "out.avi"], "end in .mp4, .mkv, .webm or .mov"),
      (["output": "out"], "does not say which container"),
      (["output": "out.webm"], "libvpx-vp9, libsvtav1, libaom-av1"),
      (["output": "o.mp4", "crf": "60"], "libx264 takes 0 to 51"),
      (["output": "o.mp4", "preset": "8"], "placebo, veryslow"),
      (["output": "o.mkv", "codec": "libsvtav1", "preset": "medium"], "it has 0, 1"),
      (["output": "o.mp4", "scale": "640"], "such as 1280x720"),
      (["output": "o.mp4", "scale": "-1x-1"], "such as 1280x720"),
      (["output": "o.mp4", "chunk-seconds": "soon"], "auto or seconds"),
      (["output": "o.mp4", "codec-options": "tune"], "names and values"),
      (["output": "o.mp4", "codec-options": "threads=4"], "--workers"),
      (["output": "o.mp4", "codec-options": "b=1000"], "--crf"),
      (["output": "o.mp4", "codec-options": "x264-params=threads=4"], "--workers"),
      (["output": "o.mkv", "codec-options": "tune=film:x264-params=bitrate=9"], "--crf"),
      (["output": "o.mkv", "codec-options": "x264-params=sliced_threads=1"], "--workers"),
      (["output": "o.mkv", "codec-options": "x264-params=zones=0,9,q=20"], "those of its chunk"),
      (["output": "o.mkv", "codec-options": "x264opts=threads=4"], "use x264-params"),
    ])
  func refused(values: [String: String], words: String) {
    let error = #expect(throws: TaskError.self) { try options(values) }
    #expect(error?.kind == .usage)
    #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
  }

  @Test("read further options of the encoder, and a size that keeps the shape")
  func extras() throws {
    let chosen = try options([
      "output": "o.mkv", "codec-options": "tune=film:x264-params=aq-mode=3", "scale": "640x-1",
    ])
    #expect(
      chosen.extras == [
        .init(name: "tune", value: "film"), .init(name: "x264-params", value: "aq-mode=3"),
      ])
    #expect(chosen.scale == .init(width: 640, height: nil))
  }
}

@Suite("OutputNames")
struct OutputNamesTests {
  @Test(
    "puts a video beside its source",
    arguments: [
      ("clip.mp4", "clip.encoded.mp4"), ("dir.v/clip.avi", "dir.v/clip.encoded.mkv"),
      ("video", "video.encoded.mkv"), (".hidden", ".hidden.encoded.mkv"),
      ("a.b.webm", "a.b.encoded.mkv"), ("X.MOV", "X.encoded.mov"),
    ])
  func beside(input: String, output: String) {
    #expect(OutputNames.beside(input, codec: .x264) == output)
  }

  @Test("keeps the container of the source where it can hold the codec")
  func containers() {
    #expect(OutputNames.beside("a.webm", codec: .vp9) == "a.encoded.webm")
    #expect(OutputNames.beside("a.mov", codec: .vp9) == "a.encoded.mkv")
  }

  @Test("tells equal names apart")
  func equalNames() {
    let inputs = ["a.mp4", "a.avi", "a.ts", "b/a.ts", "c"].map { (path: "in/" + $0, relative: $0) }
    #expect(
      OutputNames.into("out", inputs, codec: .x264).map(\.output) == [
        "out/a.mp4", "out/a.avi.mkv", "out/a.ts.mkv", "out/b/a.mkv", "out/c.mkv",
      ])
    let same = [(path: "x/a.mp4", relative: "a.mp4"), (path: "y/a.mp4", relative: "a.mp4")]
    let outputs = OutputNames.into("out/", same, codec: .x264).map(\.output)
    #expect(Set(outputs).count == 2)
  }

  @Test("names the folder for a folder")
  func folders() {
    #expect(OutputNames.folder(for: "films/") == "films.encoded")
    #expect(OutputNames.folder(for: "a/films") == "a/films.encoded")
  }
}
