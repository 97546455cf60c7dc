import BatchCore
import Encode
import Glibc
import SampleTask
import Testing

@Suite("batchrun frames")
struct FramesTests {
  private let scratch = Scratch()

  private func frames(_ source: String, _ options: [String]) -> Program.Result {
    Program.run(
      [Program.batchrun, "frames", source, "-o", scratch("p"), "--no-progress"] + options)
  }

  @Test("writes exactly the frames that were asked for, numbered as they are shown")
  func exact() throws {
    try Clip().write(to: scratch("in.mp4"))
    let result = frames(scratch("in.mp4"), ["--every", "7"])
    #expect(result.code == 0, "\(result.errors)")
    let lines = (scratch.text("p/frames.jsonl") ?? "").split(separator: "\n")
    #expect(lines.count == 11)
    #expect(lines.last?.contains("\"frame\":70") == true)
    #expect(scratch.exists("p/frame-000070.png") && !scratch.exists("p/frame-000001.png"))
    // The judge's own frame 35, and the next one, which is far from it.
    for (number, isSame) in [(35, true), (36, false)] {
      let made = Program.run([
        "/usr/bin/ffmpeg", "-v", "error", "-i", scratch("in.mp4"), "-vf",
        "select=eq(n\\,\(number)),format=yuv420p", "-vsync", "0", "-frames:v", "1",
        scratch("judge\(number).png"),
      ])
      #expect(made.code == 0, "\(made.errors)")
      let likeness = Judge.likeness(
        scratch("p/frame-000035.png"), scratch("judge\(number).png")
      ).first
      #expect(((likeness ?? 0) > 35) == isSame, "\(String(describing: likeness)) for \(number)")
    }
  }

  @Test("writes key frames as JPEG")
  func keys() throws {
    var clip = Clip()
    clip.options += ":sc_threshold=0"
    try clip.write(to: scratch("in.mp4"))
    #expect(frames(scratch("in.mp4"), ["--key", "--format", "jpeg"]).code == 0)
    #expect(scratch.exists("p/frame-000025.jpg"))
    #expect((scratch.text("p/frames.jsonl") ?? "").split(separator: "\n").count == 3)
  }

  @Test("writes the frames that are there of a file that was cut off, and exits with 1")
  func cutOff() throws {
    var clip = Clip()
    (clip.muxer, clip.frames) = ("matroska", 150)
    let source = scratch("in.mkv")
    try clip.write(to: source)
    let size = FileFingerprint(path: source)?.sizeBytes ?? 0
    #expect(unsafe truncate(source, size / 2) == 0)
    let result = frames(source, ["--every", "10"])
    #expect(result.code == 1, "\(result.errors)")
    let failures = scratch.text("p/frames.jsonl.run/failures.jsonl") ?? ""
    #expect(failures.contains("was it copied completely?"), "\(failures)")
    #expect(scratch.exists("p/frame-000050.png") && !scratch.exists("p/frame-000140.png"))
  }

  @Test("takes so many frames a second", arguments: [(1.0, 40), (5, 200), (25, 1000), (100, 1000)])
  func rate(perSecond: Double, count: Int) throws {
    let index = VideoIndex.regular(frames: 1000, keysEvery: 50)
    let choice = try FrameChoice(OptionValues(["fps": ["\(perSecond)"]]), index: index)
    #expect(choice.frames.count == count)
    #expect(choice.frames.allSatisfy { frame in choice.ranges.contains { $0.contains(frame) } })
  }

  @Test("refuses two ways of choosing")
  func twoWays() {
    let index = VideoIndex.regular(frames: 10, keysEvery: 5)
    #expect(throws: TaskError.self) {
      try FrameChoice(OptionValues(["fps": ["1"], "key": ["1"]]), index: index)
    }
  }
}
