import BatchCore

/// How long two hours of 720p would take on more workers than this machine has.
///
/// A model and no measurement: the chunks are those that the program would cut, a chunk takes what its
/// frames take at the measured seconds a frame, drawn anew for each chunk from those of a real run, and
/// every worker first needs its start-up; a core beside the workers joins the chunks in their order, each
/// when it is done. All in processor time, so that what else runs here does not count. Each worker is a core
/// like the ones here; what it has to fetch and send is not counted.
struct ScalingModel {
  private static let hours = 2
  private static let seed: UInt64 = 1

  private let chunks: [Double]
  /// Measured seconds a frame, one for each chunk of the real run.
  private let samples: [Double]
  /// Before the first chunk begins.
  private let indexSeconds: Double
  /// Joining all chunks.
  private let joinSeconds: Double
  /// After the last chunk is joined.
  private let finishSeconds: Double
  /// Of the program itself, without a video to speak of.
  private let startUpSeconds: Double

  static func run(seconds: Int, _ costs: LongVideoBenchmark.Costs) -> Bool {
    print("encode: a model of \(hours) hours of 720p, libx264 medium, from chunks measured here")
    let clip = EncodeClip(width: 1280, height: 720, seconds: seconds)
    guard clip.make(), let model = ScalingModel(measuring: clip, costs) else { return false }
    model.show()
    return true
  }

  private init?(measuring clip: EncodeClip, _ costs: LongVideoBenchmark.Costs) {
    let scratch = ScratchDirectory()
    let output = scratch("out.mkv")
    let run = ChildRun.of([
      Program.batchrun, "encode", clip.path, "-o", output, "--audio", "none", "--quiet",
    ])
    let chunkSeconds = RunLog(output + ".run").chunkSeconds
    let cut = Self.chunkFrames(of: clip.path)
    let long = "\(EncodeClip.directory)/two-hours.mkv"
    guard run.isSuccess, cut.count == chunkSeconds.count, Self.makeLong(long),
      let start = Self.startUpSeconds(scratch)
    else {
      print("WRONG: the chunks of \(clip.name) could not be measured")
      return nil
    }
    let processing = run.cpuSeconds / chunkSeconds.reduce(0, +)
    samples = zip(chunkSeconds, cut).map { processing * $0 / $1 }
    chunks = Self.chunkFrames(of: long)
    startUpSeconds = start
    let growth = Double(Self.hours * 3600) / Double(clip.seconds)
    let bytes = growth * Double(VideoFacts.size(of: output))
    indexSeconds = growth * costs.indexing * Double(VideoFacts.size(of: clip.path))
    joinSeconds = costs.joining * bytes
    finishSeconds = costs.finishing * bytes
    print(
      "  measured on \(cut.count) chunks of \(clip.name): "
        + "\(Digits.spread(Timing(samples), scale: 1000)) ms of CPU a frame; start-up "
        + "\(Digits.text(startUpSeconds)) s of CPU")
  }

  /// The processor time of encoding a single frame: nearly all of it is start-up.
  private static func startUpSeconds(_ scratch: ScratchDirectory) -> Double? {
    let frame = scratch("frame.mkv")
    let still = "color=gray:s=1280x720:r=\(EncodeClip.framesPerSecond)"
    guard
      EncodeClip.encode(
        ["-f", "lavfi", "-i", still, "-frames:v", "1", "-preset", "ultrafast"], to: frame)
    else { return nil }
    let run = ChildRun.of([
      Program.batchrun, "encode", frame, "-o", scratch("one.mkv"), "--quiet",
    ])
    return run.isSuccess ? run.cpuSeconds : nil
  }

  /// The frames of each chunk, as the program plans them.
  private static func chunkFrames(of path: String) -> [Double] {
    let plan = Shell.output([Program.batchrun, "plan", "encode", path, "--json"]).text
    return RecordLine(Array(plan.utf8)[...]).numbers(of: "chunk_frames")
  }

  /// Two hours of a still picture with the key frames of a film: only its times matter.
  private static func makeLong(_ path: String) -> Bool {
    if VideoFacts.size(of: path) > 0 { return true }
    let part = "\(EncodeClip.directory)/still.mkv"
    let still = "color=gray:s=1280x720:r=\(EncodeClip.framesPerSecond)"
    return EncodeClip.encode(
      ["-f", "lavfi", "-i", still, "-t", "60", "-preset", "ultrafast"], to: part)
      && EncodeClip.encode(
        ["-stream_loop", "\(hours * 60 - 1)", "-i", part, "-c", "copy"], to: path)
  }

  /// When each chunk is done, from the beginning of the first: in their order, each to the worker that is
  /// free first.
  private func ends(workers: Int, startUp: Double) -> [Double] {
    var random = SeededRandom(seed: Self.seed)
    var free = [Double](repeating: startUp, count: workers)
    return chunks.map { frames in
      let place = free.indices.min { free[$0] < free[$1] } ?? 0
      free[place] += frames * samples[Int(random.next() % UInt64(samples.count))]
      return free[place]
    }
  }

  private func seconds(workers: Int, startUp: Double) -> Double {
    let frames = chunks.reduce(0, +)
    let joined = zip(ends(workers: workers, startUp: startUp), chunks).reduce(0) { joined, chunk in
      max(joined, chunk.0) + joinSeconds * chunk.1 / frames
    }
    return indexSeconds + joined + finishSeconds
  }

  private func show() {
    let length = Double(Self.hours * 3600)
    print(
      "  \(chunks.count) chunks of \(Int(chunks.min() ?? 0)) to \(Int(chunks.max() ?? 0)) frames; "
        + "of two hours the index takes \(Digits.text(indexSeconds)) s, joining \(Digits.text(joinSeconds)) s "
        + "beside the chunks and \(Digits.text(finishSeconds)) s after them")
    var table = TextTable(["workers", "start-up s", "seconds", "x real time", "frames/s", "busy %"])
    let work = ends(workers: 1, startUp: 0).last ?? 0
    let here = startUpSeconds
    for (workers, startUp) in [
      (1, here), (2, here), (8, here), (64, here), (1000, here), (1000, 20),
    ] {
      let wall = seconds(workers: workers, startUp: startUp)
      table.add([
        String(workers), Digits.text(startUp), Digits.text(wall), Digits.text(length / wall),
        Digits.text(chunks.reduce(0, +) / wall),
        Digits.text(100 * work / (Double(workers) * wall)),
      ])
    }
    table.show()
  }
}
