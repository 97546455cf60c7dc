import BatchCore
import CFFmpeg
import Glibc
import SampleTask
import Testing

/// `batchrun encode` as a process: interruption, workers, inputs and outputs of every kind.
@Suite("batchrun encode, run as a program")
struct EncodeRunTests {
  private let scratch = Scratch()

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

  static let codecs: [[String]] = [
    ["libx264", "veryfast"], ["libx265", "ultrafast"], ["libvpx-vp9", "8"], ["libsvtav1", "12"],
    ["libaom-av1", "8"],
  ]

  @Test("gives the same bytes with one worker and with two", arguments: codecs)
  func workers(codec: [String]) throws {
    let source = try clip { $0.frames = 30 }
    let options = ["--codec", codec[0], "--preset", codec[1], "--chunk-seconds", "0.5"]
    let one = Encoder.run(source, scratch("1.mkv"), options + ["--workers", "1"])
    let two = Encoder.run(source, scratch("2.mkv"), options + ["--workers", "2"])
    #expect(one.code == 0 && two.code == 0, "\(one.errors) \(two.errors)")
    #expect(same(scratch("1.mkv"), scratch("2.mkv")))
    #expect(Judge.frameCount(scratch("1.mkv")) == 30)
    #expect(Judge.likeness(scratch("1.mkv"), source).min() ?? 0 > 28)
  }

  /// SVT-AV1 asks for real-time threads when root runs it, as this test is where it runs in a container.
  @Test("leaves no thread of libsvtav1 at real-time priority")
  func ordinaryThreads() throws {
    let source = try clip { clip in (clip.width, clip.height, clip.frames) = (640, 360, 75) }
    let program = try StartedProgram([
      Program.batchrun, "encode", source, "-o", scratch("o.mkv"), "--codec", "libsvtav1",
      "--preset", "6", "--chunk-seconds", "1", "--no-progress",
    ])
    var (mostThreads, calm) = (0, 0)
    // An encoder that is just opened may have such threads for a moment.
    for _ in 0..<3000 where calm < 20 {
      usleep(10_000)
      let policies = Self.policies(of: program.process)
      mostThreads = max(mostThreads, policies.count)
      let isCalm = policies.count > 20 && !policies.contains(SCHED_FIFO)
      calm = isCalm ? calm + 1 : 0
    }
    #expect(calm == 20, "of \(mostThreads) threads some were real-time ones")
    #expect(program.wait().code == 0)
    #expect(Judge.frameCount(scratch("o.mkv")) == 75)
  }

  /// How each thread of a process and of its children is scheduled.
  private static func policies(of process: pid_t) -> [CInt] {
    ([process] + children(of: process)).flatMap { process in
      Program.run(["/bin/ls", "/proc/\(process)/task"]).output.split(separator: "\n")
        .compactMap { pid_t($0) }.map { sched_getscheduler($0) }
    }
  }

  private static func children(of process: pid_t) -> [pid_t] {
    let command = "grep -sl '^PPid:[[:space:]]*\(process)$' /proc/[0-9]*/status"
    return Program.run(["/bin/sh", "-c", command]).output.split(separator: "/")
      .compactMap { pid_t($0) }
  }

  /// SVT-AV1 1.4 breaks an encoder at work when another is opened in its process.
  @Test("encodes with libsvtav1 in a process for each worker, and survives the death of one")
  func ownProcesses() throws {
    let source = try clip { clip in (clip.width, clip.height, clip.frames) = (640, 360, 200) }
    let options = ["--codec", "libsvtav1", "--preset", "6", "--chunk-seconds", "1"]
    #expect(Encoder.run(source, scratch("ref.mkv"), options).code == 0)
    let program = try StartedProgram(
      [
        Program.batchrun, "encode", source, "-o", scratch("o.mkv"), "--workers", "2",
        "--no-progress",
      ] + options)
    var workers: [pid_t] = []
    for _ in 0..<3000 where workers.count < 2 {
      usleep(10_000)
      workers = Self.children(of: program.process)
    }
    try #require(workers.count == 2)
    kill(workers[0], SIGKILL)
    let ended = program.wait()
    #expect(ended.code == 0, "\(ended.errors)")
    let digests = ["o.mkv", "ref.mkv"].map { Judge.digestOfPackets(scratch($0), stream: "v:0") }
    #expect(digests[0] == digests[1])
    let events = (scratch.text("o.mkv.run/events.jsonl") ?? "").split(separator: "\n")
    #expect(events.count { $0.contains("\"ending\":\"died\"") } == 1)
    #expect(events.count { $0.contains("\"isolated\":true") } == 1)
    #expect(events.count { $0.contains("run_started") } == 1)
  }

