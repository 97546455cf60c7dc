/// How well each encoding explains the bytes of a page, in bits; fewer is better.
///
/// For each pair of encoding and language a small model says how many bits the page would take; the
/// pair that needs fewest is the likeliest. Everything that all pairs say alike is left out.
struct EncodingRanking {
  private(set) var costs: [EncodingName: Float] = [:]
  /// How many bytes beyond ASCII were looked at.
  let highCount: Int

  private var least = Float.infinity
  /// So many bits behind the best, no declaration makes up for it.
  private var hopeless: Float { 60 + Float(highCount) * 0.6 }

  private static let singleByteModels: [SingleByteModel] = Language.all.flatMap { language in
    language.encodings.map {
      SingleByteModel(encoding: EncodingName(known: $0), language: language)
    }
  }

  /// What rare encodings cost from the start.
  private static let handicaps: [String: Float] = [
    "windows-1250": 2, "windows-1254": 3, "windows-1257": 3, "iso-8859-2": 4, "iso-8859-5": 6,
    "iso-8859-6": 4, "iso-8859-7": 3, "iso-8859-8": 5, "iso-8859-13": 7, "iso-8859-15": 6,
    "koi8-r": 1, "koi8-u": 4, "ibm866": 8, "macintosh": 12,
    "x-mac-cyrillic": 10, "windows-874": 2,
  ]
  /// What it is worth that the page says its language.
  private static let languageBonus: Float = 12

  init(_ bytes: [UInt8]) {
    let text = TextRuns(bytes)
    highCount = text.highCount
    let language = MetaPrescan.language(in: bytes)
    for model in DoubleByteModel.all {
      let bonus = model.language == language ? Self.languageBonus : 0
      note(model.encoding, model.cost(of: text) - bonus)
    }
    for model in Self.singleByteModels {
      let bonus = model.language.code == language ? Self.languageBonus : 0
      note(model.encoding, model.cost(of: text, limit: least + hopeless) - bonus)
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
