/// How well each encoding explains the bytes of a page, in bits; fewer is better.
///
/// For each pair of encoding and language a small model says how many bits the page would take; the
/// pair that needs fewest is the likeliest. Everything that all pairs say alike is left out.
struct EncodingRanking {
  private(set) var costs: [EncodingName: Float] = [:]
  /// How many bytes beyond ASCII were looked at.
  let highCount: Int

  /// What the likeliest so far costs; only what may be likelier is looked at closely.
  private var least = Float.infinity

  /// What rare encodings cost from the start.
  private static let handicaps: [String: Float] = [
    "windows-1250": 2, "windows-1254": 3, "windows-1257": 3, "iso-8859-2": 4, "iso-8859-5": 6,
    "iso-8859-6": 4, "iso-8859-7": 3, "iso-8859-8": 5, "iso-8859-13": 7, "iso-8859-15": 6,
    "koi8-r": 1, "koi8-u": 4, "ibm866": 8, "macintosh": 12,
    "x-mac-cyrillic": 10, "windows-874": 2,
  ]
  /// What it is worth that the page says its language.
  private static let languageBonus: Float = 12

  /// - Parameters:
  ///   - claims: the encodings that are declared.
  ///   - favor: by how many bits a declared one may be favored later; without end, no model is given up.
  init(_ bytes: [UInt8], claims: [EncodingName] = [], favor: (_ highCount: Int) -> Float) {
    let text = TextRuns(bytes)
    highCount = text.highCount
    let language = MetaPrescan.language(in: bytes)
    for model in DoubleByteModel.all {
      let bonus = model.language == language ? Self.languageBonus : 0
      note(model.encoding, model.cost(of: text) - bonus)
    }
    rankSingleBytes(text, language, claims, favor(highCount))
  }

  /// A model on its way through the text.
  private struct Candidate {
    var place: Int
    var cost: Float
    /// What is subtracted from the cost at the end.
    var bonus: Float
  }

  /// So many bytes beyond ASCII tell which model is worth trying first.
  private static let firstLook = 40

  /// All models look at the beginning; then the likeliest goes on first, so that most of the others are
  /// soon known to be behind it.
  private mutating func rankSingleBytes(
    _ text: TextRuns, _ language: String?, _ claims: [EncodingName], _ favor: Float
  ) {
    let looked = text.runs(holding: Self.firstLook)
    var candidates: [Candidate] = []
    candidates.reserveCapacity(SingleByteModel.all.count)
    for (place, model) in SingleByteModel.all.enumerated() {
      let isOurs = model.language.code == language
      let handicap = Self.handicaps[model.encoding.text] ?? 0
      var candidate = Candidate(
        place: place, cost: -model.wordBonus(text, place: place),
        bonus: (isOurs ? Self.languageBonus : 0) - handicap)
      model.add(runs: 0..<looked, of: text, to: &candidate.cost, limit: .infinity)
      candidates.append(candidate)
    }
    candidates.sort { ($0.cost - $0.bonus, $0.place) < ($1.cost - $1.bonus, $1.place) }
    for var candidate in candidates {
      let model = SingleByteModel.all[candidate.place]
      // A bit more, so that what is given up never equals the best.
      let isFavored = favor == .infinity || claims.contains(model.encoding)
      let margin = 1 + (isFavored ? favor : 0)
      model.add(
        runs: looked..<text.runs.count, of: text, to: &candidate.cost,
        limit: least + candidate.bonus + margin)
      let isOurs = model.language.code == language
      note(model.encoding, candidate.cost - (isOurs ? Self.languageBonus : 0))
    }
  }

  private mutating func note(_ encoding: EncodingName, _ cost: Float) {
    let full = cost + (Self.handicaps[encoding.text] ?? 0)
    costs[encoding] = min(costs[encoding] ?? .infinity, full)
    least = min(least, full)
  }

  /// Whether there is a model of an encoding.
  func canJudge(_ encoding: EncodingName) -> Bool { costs[encoding] != nil }

  /// Makes an encoding likelier than its bytes alone say.
  mutating func favor(_ encoding: EncodingName, by bits: Float) {
    costs[encoding]? -= bits
  }

  /// The likeliest encoding; the name decides between equals.
  var best: (encoding: EncodingName, cost: Float) {
    let least = costs.min { ($0.value, $0.key.text) < ($1.value, $1.key.text) }
    return least.map { ($0.key, $0.value) } ?? (.windows1252, .infinity)
  }

  /// Whether the best encoding makes text of the bytes at all, rather than noise.
  var isPlausible: Bool { best.cost < Float(highCount) * 11 + 20 }
}