  /// The cores that each thread of a process may run on, as the kernel writes them.
  private static func cores(of process: pid_t) -> [Substring] {
    let command = "grep -h Cpus_allowed_list /proc/\(process)/task/*/status"
    return Program.run(["/bin/sh", "-c", command]).output.split(separator: "\n")
      .compactMap { $0.split(separator: "\t").last }
  }

  @Test("counts the cores that it was given, and keeps the threads of libx265 on them")
  func givenCores() throws {
    let source = try clip { clip in (clip.width, clip.height, clip.frames) = (640, 360, 50) }
    let core = try #require(Self.cores(of: getpid()).first?.prefix { $0.isNumber })
    let restricted = ["/usr/bin/taskset", "-c", "\(core)", Program.batchrun]
    let plan = Program.run(restricted + ["plan", "encode", source, "--json"])
    #expect(plan.output.contains("\"workers\":1,"), "\(plan.errors)\(plan.output)")
    let program = try StartedProgram(
      restricted + [
        "encode", source, "-o", scratch("o.mkv"), "--codec", "libx265", "--preset", "slow",
        "--chunk-seconds", "1", "--no-progress",
      ])
    var (mostThreads, calm) = (0, 0)
    // x265 starts a thread and gives it all cores; a moment later it has those of the program again.
    for _ in 0..<3000 where calm < 20 {
      usleep(10_000)
      let lists = Self.cores(of: program.process)
      mostThreads = max(mostThreads, lists.count)
      calm = lists.count > 6 && lists.allSatisfy { $0 == core } ? calm + 1 : 0
    }
    #expect(calm == 20, "of \(mostThreads) threads some may run on other cores than \(core)")
    #expect(program.wait().code == 0)
    #expect(Judge.frameCount(scratch("o.mkv")) == 50)
  }

  /// x264 codes the first frame of an encoding more coarsely than a key frame further on.
  @Test("begins a chunk of libx264 with a key frame like one further on in a whole file")
  func keyFrameOfChunk() throws {
    let source = try clip { clip in (clip.width, clip.height, clip.frames) = (640, 480, 100) }
    let options = ["--preset", "medium", "--chunk-seconds", "2"]
    let ours = Encoder.run(source, scratch("o.mkv"), options)
    #expect(ours.code == 0, "\(ours.errors)")
    let plan = Program.run([Program.batchrun, "plan", "encode", source, "--json"] + options)
    let lengths = plan.output.split(separator: "[").last?.split(separator: ",") ?? []
    let start = try #require(lengths.first.flatMap { Int($0) }, "\(plan.output)")
    let whole = Program.run([
      "/usr/bin/ffmpeg", "-v", "error", "-i", source, "-c:v", "libx264", "-preset", "medium",
      "-crf", "23", "-threads", "1", "-force_key_frames", "expr:eq(n,\(start))",
      scratch("whole.mkv"),
    ])
    #expect(whole.code == 0, "\(whole.errors)")
    let (chunks, file) = (Judge.sizes(scratch("o.mkv")), Judge.sizes(scratch("whole.mkv")))
    for frame in [0, start] {
      let (size, expected) = (chunks[4 * frame] ?? 0, file[4 * frame] ?? 0)
      // Each chunk says with some 700 bytes what the encoder was told; a whole file once.
      #expect((0..<1000).contains(size - expected), "frame \(frame): \(size) for \(expected)")
    }
  }

