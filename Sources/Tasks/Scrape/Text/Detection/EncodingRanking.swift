/// How well each encoding explains the bytes of a page, in bits; fewer is better.
///
/// For each pair of encoding and language a small model says how many bits the page would take; the
/// pair that needs fewest is the likeliest. Everything that all pairs say alike is left out.
struct EncodingRanking {
  /// The cost of each encoding that a model knows, by its place in `EncodingModels.encodings`.
  private var costs = [Float](repeating: .infinity, count: EncodingModels.encodings.count)
  /// How many bytes beyond ASCII were looked at.
  let highCount: Int

  /// - Parameters:
  ///   - claims: the encodings that are declared.
  ///   - favor: by how many bits a declared one may be favored later; without end, no model is given up.
  init(_ bytes: [UInt8], claims: [EncodingName] = [], favor: (_ highCount: Int) -> Float) {
    let text = TextRuns(bytes)
    highCount = text.highCount
    let language = MetaPrescan.language(in: bytes)
    for model in DoubleByteModel.all {
      let bonus = model.language == language ? EncodingModels.languageBonus : 0
      note(EncodingModels.place(of: model.encoding), model.cost(of: text) - bonus)
    }
    let margin = favor(highCount)
    let favored = Set(claims.compactMap { EncodingModels.places[$0] })
    var search = ModelSearch(text, language, least: costs.min() ?? .infinity)
    search.run { margin == .infinity || favored.contains($0) ? margin : 0 }
    for candidate in search.candidates {
      note(candidate.model.encodingPlace, candidate.cost - candidate.bonus)
    }
  }

  private mutating func note(_ place: Int?, _ cost: Float) {
    guard let place else { return }
    costs[place] = min(costs[place], cost)
  }

  /// Whether there is a model of an encoding.
  func canJudge(_ encoding: EncodingName) -> Bool { EncodingModels.places[encoding] != nil }

  /// Makes an encoding likelier than its bytes alone say.
  mutating func favor(_ encoding: EncodingName, by bits: Float) {
    if let place = EncodingModels.places[encoding] { costs[place] -= bits }
  }

  /// The likeliest encoding; the name decides between equals.
  var best: (encoding: EncodingName, cost: Float) {
    let names = EncodingModels.encodings
    let least = costs.indices.min { (costs[$0], names[$0].text) < (costs[$1], names[$1].text) }
    return least.map { (names[$0], costs[$0]) } ?? (.windows1252, .infinity)
  }

  /// Whether the best encoding makes text of the bytes at all, rather than noise.
  var isPlausible: Bool { best.cost < Float(highCount) * 11 + 20 }
}

/// Follows the models of single-byte encodings through a text, always the likeliest so far.
///
/// A cost never falls on the way, and the largest part of it is known from the start. So when the
/// likeliest is through, the others are behind it, and most of them are known to be so after a few words.
private struct ModelSearch {
  struct Candidate {
    let model: SingleByteModel
    var cost: Float
    /// What is subtracted from the cost at the end.
    let bonus: Float
    /// The run of the text that comes next.
    var next = 0
  }

  private let text: TextRuns
  private(set) var candidates: [Candidate]
  /// What the likeliest costs that is through.
  private var least: Float

  /// So many runs are added at a time.
  private static let stride = 6

  init(_ text: TextRuns, _ language: String?, least: Float) {
    self.text = text
    self.least = least
    candidates = SingleByteModel.all.map { model in
      let isOurs = model.language.code == language
      return Candidate(
        model: model, cost: model.byteCost(of: text) - model.wordBonus(text),
        bonus: (isOurs ? EncodingModels.languageBonus : 0) - model.handicap)
    }
  }

  /// - Parameter margin: by how many bits an encoding may be behind and still win.
  mutating func run(margin: (_ encodingPlace: Int) -> Float) {
    while let place = likeliest { step(place) }
    for place in candidates.indices {
      let margin = margin(candidates[place].model.encodingPlace)
      guard margin > 0 else { continue }
      while !isThrough(place), rank(place) < least + margin + 1 { step(place) }
    }
  }

  private func rank(_ place: Int) -> Float { candidates[place].cost - candidates[place].bonus }
  private func isThrough(_ place: Int) -> Bool { candidates[place].next >= text.runs.count }

  /// The likeliest that is not through, when it may still win; a bit more is asked of it, so that what
  /// is given up never equals the best.
  private var likeliest: Int? {
    var best: Int?
    var lowest = least + 1
    for place in candidates.indices where rank(place) < lowest && !isThrough(place) {
      (best, lowest) = (place, rank(place))
    }
    return best
  }

  private mutating func step(_ place: Int) {
    let next = min(candidates[place].next + Self.stride, text.runs.count)
    let model = candidates[place].model
    for run in text.runs[candidates[place].next..<next] {
      candidates[place].cost += model.cost(of: run, in: text.bytes)
    }
    candidates[place].next = next
    if isThrough(place) { least = min(least, rank(place)) }
  }
}

/// The encodings that models know, and what counts for all models.
enum EncodingModels {
  static let encodings: [EncodingName] = {
    var seen = Set<EncodingName>()
    let all = DoubleByteModel.all.map(\.encoding) + SingleByteModel.encodings
    return all.filter { seen.insert($0).inserted }
  }()

  static let places: [EncodingName: Int] = Dictionary(
    uniqueKeysWithValues: encodings.enumerated().map { ($1, $0) })

  static func place(of encoding: EncodingName) -> Int? { places[encoding] }

  /// What it is worth that the page says its language.
  static let languageBonus: Float = 12

  /// What rare encodings cost from the start.
  static let handicaps: [String: Float] = [
    "windows-1250": 2, "windows-1254": 3, "windows-1257": 3, "iso-8859-2": 4, "iso-8859-5": 6,
    "iso-8859-6": 4, "iso-8859-7": 3, "iso-8859-8": 5, "iso-8859-13": 7, "iso-8859-15": 6,
    "koi8-r": 1, "koi8-u": 4, "ibm866": 8, "macintosh": 12,
    "x-mac-cyrillic": 10, "windows-874": 2,
  ]
}
