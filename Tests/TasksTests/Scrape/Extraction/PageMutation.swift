import PageSamples

/// Seeded damage to pages: what editors, networks and broken programs do to HTML.
struct PageMutation {
  var generator: SeededSequence

  init(seed: UInt64) { generator = SeededSequence(seed: seed) }

  /// SplitMix64: the same seed gives the same damage on every machine.
  struct SeededSequence: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var z = state
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      return z ^ (z >> 31)
    }
  }

  /// What may be put into a page anywhere, also into the middle of a tag or a word.
  private static let inserts = [
    "<b>", "</b>", "</i>", "</div>", "<div>", "<p>", "</p>", "<h2>Abstract</h2>", "<!-- ", " -->",
    "<body>", "</head>", "<head>", "</body>", "&#97;", "&amp;", "&nbsp;", "<", ">", "\"", "'", "\0",
    "<script>", "</script>",
    "<meta name=citation_abstract content='A different text, put in here to see.'>",
    "<meta property=og:description content=\"Something else about stones and baskets.\">",
    "<h1>Page not found</h1>", "<div class=abstract>",
    "<div id=abstract>Short, but an abstract.</div>",
    "<script type=\"application/ld+json\">{\"@type\":\"Article\",\"headline\":\"Other\"}</script>",
    "<time datetime=2001-02-03>", "<a rel=author>Cy Rock</a>", "<h4>Abstract</h4><p>", "\u{FFFE}",
    "<textarea>", "<noscript><img src=x></noscript>", "<table><tr><td>", "<title>", "Abstract",
    "<section class=abstract>", "<strong>Abstract</strong>", "é", "\u{1F600}", "\n\n", "\t",
  ]

  /// Pages of the templates, damaged and filled up; some with much text between their parts.
  mutating func page() -> [UInt8] {
    let template = PageTemplate.all[Int.random(in: 0..<PageTemplate.all.count, using: &generator)]
    var bytes = Array(template.html.utf8)
    for _ in 0..<Int.random(in: 0...6, using: &generator) { damage(&bytes) }
    return bytes
  }

  private mutating func damage(_ bytes: inout [UInt8]) {
    guard bytes.count > 8 else { return }
    let place = Int.random(in: 0..<bytes.count, using: &generator)
    let end = min(bytes.count, place + Int.random(in: 1...200, using: &generator))
    switch Int.random(in: 0...8, using: &generator) {
    case 0: bytes.removeSubrange(place..<end)
    case 1: bytes.insert(contentsOf: bytes[place..<end], at: place)
    case 2: bytes.removeSubrange(place...)
    case 3: bytes[place] = UInt8.random(in: 0...255, using: &generator)
    case 4: bytes.insert(contentsOf: filler(), at: tagPlace(bytes, place))
    case 5: swapCase(&bytes, place..<end)
    default:
      let text = Self.inserts[Int.random(in: 0..<Self.inserts.count, using: &generator)]
      bytes.insert(contentsOf: Array(text.utf8), at: place)
    }
  }

  /// The beginning of a tag near a place, so that what is inserted there is text.
  private func tagPlace(_ bytes: [UInt8], _ place: Int) -> Int {
    bytes[place...].firstIndex(of: UInt8(ascii: "<")) ?? bytes.count
  }

  private func swapCase(_ bytes: inout [UInt8], _ range: Range<Int>) {
    for index in range where (bytes[index] | 0x20) >= 0x61 && (bytes[index] | 0x20) <= 0x7A {
      bytes[index] ^= 0x20
    }
  }

  /// A few to many blocks of text without anything of interest.
  private mutating func filler() -> [UInt8] {
    let count = Int.random(in: 1...120, using: &generator)
    return Array(
      (0..<count).map {
        "<p class=\"line n\($0)\">Stone \($0) lies beside stone \($0 + 1), as it was.</p>"
      }
      .joined(separator: "\n").utf8)
  }

  /// Sizes of chunks as a network may deliver them.
  mutating func chunks() -> [Int] {
    let most = [1, 7, 100, 1500, 4096, 40_000][Int.random(in: 0...5, using: &generator)]
    return (0..<5).map { _ in Int.random(in: 1...most, using: &generator) }
  }
}