  @Test("lets rows be decoded side by side by libx265's own choice, and not with wpp=0")
  func rowsSideBySide() throws {
    let source = try clip { $0.frames = 10 }
    for (option, flag) in [([], "1"), (["--codec-options", "x265-params=wpp=0"], "0")] {
      let options = ["--codec", "libx265", "--preset", "ultrafast", "--fresh"] + option
      let run = Encoder.run(source, scratch("o.mkv"), options)
      #expect(run.code == 0, "\(run.errors)")
      let values = Judge.headerValues(scratch("o.mkv"), "entropy_coding_sync_enabled_flag")
      #expect(values == [flag])
    }
  }

  /// Chunks of these encoders may use two cores, which may not show: the same bytes as with one, by FFmpeg's
  /// own program.
  @Test(
    "gives chunks that take a spare core the bytes that one core writes",
    arguments: [
      ["libsvtav1", "12", "yuv420p"], ["libsvtav1", "8", "yuv420p"],
      ["libsvtav1", "8", "yuv420p10le"], ["libx265", "medium", "yuv420p"],
    ])
  func spareCores(_ arguments: [String]) throws {
    let (codec, preset, format) = (arguments[0], arguments[1], arguments[2])
    let source = try clip { clip in (clip.width, clip.height, clip.frames) = (640, 360, 60) }
    let options = ["--codec", codec, "--preset", preset, "--pixel-format", format, "--crf", "35"]
    let run = Encoder.run(source, scratch("o.mkv"), options)
    #expect(run.code == 0, "\(run.errors)")
    for cores in 1...2 {
      let threads =
        codec == "libx265"
        ? ["-x265-params", "pools=\(cores):frame-threads=1"] : ["-svtav1-params", "lp=\(cores)"]
      let whole = Program.run(
        ["/usr/bin/ffmpeg", "-v", "error", "-y", "-i", source, "-c:v", codec, "-preset", preset]
          + ["-crf", "35", "-pix_fmt", format, "-flags", "+cgop"] + threads + [scratch("whole.mkv")]
      )
      #expect(whole.code == 0, "\(whole.errors)")
      let digests = ["o.mkv", "whole.mkv"].map { Judge.digestOfPackets(scratch($0), stream: "v:0") }
      #expect(digests[0] == digests[1], "\(cores) cores")
      #expect(digests[0].split(separator: "\n").count == 60)
    }
  }

  @Test("continues after kill -9 and gives the bytes of an undisturbed run")
  func killed() throws {
    let source = try clip { clip in
      (clip.width, clip.height, clip.frames) = (320, 240, 150)
    }
    let options = ["--preset", "slow", "--chunk-seconds", "0.4", "--workers", "1"]
    #expect(Encoder.run(source, scratch("ref.mkv"), options).code == 0)
    var killed = 0
    for seconds in [0.3, 0.7, 1.1] {
      let result = Program.kill(
        [Program.batchrun, "encode", source, "-o", scratch("k.mkv")] + options, after: seconds)
      if result.code == -9 { killed += 1 }
      if killed > 0, result.code == 0 { break }
    }
    #expect(killed > 0)
    #expect(Encoder.run(source, scratch("k.mkv"), options).code == 0)
    #expect(same(scratch("k.mkv"), scratch("ref.mkv")))
    let check = Program.run([Program.batchrun, "verify", scratch("k.mkv.run")])
    #expect(check.code == 0, "\(check.output)")
  }

  @Test("leaves no output when a chunk fails for good, and says how to continue")
  func failedForGood() throws {
    let source = try clip { clip in (clip.width, clip.height) = (320, 240) }
    let options = ["--preset", "veryslow", "--chunk-seconds", "1"]
    let failed = Encoder.run(source, scratch("o.mkv"), options + ["--timeout", "20ms"])
    #expect(failed.code == 2)
    #expect(!scratch.exists("o.mkv"))
    #expect(failed.errors.contains("raise --timeout") || failed.errors.contains("to continue"))
    #expect(Encoder.run(source, scratch("o.mkv"), options).code == 0)
    #expect(Encoder.run(source, scratch("ref.mkv"), options).code == 0)
    #expect(same(scratch("o.mkv"), scratch("ref.mkv")))
  }

