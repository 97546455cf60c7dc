/// Videos in chunks next to whole-file ffmpeg; long files; how it would scale.
///
/// Without arguments everything, which takes some two hours on two cores. Arguments choose: names of
/// encoders, `720p`, `1080p`, seconds of the clips (`20s`), turns (`3x`), and the parts `long` and
/// `scaling`.
struct EncodeBenchmark {
  private var encoders: [EncodeContest.Encoder] = []
  private var heights: [Int] = []
  private var seconds = 60
  private var turns: Int?
  private var parts: Set<String> = []

  static func run(_ arguments: [String]) -> Bool {
    guard Program.isBuilt(), Shell.output(["ffmpeg", "-version"]).isSuccess else {
      print("encode: the program and Debian's ffmpeg are needed")
      return false
    }
    var benchmark = EncodeBenchmark()
    for argument in arguments {
      guard benchmark.take(argument) else {
        print("encode takes encoders, 720p, 1080p, seconds (20s), turns (3x), long and scaling")
        return false
      }
    }
    return benchmark.run()
  }

  private mutating func take(_ word: String) -> Bool {
    if let encoder = EncodeContest.encoders.first(where: { $0.name == word }) {
      encoders.append(encoder)
    } else if let height = ["720p": 720, "1080p": 1080][word] {
      heights.append(height)
    } else if let number = Int(word.dropLast()), number > 0, word.hasSuffix("s") {
      seconds = number
    } else if let number = Int(word.dropLast()), number > 0, word.hasSuffix("x") {
      turns = number
    } else if ["long", "scaling"].contains(word) {
      parts.insert(word)
    } else {
      return false
    }
    return true
  }

  private func run() -> Bool {
    let isEverything = encoders.isEmpty && heights.isEmpty && parts.isEmpty
    var isRight = true
    if isEverything || !encoders.isEmpty || !heights.isEmpty {
      print("encode: chunks next to whole-file ffmpeg with automatic threads, same settings")
      for height in heights.isEmpty ? [720, 1080] : heights {
        let clip = EncodeClip(width: height * 16 / 9, height: height, seconds: seconds)
        guard clip.make() else { return false }
        for encoder in encoders.isEmpty ? EncodeContest.encoders : encoders {
          isRight = EncodeContest(encoder, clip).run(turns: turns) && isRight
        }
      }
    }
    guard isEverything || !parts.isEmpty else { return isRight }
    guard let costs = LongVideoBenchmark.run() else { return false }
    if isEverything || parts.contains("scaling") {
      isRight = ScalingModel.run(seconds: seconds, costs) && isRight
    }
    return isRight
  }
}
