import CFFmpeg
import SampleTask
import Testing

/// Every known way in which encoding by chunks has gone wrong elsewhere, each with a clip that does it.
@Suite("A video encoded in chunks has the frames of its source at their times")
struct KnownFailureTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var source: String
    var output: String
    var clip: @Sendable (inout Clip) -> Void
    var options: [String] = []
    /// The least likeness of a frame to that of the source, in decibels.
    var likeness = 30.0
    var exit = 0
    /// Whether the judge gets a source whose pictures all have the form of the first, because its own
    /// filters begin to count anew where the form changes.
    var isFlattened = false
  }

  static let cases: [Case] = [
    Case(
      testDescription: "closed groups of pictures", source: "a.mp4", output: "mp4", clip: { _ in }),
    Case(
      testDescription: "open groups of pictures, HEVC", source: "a.mkv", output: "mkv",
      clip: {
        $0.codec = "libx265"
        $0.muxer = "matroska"
        $0.options =
          "preset=ultrafast:x265-params=log-level=none\\:keyint=25\\:open-gop=1\\:pools=none"
      }),
    Case(
      testDescription: "open groups of pictures, H.264 recovery points", source: "a.mp4",
      output: "mkv", clip: { $0.options = "preset=fast:x264-params=keyint=25\\:open-gop=1" }),
    Case(
      testDescription: "a variable frame rate", source: "a.mp4", output: "mp4",
      clip: { $0.time = { Int64($0) * 512 + Int64($0 % 3) * 150 } }),
    Case(
      testDescription: "a gap in the times", source: "a.mkv", output: "mp4",
      clip: {
        $0.muxer = "matroska"
        $0.time = { Int64($0) * 512 + ($0 >= 40 ? 3 * 12_800 : 0) }
      }),
    Case(
      testDescription: "an edit list that hides the beginning", source: "a.mp4", output: "mp4",
      clip: {
        $0.sound = "aac"
        $0.time = { Int64($0) * 512 - 20 * 512 }
      }),
    Case(
      testDescription: "an edit list, into Matroska", source: "a.mp4", output: "mkv",
      clip: { $0.time = { Int64($0) * 512 - 20 * 512 } }),
    Case(
      testDescription: "a program stream", source: "a.mpg", output: "mkv",
      clip: {
        $0.codec = "mpeg2video"
        $0.muxer = "vob"
        $0.sound = "mp2"
        $0.options = "g=12:bf=2:b=2000000"
      }),
    Case(
      testDescription: "a transport stream", source: "a.ts", output: "mp4",
      clip: {
        $0.muxer = "mpegts"
        $0.sound = "aac"
      }),
    Case(
      testDescription: "a raw stream of H.264", source: "a.h264", output: "mp4",
      clip: { $0.muxer = "h264" }),
    Case(
      testDescription: "a raw stream of MPEG-2", source: "a.m2v", output: "mkv",
      clip: {
        $0.codec = "mpeg2video"
        $0.muxer = "mpeg2video"
        $0.options = "g=12:bf=2:b=2000000"
      }),
    Case(
      testDescription: "interlaced pictures", source: "a.mp4", output: "mp4",
      clip: { $0.isInterlaced = true }),
    Case(
      testDescription: "one key frame only", source: "a.mp4", output: "mp4",
      clip: { $0.options = "preset=veryfast:g=1000:sc_threshold=0" }),
    Case(
      testDescription: "key frames only", source: "a.avi", output: "mkv",
      clip: {
        $0.codec = "mjpeg"
        $0.muxer = "avi"
        $0.format = AV_PIX_FMT_YUVJ420P
        $0.options = "q=2"
      }),
    Case(
      testDescription: "frames out of order in AVI", source: "a.avi", output: "mp4",
      clip: {
        $0.codec = "mpeg4"
        $0.muxer = "avi"
        $0.options = "g=25:bf=2:b=2000000"
      }),
    Case(
      testDescription: "a single frame", source: "a.mp4", output: "mp4", clip: { $0.frames = 1 }),
    Case(
      testDescription: "odd sizes", source: "a.webm", output: "webm",
      clip: {
        $0.codec = "libvpx-vp9"
        $0.muxer = "webm"
        ($0.width, $0.height) = (161, 121)
        $0.options = "deadline=realtime:cpu-used=8:b=2000000"
      }, options: ["--codec", "libvpx-vp9", "--preset", "8"]),
    Case(
      testDescription: "hidden frames of VP8", source: "a.webm", output: "mkv",
      clip: {
        $0.codec = "libvpx"
        $0.muxer = "webm"
        $0.options = "deadline=good:cpu-used=5:auto-alt-ref=1:lag-in-frames=16:b=1000000"
      }),
    Case(
      testDescription: "4:4:4 and 10 bit", source: "a.mkv", output: "mp4",
      clip: {
        $0.muxer = "matroska"
        $0.format = AV_PIX_FMT_YUV444P10LE
      }),
    Case(
      testDescription: "full range and pixels that are not square", source: "a.mp4", output: "mkv",
      clip: {
        $0.isFullRange = true
        $0.pixelAspect = AVRational(num: 4, den: 3)
      }),
    Case(
      testDescription: "a size that changes on the way", source: "a.ts", output: "mp4",
      clip: {
        $0.muxer = "mpegts"
        $0.secondSize = (40, 96, 80)
      }, likeness: 24, isFlattened: true),
    Case(
      testDescription: "a pixel format that changes on the way", source: "a.ts", output: "mp4",
      clip: {
        $0.muxer = "mpegts"
        $0.secondSize = (40, 160, 120)
        $0.secondFormat = AV_PIX_FMT_YUV422P
      }, likeness: 24, isFlattened: true),
    Case(
      testDescription: "field pictures of MPEG-2", source: "a.mkv", output: "mkv",
      clip: {
        $0.codec = "mpeg2video"
        $0.muxer = "matroska"
        $0.isInterlaced = true
        $0.options = "g=12:bf=2:b=2000000"
      }),
  ]

  @Test("frame by frame", arguments: cases)
  func frames(_ example: Case) throws {
    let scratch = Scratch()
    var clip = Clip()
    example.clip(&clip)
    let source = scratch(example.source)
    try clip.write(to: source)
    let output = scratch("out.\(example.output)")
    let codec = example.options.isEmpty ? ["--preset", "veryfast", "--crf", "18"] : example.options
    let result = Encoder.run(source, output, codec + ["--chunk-seconds", "0.7"])
    #expect(result.code == example.exit, "\(result.errors)")
    #expect(Judge.frameCount(output) == Judge.frameCount(source))
    expectSameTimes(source, output)
    expectSameEnd(source, output)
    if example.likeness > 0 {
      let pictures = example.isFlattened ? flattened(source, scratch("flat.nut")) : source
      let likeness = Judge.likeness(output, pictures)
      #expect(likeness.count == Judge.frameCount(source))
      #expect((likeness.min() ?? 0) >= example.likeness)
    }
  }

  private func flattened(_ source: String, _ path: String) -> String {
    let made = Program.run([
      "/usr/bin/env", "ffmpeg", "-v", "error", "-i", source, "-vsync", "0", "-vf",
      "scale=160:120:flags=bicubic,format=yuv420p", "-c:v", "rawvideo", path,
    ])
    #expect(made.code == 0, "\(made.errors)")
    return path
  }

  /// The last frame is shown as long as in the source, where the source says how long that is.
  private func expectSameEnd(_ source: String, _ output: String) {
    let lasts = [source, output].map { path in
      Judge.facts(path, "packet=pts_time,duration_time").split(separator: "\n").compactMap {
        line -> (start: Double, length: Double)? in
        let fields = line.split(separator: "|").map { $0.split(separator: "=").last ?? "" }
        guard fields.count == 2, let start = Double(fields[0]), let length = Double(fields[1])
        else { return nil }
        return (start, length)
      }.max { $0.start < $1.start }?.length
    }
    guard let known = lasts[0], let got = lasts[1] else { return }
    #expect(abs(known - got) < 0.0011, "the last frame is shown \(got) s instead of \(known) s")
  }

  /// The times are the same, but for a start that means nothing and the millisecond of Matroska.
  private func expectSameTimes(_ source: String, _ output: String) {
    let pairs = Array(zip(Judge.times(source), Judge.times(output)))
    let hasFreeStart = [".ts", ".mpg"].contains { source.hasSuffix($0) }
    let known = pairs.filter { $0.0 != nil && $0.1 != nil }.map { ($0.0 ?? 0, $0.1 ?? 0) }
    let start = hasFreeStart ? (known.first.map { $0.0 - $0.1 } ?? 0) : 0
    // The changed size comes with times that the maker's second encoder begins anew.
    for (number, (a, b)) in known.enumerated() {
      #expect(abs(a - b - start) < 0.0011, "frame \(number): \(a) became \(b)")
      if abs(a - b - start) >= 0.0011 { return }
    }
  }
}

/// The program under test.
enum Encoder {
  /// Standard error, all of it, is the output.
  static func run(
    _ source: String, _ output: String, _ options: [String] = []
  ) -> Program.Result {
    var result = Program.run(
      [Program.batchrun, "encode", source, "-o", output, "--no-progress"] + options,
      joinsErrors: true)
    result.errors = result.output
    return result
  }
}
