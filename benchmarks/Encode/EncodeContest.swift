import Glibc

/// One encoder on one clip: the program's chunks next to the whole file by ffmpeg, same settings.
struct EncodeContest {
  struct Encoder {
    let name: String
    let preset: String
    let quality: Int
    /// How ffmpeg is told; its threads are left to it.
    let peerOptions: [String]
    /// The least speed, as a multiple of the whole file's.
    let speedBar: Double
  }

  static let encoders = [
    Encoder(
      name: "libx264", preset: "medium", quality: 23, peerOptions: ["-preset", "medium"],
      speedBar: 1),
    Encoder(
      name: "libx265", preset: "medium", quality: 28,
      peerOptions: ["-preset", "medium", "-x265-params", "log-level=error"],
      speedBar: 1),
    Encoder(
      name: "libsvtav1", preset: "8", quality: 35, peerOptions: ["-preset", "8"],
      speedBar: 0.97),
    Encoder(
      name: "libvpx-vp9", preset: "4", quality: 32,
      peerOptions: ["-deadline", "good", "-cpu-used", "4", "-row-mt", "1", "-b:v", "0"],
      speedBar: 1.05),
    Encoder(
      name: "libaom-av1", preset: "6", quality: 32,
      peerOptions: ["-cpu-used", "6", "-row-mt", "1", "-b:v", "0"], speedBar: 1.1),
  ]

  /// How far two PSNR may be apart to count as the same, in decibels.
  private static let sameLikeness = 0.05
  /// How many quality settings are tried to find a whole file as good as ours.
  private static let mostQualitySteps = 4

  let encoder: Encoder
  let clip: EncodeClip
  private let scratch = ScratchDirectory()

  init(_ encoder: Encoder, _ clip: EncodeClip) {
    self.encoder = encoder
    self.clip = clip
  }

  private var ours: String { scratch("ours.mkv") }
  private var whole: String { scratch("whole.mkv") }

  private var oursCommand: [String] {
    [
      Program.batchrun, "encode", clip.path, "-o", ours, "--codec", encoder.name, "--preset",
      encoder.preset, "--crf", "\(encoder.quality)", "--audio", "none", "--quiet",
    ]
  }

  private var wholeCommand: [String] { wholeCommand(quality: encoder.quality, to: whole) }

  private func wholeCommand(quality: Int, to path: String) -> [String] {
    ["ffmpeg", "-v", "error", "-nostdin", "-i", clip.path, "-map", "0:v:0", "-c:v", encoder.name]
      + ["-crf", "\(quality)"] + encoder.peerOptions + [path]
  }

  /// They begin by turns, so that the slice more that the first one has favours neither.
  private func runBoth(isOursFirst: Bool) -> (ours: ChildRun, whole: ChildRun) {
    _ = Shell.output(["rm", "-rf", ours, ours + ".run", whole])
    let ends =
      isOursFirst
      ? SlicedRun.race(oursCommand, wholeCommand) : SlicedRun.race(wholeCommand, oursCommand)
    return isOursFirst ? (ends.first, ends.second) : (ends.second, ends.first)
  }

  /// How many turns there must be by the speeds so far: two more where the first is within a fiftieth of its
  /// bar, on either side, which is what two turns by slices can differ.
  private func turns(after pairs: [(ours: ChildRun, whole: ChildRun)]) -> Int {
    guard let first = pairs.first else { return 1 }
    let speed = first.whole.wallSeconds / first.ours.wallSeconds
    return abs(speed / encoder.speedBar - 1) < 0.02 ? 3 : 1
  }

  /// Verifies, measures in turns and prints; false when something is wrong.
  ///
  /// - Parameter turns: Nil takes one or three, as many as it needs.
  func run(turns: Int?) -> Bool {
    var pairs: [(ours: ChildRun, whole: ChildRun)] = []
    var facts: VideoFacts?
    while pairs.count < turns ?? self.turns(after: pairs) {
      let pair = runBoth(isOursFirst: pairs.count.isMultiple(of: 2))
      guard pair.ours.isSuccess else {
        print("WRONG: \(encoder.name), \(clip.name): batchrun failed")
        return false
      }
      if facts == nil { facts = rightFacts() }
      guard facts != nil else { return false }
      // libaom up to 3.6 aborts at some changes of scenes, which ends ffmpeg.
      guard pair.whole.isSuccess else {
        print(
          "  \(encoder.name), \(clip.name): batchrun took "
            + "\(Digits.text(pair.ours.wallSeconds)) s, ffmpeg failed with \(pair.whole.code): "
            + "nothing to compare with\n")
        return true
      }
      pairs.append(pair)
    }
    if let facts { report(pairs, facts) }
    return true
  }

