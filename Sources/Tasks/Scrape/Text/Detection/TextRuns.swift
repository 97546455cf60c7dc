/// The part of a page that tells encodings apart: words with bytes beyond ASCII.
struct TextRuns {
  /// The page, of which the models look at the bytes before `end`.
  let bytes: [UInt8]
  let end: Int
  /// Runs of letters and bytes beyond ASCII with at least one of the latter, as half-open ranges.
  let runs: [Range<Int>]
  /// How many bytes beyond ASCII there are.
  let highCount: Int
  /// Which bytes beyond ASCII there are, and how often.
  let highBytes: [(byte: UInt8, count: Int)]
  /// How many ASCII words of each language stand in the text between tags, by the language's place.
  let wordHits: [Int]
  /// How many frequent words of each single-byte model there are, by the model's place.
  let accentHits: [Int]

  /// More bytes than this make no verdict surer.
  private static let enough = 600

  init(_ bytes: [UInt8]) {
    var (runs, high, start) = ([Range<Int>](), 0, 0)
    var (isHigh, isTag) = (false, false)
    var end = 0
    var hits = [Int](repeating: 0, count: Language.all.count)
    var counts = [Int](repeating: 0, count: 256)
    let words = FrequentWords.languages
    func close() {
      if start < end {
        if isHigh {
          runs.append(start..<end)
        } else if !isTag, let word = ShortWord(bytes[start..<end]) {
          for language in words[word] ?? [] { hits[language] += 1 }
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
        counts[Int(byte)] += 1
      } else if !(0x61...0x7A).contains(byte | 0x20) {
        close()
        if byte == 0x3C { isTag = true } else if byte == 0x3E { isTag = false }
      }
      end += 1
    }
    close()
    self.bytes = bytes
    self.end = end
    self.runs = runs
    highCount = high
    highBytes = (UInt8(0x80)...0xFF).filter { counts[Int($0)] > 0 }.map { ($0, counts[Int($0)]) }
    wordHits = hits
    accentHits = Self.accentHits(bytes, runs)
  }

  private static func accentHits(_ bytes: [UInt8], _ runs: [Range<Int>]) -> [Int] {
    var hits = [Int](repeating: 0, count: SingleByteModel.all.count)
    let words = FrequentWords.models
    for run in runs {
      guard let key = FrequentWords.key(bytes[run]), let models = words[key] else { continue }
      for model in models { hits[model] += 1 }
    }
    return hits
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

/// The words that tell languages apart, and whose they are.
enum FrequentWords {
  /// The languages of each ASCII word, by their places.
  static let languages: [ShortWord: [Int]] = {
    var result: [ShortWord: [Int]] = [:]
    for (place, language) in Language.all.enumerated() {
      for word in language.words { result[word, default: []].append(place) }
    }
    return result
  }()

  /// The models of each word with letters beyond ASCII, as bytes, by their places.
  static let models: [UInt64: [Int]] = {
    var result: [UInt64: [Int]] = [:]
    for (place, model) in SingleByteModel.all.enumerated() {
      for word in model.words { if let key = key(word) { result[key, default: []].append(place) } }
    }
    return result
  }()

  /// A word of at most eight bytes as a number.
  static func key(_ word: ArraySlice<UInt8>) -> UInt64? {
    guard word.count <= 8 else { return nil }
    return word.reduce(0) { $0 << 8 | UInt64($1) }
  }
}