  @Test("plans without writing, and says when a chunk cannot fit a worker's life")
  func plan() throws {
    let source = try clip()
    let fits = Program.run([Program.batchrun, "plan", "encode", source, "--json"])
    #expect(fits.code == 0, "\(fits.errors)")
    #expect(fits.output.contains("\"frames\":75") && fits.output.contains("\"refusal\":null"))
    let short = Program.run([
      Program.batchrun, "plan", "encode", source, "--time-limit", "1ms",
    ])
    #expect(short.code == 2 && short.output.contains("--chunk-seconds"), "\(short.output)")
    #expect(!scratch.exists("in.encoded.mp4.run"))
  }

  @Test(
    "says beforehand about how large the video gets",
    arguments: [["libx264", "veryslow"], ["libsvtav1", "6"]])
  func forecastSize(codec: [String]) throws {
    // A key frame weighs many times as much as another frame of a slow zoom.
    let source = scratch("in.mkv")
    let zoom = "mandelbrot=s=320x240:r=25:start_scale=0.5:end_pts=100000"
    let drawn = Program.run([
      "/usr/bin/ffmpeg", "-v", "error", "-f", "lavfi", "-i", zoom, "-t", "20", "-c:v", "libx264",
      "-preset", "veryfast", "-pix_fmt", "yuv420p", source,
    ])
    #expect(drawn.code == 0, "\(drawn.errors)")
    let options = ["--codec", codec[0], "--preset", codec[1], "--audio", "none"]
    let told = try toldSize(source, options)
    #expect(Encoder.run(source, scratch("o.mkv"), options).code == 0)
    let size = Double(try #require(FileFingerprint(path: scratch("o.mkv"))).sizeBytes)
    #expect(abs(told / size - 1) < 0.15, "\(told) for \(size)")
  }

  /// The scenes in the middle, at one sixth and at five sixths of the video are the calm ones.
  @Test("says beforehand about how large a video of calm and noisy scenes gets")
  func forecastSizeOfScenes() throws {
    let noises = [10, 0, 40, 10, 0, 40, 10, 0, 40]
    let scenes = noises.enumerated().map { number, noise in
      "testsrc2=s=320x240:r=25:d=4.8,hue=h=\(40 * number),noise=alls=\(noise):allf=t:all_seed=7[v\(number)]"
    }
    let names = noises.indices.map { "[v\($0)]" }.joined()
    let source = scratch("in.mkv")
    let drawn = Program.run([
      "/usr/bin/ffmpeg", "-v", "error", "-filter_complex",
      scenes.joined(separator: ";") + ";\(names)concat=n=\(noises.count)", "-c:v", "libx264",
      "-preset", "veryfast", "-pix_fmt", "yuv420p", "-force_key_frames", "expr:gte(t,n_forced*4.8)",
      source,
    ])
    #expect(drawn.code == 0, "\(drawn.errors)")
    let options = ["--preset", "superfast", "--audio", "none"]
    let told = try toldSize(source, options)
    #expect(Encoder.run(source, scratch("o.mkv"), options).code == 0)
    let size = Double(try #require(FileFingerprint(path: scratch("o.mkv"))).sizeBytes)
    #expect(abs(told / size - 1) < 0.25, "\(told) for \(size)")
  }

  /// What the plan says of the size of the output, in bytes.
  private func toldSize(_ source: String, _ options: [String]) throws -> Double {
    let plan = Program.run([Program.batchrun, "plan", "encode", source, "--json"] + options)
    return try #require(
      plan.output.split(separator: "\"bytes\":").last?.split(separator: ",").first.flatMap {
        Double($0)
      }, "\(plan.errors)")
  }

  @Test("computes nothing when the same command comes again, and notices a changed output")
  func again() throws {
    let source = try clip()
    #expect(Encoder.run(source, scratch("o.mp4")).code == 0)
    #expect(Encoder.run(source, scratch("o.mp4")).errors.contains("nothing was computed"))
    scratch.write("o.mp4", "x")
    let check = Program.run([Program.batchrun, "verify", scratch("o.mp4.run")])
    #expect(check.code == 2)
    #expect(Encoder.run(source, scratch("o.mp4")).code == 0)
    #expect(Judge.frameCount(scratch("o.mp4")) == 75)
  }

  @Test("reports frames that cannot be decoded, keeps their times and exits with 1")
  func undecodable() throws {
    // Key frames only, so that a wiped frame is lost alone.
    let source = try clip("in.avi") { clip in
      clip.codec = "mjpeg"
      clip.muxer = "avi"
      clip.format = AV_PIX_FMT_YUVJ420P
      clip.options = "q=2"
    }
    let frames = Judge.frameCount(source)
    #expect(Damage.wipeFrame(40, of: source))
    let result = Encoder.run(
      source, scratch("o.mkv"), ["--preset", "veryfast", "--chunk-seconds", "1"])
    #expect(result.code == 1, "\(result.errors)")
    #expect(Judge.frameCount(scratch("o.mkv")) == frames)
    let failures = scratch.text("o.mkv.run/failures.jsonl") ?? ""
    #expect(failures.contains("undecodable_frames"))
    #expect(failures.contains("frame 40 at 1.6 s"), "\(failures)")
  }

  @Test("takes a video from a pipe, and one whose name ends in nothing")
  func pipes() throws {
    let source = try clip("video")
    let options = "--preset veryfast --no-progress"
    let result = Program.run([
      "/bin/sh", "-c",
      "cd \(scratch.path); cat video | \(Program.batchrun) encode - -o pipe.mkv \(options); mkfifo f; "
        + "cat video > f & \(Program.batchrun) encode \(scratch("f")) -o fifo.mkv \(options); "
        + "\(Program.batchrun) encode video \(options)",
    ])
    #expect(result.code == 0, "\(result.errors)")
    #expect(same(scratch("pipe.mkv"), scratch("video.encoded.mkv")))
    #expect(same(scratch("fifo.mkv"), scratch("video.encoded.mkv")))
    _ = source
  }

  @Test("encodes the videos of a folder and names what is none")
  func folder() throws {
    _ = Program.run(["/bin/mkdir", "-p", scratch("films/more")])
    _ = try clip("films/a.mp4") { $0.frames = 10 }
    _ = try clip("films/more/b.ts") { clip in (clip.frames, clip.muxer) = (10, "mpegts") }
    scratch.write("films/notes.txt", "hello\n")
    let result = Program.run([
      Program.batchrun, "encode", scratch("films"), "--preset", "veryfast", "--no-progress",
    ])
    #expect(result.code == 0, "\(result.errors)")
    #expect(Judge.frameCount(scratch("films.encoded/a.mp4")) == 10)
    #expect(Judge.frameCount(scratch("films.encoded/more/b.mkv")) == 10)
  }

  @Test(
    "says what is wrong with a file that cannot be encoded",
    arguments: [
      ("empty.mp4", "", "not a video"), ("text.mp4", "this is no video\n", "not a video"),
      ("missing.mp4", nil, "No such file"),
    ] as [(String, String?, String)])
  func badInput(name: String, text: String?, words: String) {
    if let text { scratch.write(name, text) }
    let result = Encoder.run(scratch(name), scratch("o.mp4"))
    #expect(result.code == 2)
    #expect(result.errors.contains(words), "\(result.errors)")
    #expect(!scratch.exists("o.mp4"))
  }

  @Test(
    "refuses sound alone, a container that cannot hold the sound, and a folder that is not there")
  func refusals() throws {
    let sound = try clip("sound.mp4") { clip in (clip.hasVideo, clip.sound) = (false, "aac") }
    #expect(Encoder.run(sound, scratch("o.mp4")).errors.contains("no video to encode"))
    let both = try clip("both.mp4") { $0.sound = "aac" }
    let webm = Encoder.run(both, scratch("o.webm"), ["--codec", "libvpx-vp9"])
    #expect(webm.code == 2 && webm.errors.contains("--audio libopus"), "\(webm.errors)")
    let nowhere = Encoder.run(both, scratch("none/o.mp4"))
    #expect(nowhere.code == 2 && nowhere.errors.contains("make the directory"), "\(nowhere.errors)")
    let device = Encoder.run(both, "/dev/full")
    #expect(device.code != 0)
  }

  @Test(
    "encodes what is there of a file that was cut off, says what is missing, and exits with 1",
    arguments: [
      ("matroska", nil), ("matroska", "aac"), ("mp4", nil), ("mp4", "aac"), ("flv", nil),
    ] as [(String, String?)])
  func cutOff(muxer: String, sound: String?) throws {
    let made = try clip("made") { clip in (clip.sound, clip.frames) = (sound, 150) }
    let whole = scratch("whole")
    // What describes the streams of an MP4 goes to the front, where the cut leaves it.
    let copied = Program.run([
      "/usr/bin/ffmpeg", "-v", "error", "-i", made, "-c", "copy",
      "-movflags", "faststart", "-f", muxer, whole,
    ])
    #expect(copied.code == 0, "\(copied.errors)")
    let complete = Encoder.run(whole, scratch("whole.mkv"), ["--preset", "veryfast"])
    #expect(complete.code == 0 && !complete.errors.contains("missing"), "\(complete.errors)")
    let source = scratch("in")
    _ = Program.run(["/bin/cp", whole, source])
    let size = FileFingerprint(path: source)?.sizeBytes ?? 0
    #expect(unsafe truncate(source, size * 6 / 10) == 0)
    let result = Encoder.run(source, scratch("o.mkv"), ["--preset", "veryfast"])
    #expect(result.code == 1, "\(result.errors)")
    #expect(result.errors.contains("\(source) ends after"), "\(result.errors)")
    #expect(result.errors.contains("that its header announces"), "\(result.errors)")
    let frames = Judge.frameCount(scratch("o.mkv")) ?? 0
    #expect((60..<120).contains(frames), "\(frames)")
    let failures = scratch.text("o.mkv.run/failures.jsonl") ?? ""
    #expect(failures.contains("was it copied completely?"), "\(failures)")
    // A reader of MP4 and FLV hands out what is left of the last frame as well.
    if muxer == "matroska" { #expect(failures.contains("missing_end"), "\(failures)") }
    // It is no less missing when nothing has to be computed.
    #expect(Encoder.run(source, scratch("o.mkv"), ["--preset", "veryfast"]).code == 1)
    let plan = Program.run([Program.batchrun, "plan", "encode", source])
    #expect((plan.output + plan.errors).contains("is missing"), "\(plan.output) \(plan.errors)")
  }

  @Test("misses nothing of a slide show whose last frame has no length of its own")
  func slides() throws {
    let source = try clip("slides.mkv") { clip in
      (clip.muxer, clip.frames) = ("matroska", 6)
      // At 0, 4, 8 ... 20 s.
      clip.time = { Int64($0) * 4 * 12_800 }
    }
    // The header says that the last one is shown for 4 s as well, and no packet does.
    #expect(try Damage.announce(seconds: 24, in: source))
    #expect(Judge.facts(source, "format=duration").contains("24.0"))
    let result = Encoder.run(source, scratch("o.mkv"), ["--preset", "veryfast"])
    #expect(result.code == 0 && !result.errors.contains("missing"), "\(result.errors)")
  }

  @Test("misses nothing of a video that ends before its sound")
  func longSound() throws {
    let source = try clip("long.mkv") { clip in
      (clip.muxer, clip.sound, clip.frames) = ("matroska", "aac", 75)
    }
    let short = scratch("short.mkv")
    let cut = Program.run([
      "/usr/bin/ffmpeg", "-v", "error", "-t", "1", "-i", source, "-i", source, "-map", "0:v",
      "-map", "1:a", "-c", "copy", short,
    ])
    #expect(cut.code == 0, "\(cut.errors)")
    #expect(Judge.frameCount(short) ?? 75 < 40)
    #expect(Judge.facts(short, "format=duration").contains("duration=3.0"))
    let result = Encoder.run(short, scratch("o.mkv"), ["--preset", "veryfast"])
    #expect(result.code == 0 && !result.errors.contains("missing"), "\(result.errors)")
  }
}