  /// The facts of our video; nil, with the reason printed, when something is wrong with it.
  private func rightFacts() -> VideoFacts? {
    let facts = VideoFacts(ours, source: clip.path)
    guard let objection = facts.objection(against: VideoFacts.times(of: clip.path)) else {
      return facts
    }
    print("WRONG: \(encoder.name), \(clip.name): \(objection)")
    return nil
  }

  private func report(_ pairs: [(ours: ChildRun, whole: ChildRun)], _ mine: VideoFacts) {
    let theirs = VideoFacts(whole, source: clip.path)
    var table = TextTable([
      "\(encoder.name), \(clip.name)", "frames/s", "wall s", "CPU s", "MB", "PSNR dB", "peak MB",
    ])
    table.add(["batchrun encode"] + cells(pairs.map(\.ours), mine))
    table.add(["ffmpeg, whole file"] + cells(pairs.map(\.whole), theirs))
    table.show()
    let speed = Timing(pairs.map { $0.whole.wallSeconds / $0.ours.wallSeconds })
    let work = Timing(pairs.map { $0.ours.cpuSeconds / $0.whole.cpuSeconds })
    let size = Double(mine.bytes) / Double(theirs.bytes)
    let loss = theirs.likeness - mine.likeness
    print("  speed \(Digits.spread(speed))x" + Bar.atLeast(encoder.speedBar, speed.median))
    print("  CPU   \(Digits.spread(work))x" + Bar.atMost(1.05, work.median))
    let log = RunLog(ours + ".run")
    if log.crashes > 0 {
      print("  an encoder crashed \(log.crashes) times in the last turn")
    } else if let busy = log.busyShare {
      print("  busy  \(Digits.fixed(busy * 100, 1)) % of the workers' time, the end included")
    }
    print("  size  \(Digits.fixed((size - 1) * 100, 2)) %" + Bar.atMost(1, abs(size - 1) * 100))
    print("  PSNR  \(Digits.fixed(-loss, 3)) dB" + Bar.atMost(Self.sameLikeness, loss))
    if abs(loss) > Self.sameLikeness { compareAtOurLikeness(mine, theirs) }
    print()
  }

  /// Says what the whole file would take at the PSNR of ours.
  ///
  /// Sizes at different PSNR compare nothing: a better picture costs bytes. The whole file is encoded by
  /// the next quality settings until one is on the other side of our PSNR, and between the last two the
  /// logarithm of its size is taken for linear in PSNR, as where rate-distortion curves are compared
  /// (Bjøntegaard, VCEG-M33, 2001).
  private func compareAtOurLikeness(_ mine: VideoFacts, _ theirs: VideoFacts) {
    let other = scratch("other.mkv")
    let step = mine.likeness > theirs.likeness ? -1 : 1
    var near = theirs
    for count in 1...Self.mostQualitySteps {
      let quality = encoder.quality + step * count
      guard ChildRun.of(wholeCommand(quality: quality, to: other)).isSuccess else { break }
      let far = VideoFacts(other, source: clip.path)
      let share = (mine.likeness - near.likeness) / (far.likeness - near.likeness)
      guard (0...1).contains(share) else {
        near = far
        continue
      }
      let (nearSize, farSize) = (Double(near.bytes), Double(far.bytes))
      let size = Double(mine.bytes) / (nearSize * pow(farSize / nearSize, share))
      let (change, megabytes) = (Digits.fixed((size - 1) * 100, 2), Digits.fixed(farSize / 1e6, 2))
      print(
        "  size at the same PSNR \(change) % (whole file by crf \(quality): \(megabytes) MB, "
          + "\(Digits.fixed(far.likeness, 3)) dB)")
      return
    }
    print("  size at the same PSNR: unknown, no whole file was found on its other side")
  }

  private func cells(_ runs: [ChildRun], _ facts: VideoFacts) -> [String] {
    let frames = Double(clip.seconds * EncodeClip.framesPerSecond)
    return [
      Digits.text(Timing(runs.map { frames / $0.wallSeconds }).median),
      Digits.spread(Timing(runs.map(\.wallSeconds))), Digits.spread(Timing(runs.map(\.cpuSeconds))),
      Digits.fixed(Double(facts.bytes) / 1e6, 2), Digits.fixed(facts.likeness, 3),
      Digits.text(Timing(runs.map { Double($0.peakBytes) / 1e6 }).median),
    ]
  }
}
