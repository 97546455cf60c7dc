import Glibc

/// A video of 1 GB: how fast its index is made, how fast large chunks are joined, and in how much memory.
enum LongVideoBenchmark {
  private static let bytes = 1_000_000_000

  /// What was measured, for a model of other videos.
  struct Costs {
    /// Processor time, in seconds per byte of the source.
    let indexing: Double
    /// Processor time, in seconds per byte of the output.
    let joining: Double
    /// What is left after the last chunk, in seconds per byte of the output.
    let finishing: Double
  }

  /// Measures and prints; nil when something is wrong.
  static func run() -> Costs? {
    print("encode: the index of 1 GB, joining large chunks, memory")
    let clip = EncodeClip(width: 1280, height: 720, seconds: 60)
    guard clip.make(), let long = makeLong(clip), let indexing = measureIndex(long),
      let (joining, finishing) = measureJoin()
    else { return nil }
    return Costs(indexing: indexing, joining: joining, finishing: finishing)
  }

  /// The clip again and again, without encoding it.
  private static func makeLong(_ clip: EncodeClip) -> String? {
    let path = "\(EncodeClip.directory)/long-1GB.mkv"
    if VideoFacts.size(of: path) >= bytes { return path }
    let times = bytes / max(1, VideoFacts.size(of: clip.path)) + 1
    let isMade = EncodeClip.encode(
      ["-stream_loop", "\(times)", "-i", clip.path, "-c", "copy"], to: path)
    return isMade ? path : nil
  }

  /// The index, its checksum of the whole file and one frame by the program that users run.
  private static func measureIndex(_ path: String) -> Double? {
    let scratch = ScratchDirectory()
    let folder = scratch("frames")
    var runs: [ChildRun] = []
    for _ in 0..<4 {
      _ = Shell.output(["rm", "-rf", folder])
      runs.append(
        ChildRun.of([
          Program.batchrun, "frames", path, "-o", folder, "--every", "100000000", "--quiet",
        ]))
    }
    guard runs.allSatisfy(\.isSuccess) else {
      print("WRONG: no frame was taken out of \(path)")
      return nil
    }
    // The first run warms the cache.
    let warm = Array(runs.dropFirst())
    let gigabytes = Double(VideoFacts.size(of: path)) / 1e9
    let wall = Timing(warm.map { $0.wallSeconds / gigabytes })
    let work = Timing(warm.map { $0.cpuSeconds / gigabytes })
    let peak = Timing(warm.map { Double($0.peakBytes) / 1e6 })
    print("  index of 1 GB, warm cache: \(Digits.spread(wall)) s" + Bar.atMost(2, wall.median))
    print("  the same, CPU: \(Digits.spread(work)) s; peak memory \(Digits.text(peak.median)) MB")
    return work.median / 1e9
  }

  /// Key frames only, nearly without loss: a lot to write and little to encode.
  ///
  /// Chunks are joined while others are encoded; what users wait for is what is left after the last one.
  /// How long all of it takes is seen when a run is killed that has all its chunks, and continued.
  private static func measureJoin() -> (joining: Double, finishing: Double)? {
    let clip = EncodeClip(width: 1920, height: 1080, seconds: 20)
    guard clip.make() else { return nil }
    let scratch = ScratchDirectory()
    let output = scratch("joined.mkv")
    let command = [
      Program.batchrun, "encode", clip.path, "-o", output, "--preset", "ultrafast", "--crf", "1",
      "--codec-options", "g=1", "--audio", "none", "--quiet",
    ]
    let killed = ChildRun.of(["env", "BATCHRUN_FAULT=assembled.open:1:kill"] + command)
    guard !killed.isSuccess, VideoFacts.size(of: output) == 0 else {
      print("WRONG: the run was not killed before its output had a name")
      return nil
    }
    let alone = ChildRun.of(command)
    let digest = Shell.output(["md5sum", output]).text
    _ = Shell.output(["rm", "-rf", output, output + ".run"])
    let run = ChildRun.of(command)
    guard alone.isSuccess, run.isSuccess,
      let left = RunLog(output + ".run").joiningSeconds,
      Shell.output(["md5sum", output]).text == digest
    else {
      print("WRONG: \(clip.name) was not encoded, or not to the same bytes")
      return nil
    }
    let bytes = Double(VideoFacts.size(of: output))
    let copies = (0..<3).map { _ in
      ChildRun.of(["dd", "if=\(output)", "of=\(scratch("copy"))", "bs=1M", "conv=fsync"])
    }
    let copy = Timing(copies.map { bytes / 1e6 / $0.wallSeconds })
    let (mine, whole) = (bytes / 1e6 / left, bytes / 1e6 / alone.wallSeconds)
    print(
      "  joining \(Digits.text(bytes / 1e6)) MB, left after the last chunk: \(Digits.text(left)) s, "
        + "\(Digits.text(mine)) MB/s; a copy by dd with fsync: \(Digits.spread(copy)) MB/s; ratio "
        + Digits.text(mine / copy.median) + Bar.atLeast(1, mine / copy.median))
    print(
      "  all of it in one go, when a run is continued that has all chunks: "
        + "\(Digits.text(alone.wallSeconds)) s (\(Digits.text(alone.cpuSeconds)) s of CPU), "
        + "\(Digits.text(whole)) MB/s; peak memory \(Digits.text(Double(alone.peakBytes) / 1e6)) MB"
    )
    print("  peak memory with 2 chunks in flight: \(Digits.text(Double(run.peakBytes) / 1e6)) MB")
    print()
    return (alone.cpuSeconds / bytes, left / bytes)
  }
}
