/// The part of a page that tells encodings apart: words with bytes beyond ASCII.
struct TextRuns {
  /// The start of the page, as much as the models look at.
  let bytes: ArraySlice<UInt8>
  /// Runs of letters and bytes beyond ASCII with at least one of the latter, as half-open ranges.
  let runs: [Range<Int>]
  /// How many bytes beyond ASCII there are.
  let highCount: Int
  /// How often each short run occurs.
  let runCounts: [ArraySlice<UInt8>: Int]
  /// How often each of the ASCII words of the languages stands in the text between tags.
  let wordCounts: [ShortWord: Int]

  /// More bytes than this make no verdict surer.
  private static let enough = 600

  init(_ bytes: [UInt8]) {
    var (runs, high, start) = ([Range<Int>](), 0, 0)
    var (isHigh, isTag) = (false, false)
    var (end, counts) = (0, [ShortWord: Int]())
    func close() {
      if start < end {
        if isHigh {
          runs.append(start..<end)
        } else if !isTag, let word = ShortWord(bytes[start..<end]), LanguageWords.all.contains(word)
        {
          counts[word, default: 0] += 1
        }
      }
      isHigh = false
      start = end + 1
    }
    while end < bytes.count && high < Self.enough {
      let byte = bytes[end]
      if byte >= 0x80 {
        isHigh = true
        high += 1
      } else if !(0x61...0x7A).contains(byte | 0x20) {
        close()
        if byte == 0x3C { isTag = true } else if byte == 0x3E { isTag = false }
      }
      end += 1
    }
    close()
    self.bytes = bytes[..<end]
    self.runs = runs
    highCount = high
    runCounts = runs.lazy.filter { $0.count <= 8 }.reduce(into: [:]) { counts, run in
      counts[bytes[run], default: 0] += 1
    }
    wordCounts = counts
  }
}

/// An ASCII word of at most eight letters, case aside.
struct ShortWord: Hashable, Sendable {
  private let letters: UInt64

  init?(_ bytes: some Collection<UInt8>) {
    guard bytes.count <= 8 else { return nil }
    letters = bytes.reduce(0) { $0 << 8 | UInt64($1 | 0x20) }
  }
}

/// All words of all languages.
private enum LanguageWords {
  static let all = Set(Language.all.flatMap(\.words))
}
