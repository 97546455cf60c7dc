import BatchCore
import Encode
import EncodeOptions
import Testing

@Suite("ChunkPlan")
struct ChunkPlanTests {
  private func options(_ values: [String: [String]] = [:]) throws -> EncodeOptions {
    try EncodeOptions(OptionValues(values.merging(["output": ["o.mkv"]]) { own, _ in own }))
  }

  private func plan(
    frames: Int, keys: Int, _ values: [String: [String]] = [:], width: Int = 1280,
    height: Int = 720
  ) throws -> ChunkPlan {
    ChunkPlan(
      index: .regular(frames: frames, keysEvery: keys), options: try options(values),
      width: width, height: height)
  }

  @Test("holds every frame once and in order", arguments: [1, 2, 23, 96, 97, 1000, 172_800])
  func complete(frames: Int) throws {
    for keys in [1, 12, 250, 100_000] {
      let chunks = try plan(frames: frames, keys: keys).chunks
      #expect(chunks.first?.lowerBound == 0)
      #expect(chunks.last?.upperBound == frames)
      #expect(chunks.allSatisfy { !$0.isEmpty })
      #expect(zip(chunks, chunks.dropFirst()).allSatisfy { $0.upperBound == $1.lowerBound })
    }
  }

  @Test("cuts at key frames where they are near enough")
  func keyFrames() throws {
    let chunks = try plan(frames: 3000, keys: 50).chunks
    let whole = chunks.filter { $0.upperBound < 2700 }
    #expect(whole.count > 5)
    #expect(whole.allSatisfy { $0.lowerBound % 50 == 0 })
  }

  @Test("reaches key frames at their usual distance, and keeps the chunks near the end short")
  func usualDistance() throws {
    let counts = try plan(frames: 1500, keys: 250).chunks
    #expect(counts.prefix(3) == [0..<250, 250..<500, 500..<750])
    #expect(counts.filter { $0.lowerBound >= 900 }.allSatisfy { $0.count <= 192 })
    #expect(counts.allSatisfy { $0.count >= 30 })
  }

  @Test(
    "meets key frames wherever they are, no more than 250 frames apart", arguments: UInt64(1)...20)
  func anyDistance(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    var keys: Set<Int> = [0]
    var place = 0
    while place < 5000 {
      place += 50 + Int(201 * random.unit())
      keys.insert(place)
    }
    let plan = ChunkPlan(
      index: .of(frames: 5000, keys: keys), options: try options(), width: 1920, height: 1080)
    // Later ones have to be short, wherever the key frames are.
    let early = plan.chunks.filter { $0.lowerBound < 3350 }
    #expect(early.count > 10)
    #expect(early.allSatisfy { keys.contains($0.lowerBound) }, "seed \(seed): \(early)")
  }

  @Test("leaves no scrap before the tail or at the end", arguments: [1437, 1500, 1789, 5003])
  func noScraps(frames: Int) throws {
    for keys in [7, 30, 99, 250, 100_000] {
      let counts = try plan(frames: frames, keys: keys).chunks.map(\.count)
      #expect((counts.min() ?? 0) >= 15, "\(counts) with key frames every \(keys)")
    }
  }

  @Test(
    "cuts shorter what would take minutes, down to what encoders look ahead",
    arguments: [("libaom-av1", "2", 77), ("libaom-av1", "1", 48), ("libx265", "placebo", 48)])
  func slow(codec: String, preset: String, length: Int) throws {
    let values = ["codec": [codec], "preset": [preset]]
    let height = codec == "libx265" ? 2160 : 720
    let counts = try plan(
      frames: 3000, keys: 1, values, width: height * 16 / 9, height: height
    ).chunks.map(\.count)
    #expect(counts[0] == length)
  }

  @Test("cuts the measured minute as coarsely as its encoder needs", arguments: VideoCodec.allCases)
  func measuredMinute(codec: VideoCodec) throws {
    let half = [0, 150, 269, 518, 544, 655, 683, 743]
    let index = VideoIndex.of(frames: 1500, keys: Set(half + half.map { $0 + 750 }))
    let expected =
      switch codec {
      case .x264: [269, 249, 225, 157, 225, 225, 55, 28, 67]
      case .x265: [269, 414, 336, 481]
      case .svtAV1: [150, 119, 249, 137, 95, 150, 119, 110, 139, 137, 95]
      case .vp9: [269, 249, 225, 157, 225, 225, 150]
      case .aomAV1: [375, 375, 375, 375]
      }
    for (width, height) in [(1280, 720), (1920, 1080)] {
      let plan = ChunkPlan(
        index: index, options: try options(["codec": [codec.rawValue]]), width: width,
        height: height)
      #expect(plan.chunks.map(\.count) == expected, "at \(height)p")
    }
  }

  @Test("cuts libsvtav1 by the distance of its key frames")
  func periodicKeyFrames() throws {
    for frames in [700, 1500, 2777, 180_000, 700_000] {
      for keys in [1, 50, 149, 250, 100_000] {
        let counts = try plan(frames: frames, keys: keys, ["codec": ["libsvtav1"]]).chunks
          .map(\.count)
        // Eight hours have longer chunks, of whole periods.
        let usual = frames == 700_000 ? 483 : 161
        let longest = max(usual, keys >= 250 ? 322 : 161)
        #expect(counts.allSatisfy { $0 <= longest }, "\(frames) frames, \(keys): \(counts.max()!)")
        #expect(counts[0] > usual / 2)
      }
    }
  }

