import BatchCore

/// Seeded words, sentences and titles for drawn pages.
struct PageProse: Sendable {
  private static let words = """
    model data learning method graph network training sample estimate bound error function space
    policy agent reward language token attention layer kernel matrix vector gradient descent convex
    stochastic variance bias robust sparse dense deep shallow latent prior posterior inference signal
    noise image object scene video audio speech text corpus label class cluster tree forest boost
    margin loss risk regret market price volatility return asset portfolio equity debt default firm
    rate growth policy treatment effect control trial cohort patient protein cell gene mutation tissue
    enzyme receptor membrane particle field lattice spin quantum state energy entropy temperature
    pressure flow surface boundary wave frequency spectrum filter channel code cache thread process
    memory storage query index table record schema protocol packet server client request we show that
    this these which under over with from into between across given when where while both each more
    less than as good better best new simple general efficient accurate large small high low fast slow
    first second several many most often rarely never always can may should does improves reduces
    achieves requires provides yields extends compares measures explains predicts observes reports
    """.split(whereSeparator: \.isWhitespace).map(String.init)
  private static let names = [
    "Inês Duarte", "Wei Tan", "Mary O'Neill", "Jörg Weiß", "Amara Okafor", "Łukasz Zieliński",
    "Priya Raman", "Tom Baker", "Søren Holm", "Chloé Martin", "Ana María Ríos", "Kenji Mori",
  ]
  /// Now and then something that has to be escaped or lies beyond ASCII.
  private static let spices = ["R&D", "p < 0.05", "naïve", "α-stable", "“sharp”", "α > β", "O(n²)"]

  /// What bodies of pages are filled with.
  let pool: [String]

  init(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    pool = (0..<4000).map { _ in Self.sentence(&random) }
  }

  static func sentence(_ random: inout SeededRandom) -> String {
    var words = (0..<8 + Int(random.unit() * 18)).map { _ in Self.pick(Self.words, &random) }
    words[0] = words[0].prefix(1).uppercased() + words[0].dropFirst()
    if random.unit() < 0.15 { words[words.count / 2] += "," }
    if random.unit() < 0.08 { words[words.count / 3 + 1] = pick(spices, &random) }
    return words.joined(separator: " ") + "."
  }

  /// Four to ten words, each with a capital.
  static func title(_ random: inout SeededRandom) -> String {
    var words = (0..<4 + Int(random.unit() * 7)).map { _ in
      let word = pick(Self.words, &random)
      return word.prefix(1).uppercased() + word.dropFirst()
    }
    if random.unit() < 0.1 { words[2] = "R&D" }
    if random.unit() < 0.2 { words[1] += ":" }
    return words.joined(separator: " ")
  }

  /// Four to nine sentences.
  static func abstract(_ random: inout SeededRandom) -> String {
    (0..<4 + Int(random.unit() * 6)).map { _ in sentence(&random) }.joined(separator: " ")
  }

  static func authors(_ random: inout SeededRandom) -> [String] {
    let first = Int(random.unit() * Double(names.count))
    return (0..<1 + Int(random.unit() * 5)).map { names[(first + $0) % names.count] }
  }

  func sentence(_ random: inout SeededRandom) -> String { Self.pick(pool, &random) }

  static func pick<Element>(_ all: [Element], _ random: inout SeededRandom) -> Element {
    all[Int(random.unit() * Double(all.count))]
  }
}

extension String {
  /// As it stands in HTML, between tags and in quotes.
  var escapedForHTML: String {
    guard utf8.contains(where: { "&<>\"".utf8.contains($0) }) else { return self }
    var text = ""
    for character in self {
      switch character {
      case "&": text += "&amp;"
      case "<": text += "&lt;"
      case ">": text += "&gt;"
      case "\"": text += "&quot;"
      default: text.append(character)
      }
    }
    return text
  }
}
