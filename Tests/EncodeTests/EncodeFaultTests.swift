import BatchCore
import CFFmpeg
import SampleTask
import Testing

/// `batchrun encode` when something breaks under it: encoders, disks, inputs, finished chunks, patience.
@Suite("batchrun encode survives")
struct EncodeFaultTests {
  private let scratch = Scratch()
  private let options = ["--preset", "fast", "--chunk-seconds", "0.6"]

  private func clip(_ name: String = "in.mp4", _ change: (inout Clip) -> Void = { _ in }) throws
    -> String
  {
    var clip = Clip()
    change(&clip)
    try clip.write(to: scratch(name))
    return scratch(name)
  }

  private func same(_ a: String, _ b: String) -> Bool {
    Program.run(["/usr/bin/cmp", a, b]).code == 0
  }

  private func encode(
    _ source: String, _ output: String, _ more: [String] = [], _ environment: [String: String] = [:]
  ) -> Program.Result {
    Self.all(
      [Program.batchrun, "encode", source, "-o", output, "--no-progress"] + options + more,
      environment)
  }

  /// Runs a program whose standard error is its output too: of that alone the last lines are kept.
  private static func all(
    _ command: [String], _ environment: [String: String] = [:]
  ) -> Program.Result {
    var result = Program.run(command, environment: environment, joinsErrors: true)
    result.errors = result.output
    return result
  }

  // MARK: - Encoders