  @Test(
    "cuts libsvtav1 at key frames 250 frames apart, but for the end", arguments: [1500, 6000])
  func usualDistanceOfPeriodic(frames: Int) throws {
    let chunks = try plan(frames: frames, keys: 250, ["codec": ["libsvtav1"]]).chunks
    let early = chunks.filter { $0.upperBound < frames * 6 / 10 }
    #expect(early.count == (frames * 6 / 10 - 1) / 250, "\(chunks)")
    #expect(early.allSatisfy { $0.upperBound % 250 == 0 }, "\(chunks)")
    let late = chunks.filter { $0.lowerBound >= frames * 8 / 10 }
    #expect(late.allSatisfy { $0.count <= 161 }, "\(chunks)")
  }

  @Test("moves no cut of libaom-av1 to a key frame some frames away")
  func nearKeyFrames() throws {
    let half = [0, 114, 150, 399, 578, 656, 706]
    let plan = ChunkPlan(
      index: .of(frames: 1500, keys: Set(half + half.map { $0 + 750 })),
      options: try options(["codec": ["libaom-av1"]]), width: 1920, height: 1080)
    #expect(plan.chunks.map(\.count) == [375, 375, 375, 375])
    let near = ChunkPlan(
      index: .of(frames: 1500, keys: [0, 380, 1120]),
      options: try options(["codec": ["libaom-av1"]]), width: 1920, height: 1080)
    #expect(near.chunks.map(\.lowerBound) == [0, 380, 753, 1120])
  }

  @Test(
    "keeps the chunks of libaom-av1 within minutes of work", arguments: [720, 1080, 2160, 4320])
  func boundedWork(height: Int) throws {
    for keys in [1, 99, 250, 100_000] {
      let plan = try plan(
        frames: 5000, keys: keys, ["codec": ["libaom-av1"]], width: height * 16 / 9,
        height: height)
      // The fewest frames of a chunk, and as much as a cut may move to meet a key frame.
      let most = max(240, 48 * plan.nominalSecondsPerFrame)
      #expect(plan.longestSeconds <= most * 1.06, "\(plan.chunks)")
    }
  }

  @Test("cuts the end for libaom-av1 finer only where several chunks fit into it")
  func longTail() throws {
    let values = ["codec": ["libaom-av1"]]
    let short = try plan(frames: 1500, keys: 1, values).chunks.map(\.count)
    #expect(short == [375, 375, 375, 375])
    let long = try plan(frames: 30_000, keys: 1, values).chunks.map(\.count)
    #expect(long[0] == 375)
    #expect(long.suffix(8).allSatisfy { (180...195).contains($0) }, "\(long.suffix(20))")
  }

  @Test("cuts inside a group of pictures when there is only one")
  func oneKeyFrame() throws {
    #expect(try plan(frames: 3000, keys: 100_000).chunks.count > 10)
  }

  @Test("cuts the last tenth four times finer")
  func tail() throws {
    let counts = try plan(frames: 30_000, keys: 1).chunks.map(\.count)
    let usual = counts[counts.count / 2]
    let ends = counts.suffix(3)
    #expect(ends.allSatisfy { $0 * 3 <= usual })
    let tail = counts.reversed().prefix { $0 * 2 < usual }.reduce(0, +)
    #expect((2400...3600).contains(tail))
  }

  @Test("makes shorter chunks of what takes longer")
  func speed() throws {
    let fast = try plan(frames: 30_000, keys: 1, ["preset": ["ultrafast"]]).chunks.count
    let slow = try plan(frames: 30_000, keys: 1, ["preset": ["veryslow"]]).chunks.count
    #expect(fast < slow)
  }

  @Test("takes the length that was asked for")
  func givenSeconds() throws {
    let chunks = try plan(frames: 1000, keys: 1, ["chunk-seconds": ["4"]]).chunks
    #expect(chunks[0] == 0..<100)
    #expect(chunks[4] == 400..<500)
  }

  @Test("knows a speed for every preset, faster ones never slower", arguments: VideoCodec.allCases)
  func table(codec: VideoCodec) {
    let speeds = codec.presets.map { codec.nominalMegapixels(preset: $0) }
    #expect(speeds.allSatisfy { $0 > 0 })
    #expect(zip(speeds, speeds.dropFirst()).allSatisfy { $0 <= $1 })
  }
}

extension VideoIndex {
  /// A video of 25 frames a second without reordering.
  static func regular(frames: Int, keysEvery: Int) -> VideoIndex {
    of(frames: frames, keys: Set(stride(from: 0, to: frames, by: keysEvery)))
  }

  static func of(frames: Int, keys: Set<Int>) -> VideoIndex {
    VideoIndex(
      stream: 0, timeBase: Rational(1, 12_800),
      packets: (0..<frames).map { number in
        VideoIndex.Packet(
          time: Int64(number) * 512, decodeTime: Int64(number) * 512, duration: 512,
          position: Int64(number) * 1000, size: 900 + number % 7, isKey: keys.contains(number),
          isHidden: false, isClean: true)
      }, frames: (0..<frames).map { VideoIndex.Frame(time: Int64($0) * 512, packet: $0) },
      lastDuration: 512, wasDecoded: false, traits: .usual, notes: ["a note"])
  }
}

extension VideoTraits {
  static let usual = VideoTraits(
    width: 1280, height: 720, format: "yuv420p", rate: Rational(25, 1),
    pixelAspect: Rational(1, 1), color: ColorDescription(primaries: 9), light: LightData(),
    isInterlaced: false, isTopFieldFirst: false, fieldOrder: 0)
}