  @Test("an encoder that crashes once, or hangs once", arguments: [false, true])
  func faultOnce(hangs: Bool) throws {
    let source = try clip()
    #expect(encode(source, scratch("ref.mkv")).code == 0)
    let environment = try #require(
      FaultyEncoder.environment(scratch, packet: 40, isOnce: true, hangs: hangs))
    let result = encode(source, scratch("o.mkv"), ["--timeout", "5s", "--fresh"], environment)
    #expect(result.code == 0, "\(result.errors)")
    #expect(scratch.exists("fault-happened"))
    #expect(same(scratch("o.mkv"), scratch("ref.mkv")))
    let events = scratch.text("o.mkv.run/events.jsonl") ?? ""
    #expect(events.contains("\"isolated\":true"), "\(events)")
  }

  @Test(
    "a chunk that crashes or hangs every time: no output, the rest kept", arguments: [false, true])
  func faultForGood(hangs: Bool) throws {
    let source = try clip()
    let environment = try #require(
      FaultyEncoder.environment(scratch, packet: 70, isOnce: false, hangs: hangs))
    let workers = ["--workers", "1", "--timeout", "5s"]
    let result = encode(source, scratch("o.mkv"), workers, environment)
    #expect(result.code == 2, "\(result.errors)")
    #expect(!scratch.exists("o.mkv"))
    #expect(result.errors.contains("alone"), "\(result.errors)")
    #expect(result.errors.contains("to continue: batchrun encode"), "\(result.errors)")
    // What was finished within the last second before a crash is not kept.
    #expect(!hangs || !result.errors.contains(": 0 of"), "\(result.errors)")
    let resumed = encode(source, scratch("o.mkv"), ["--json"])
    #expect(resumed.code == 0)
    let started = resumed.errors.split(separator: "\n").first { $0.contains("run_started") }
    #expect(started != nil, "\(resumed.errors)")
    #expect(!hangs || started?.contains("\"done\":0,") == false, "\(resumed.errors)")
    #expect(encode(source, scratch("ref.mkv")).code == 0)
    #expect(same(scratch("o.mkv"), scratch("ref.mkv")))
  }

  // libaom 3.6 does so where it finds a change of scenes at the end of a group of pictures.
  @Test(
    "an assertion in libaom-av1: the chunk is encoded with another look-ahead",
    arguments: [(35, "34"), (34, "31"), (31, nil)])
  func abort(least: Int, chosen: String?) throws {
    let source = try clip { $0.frames = 60 }
    let environment = try #require(
      FaultyEncoder.environment(scratch, packet: 40, isOnce: false, lookAhead: least))
    let options = ["--codec", "libaom-av1", "--preset", "8", "--chunk-seconds", "9"]
    let result = encode(source, scratch("o.mkv"), options, environment)
    guard let chosen else {
      #expect(result.code == 2)
      #expect(result.errors.contains("an assertion in it failed"), "\(result.errors)")
      #expect(result.errors.contains("to continue: batchrun encode"), "\(result.errors)")
      return
    }
    #expect(result.code == 0, "\(result.errors)")
    #expect(!result.errors.contains("an encoder crashed"), "\(result.errors)")
    let told = ["--codec-options", "lag-in-frames=\(chosen)"]
    #expect(encode(source, scratch("told.mkv"), options + told).code == 0)
    #expect(same(scratch("o.mkv"), scratch("told.mkv")))
  }

  @Test("a crash in the second video of a folder")
  func faultInFolder() throws {
    _ = Program.run(["/bin/mkdir", scratch("films")])
    _ = try clip("films/a.mp4") { $0.frames = 10 }
    _ = try clip("films/b.mp4") { $0.frames = 40 }
    let environment = try #require(
      FaultyEncoder.environment(scratch, packet: 30, isOnce: true, hangs: false))
    let result = Self.all(
      [Program.batchrun, "encode", scratch("films"), "--fresh", "--no-progress"] + options,
      environment)
    #expect(result.code == 0, "\(result.errors)")
    #expect(result.errors.contains("an encoder crashed"))
    #expect(Judge.frameCount(scratch("films.encoded/a.mp4")) == 10)
    #expect(Judge.frameCount(scratch("films.encoded/b.mp4")) == 40)
  }

  // MARK: - Disks and finished chunks

  /// A clip whose sound is larger than all its chunks, and than the room that a run keeps free.
  private func loudClip() throws -> String {
    try clip("loud.mkv") { clip in
      (clip.muxer, clip.sound, clip.frames) = ("matroska", "pcm_f64le", 400)
    }
  }

  @Test("a disk that gets full while the chunks are joined")
  func fullWhileJoining() throws {
    let source = try loudClip()
    #expect(encode(source, scratch("ref.mkv")).code == 0)
    // Files of 4.6 MB at most: the chunks fit, the finished video does not.
    let result = Self.all([
      "/bin/sh", "-c",
      "ulimit -f 9000; exec \(Program.batchrun) encode \(source) -o \(scratch("o.mkv")) --no-progress "
        + options.joined(separator: " "),
    ])
    #expect(result.code == 2, "\(result.errors)")
    #expect(result.errors.contains("make room and run the same command again"), "\(result.errors)")
    #expect(!scratch.exists("o.mkv"))
    let again = encode(source, scratch("o.mkv"), ["--json"])
    #expect(again.code == 0, "\(again.errors)")
    #expect(!again.errors.contains("\"event\":\"batch\""), "a finished chunk was encoded again")
    #expect(same(scratch("o.mkv"), scratch("ref.mkv")))
  }

  @Test("a finished chunk that was changed on the disk: it is not joined")
  func tampered() throws {
    let source = try loudClip()
    _ = Program.run([
      "/bin/sh", "-c",
      "ulimit -f 9000; exec \(Program.batchrun) encode \(source) -o \(scratch("o.mkv")) --no-progress "
        + options.joined(separator: " "),
    ])
    #expect(Damage.flipBits(1, of: scratch("o.mkv.run/output"), sparing: 2000, seed: 1))
    let result = encode(source, scratch("o.mkv"))
    #expect(result.code == 2)
    #expect(result.errors.contains("are damaged at byte"), "\(result.errors)")
    #expect(result.errors.contains("--fresh"))
    #expect(!scratch.exists("o.mkv"))
    #expect(encode(source, scratch("o.mkv"), ["--fresh"]).code == 0)
  }

  @Test("an output that cannot be written there")
  func unwritable() throws {
    let source = try clip()
    for path in ["/proc/o.mkv", source + "/o.mkv"] {
      let result = encode(source, path)
      #expect(result.code == 2, "\(result.errors)")
      #expect(result.errors.contains("o.mkv"), "\(result.errors)")
    }
  }

  // MARK: - Interruption

  @Test("Ctrl-C, and continues to the bytes of an undisturbed run")
  func interrupted() throws {
    let source = try clip { clip in (clip.width, clip.height, clip.frames) = (320, 240, 150) }
    let slow = ["--preset", "slower", "--workers", "1", "--chunk-seconds", "0.4"]
    func run(_ output: String, _ before: [String] = []) -> Program.Result {
      Program.run(
        before + [Program.batchrun, "encode", source, "-o", output, "--no-progress"] + slow)
    }
    #expect(run(scratch("ref.mkv")).code == 0)
    var codes: [Int] = []
    for seconds in ["0.3", "0.6", "1.2"] {
      let result = run(
        scratch("o.mkv"), ["/usr/bin/timeout", "--preserve-status", "-s", "INT", seconds])
      codes.append(result.code)
      guard result.code == 130 else { break }
      #expect(!scratch.exists("o.mkv"))
    }
    #expect(codes.first == 130)
    #expect(run(scratch("o.mkv")).code == 0)
    #expect(same(scratch("o.mkv"), scratch("ref.mkv")))
  }

  @Test("--retry-failed, which finds the same frames damaged and gives the same bytes")
  func retryFailed() throws {
    let source = try clip("in.avi") { clip in
      (clip.codec, clip.muxer, clip.format) = ("mjpeg", "avi", AV_PIX_FMT_YUVJ420P)
      clip.options = "q=2"
    }
    #expect(Damage.wipeFrame(20, of: source))
    #expect(encode(source, scratch("o.mkv")).code == 1)
    _ = Program.run(["/bin/cp", scratch("o.mkv"), scratch("before.mkv")])
    let result = encode(source, scratch("o.mkv"), ["--retry-failed"])
    #expect(result.code == 1, "\(result.errors)")
    #expect(same(scratch("o.mkv"), scratch("before.mkv")))
    #expect(Program.run([Program.batchrun, "verify", scratch("o.mkv.run")]).code == 0)
  }

  // MARK: - Inputs

  struct Container: Sendable, CustomTestStringConvertible {
    var ending: String
    var change: @Sendable (inout Clip) -> Void
    var testDescription: String { ending }
  }

  static let containers = [
    Container(ending: "mp4", change: { $0.sound = "aac" }),
    Container(ending: "mkv", change: { $0.muxer = "matroska" }),
    Container(
      ending: "ts",
      change: {
        $0.muxer = "mpegts"
        $0.sound = "aac"
      }),
    Container(ending: "h264", change: { $0.muxer = "h264" }),
  ]

  @Test(
    "flipped bits: as many frames out as in, or a refusal, and never a crash", arguments: containers
  )
  func flippedBits(container: Container) throws {
    let whole = try clip("whole.\(container.ending)") { clip in
      clip.frames = 50
      container.change(&clip)
    }
    for seed in UInt64(1)...5 {
      let source = scratch("s\(seed).\(container.ending)")
      _ = Program.run(["/bin/cp", whole, source])
      #expect(Damage.flipBits(6, of: source, sparing: 64, seed: seed))
      let output = scratch("o\(seed).mkv")
      let result = encode(source, output, ["--audio", "none"])
      #expect([0, 1, 2].contains(result.code), "seed \(seed): \(result.code) \(result.errors)")
      #expect(!result.errors.contains("an encoder crashed"), "seed \(seed)")
      guard result.code < 2 else {
        #expect(!scratch.exists("o\(seed).mkv"), "seed \(seed)")
        continue
      }
      let frames = Judge.frameCount(output) ?? 0
      #expect(frames > 0, "seed \(seed)")
      #expect(result.errors.contains("\(frames) frames in, \(frames) frames out"), "seed \(seed)")
    }
  }

  @Test("a wrong ending, which says nothing about what is in the file")
  func wrongEnding() throws {
    let source = try clip("in.mp4") { $0.muxer = "matroska" }
    #expect(encode(source, scratch("o.mp4")).code == 0)
    #expect(Judge.frameCount(scratch("o.mp4")) == 75)
  }

  @Test("an input that changes under the run")
  func changedInput() throws {
    let source = try clip()
    #expect(encode(source, scratch("o.mkv"), ["--workers", "1", "--timeout", "1ms"]).code == 2)
    _ = try clip { $0.frames = 60 }
    let result = encode(source, scratch("o.mkv"))
    #expect(result.code == 2)
    #expect(result.errors.contains("--fresh"), "\(result.errors)")
    #expect(encode(source, scratch("o.mkv"), ["--fresh"]).code == 0)
    #expect(Judge.frameCount(scratch("o.mkv")) == 60)
  }
}
