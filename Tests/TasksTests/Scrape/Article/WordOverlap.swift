/// How much two texts agree in their words, counted with repetitions.
struct WordOverlap {
  let precision: Double
  let recall: Double

  var f1: Double { precision + recall == 0 ? 0 : 2 * precision * recall / (precision + recall) }

  init(found: String, expected: String) {
    let (found, expected) = (Self.words(found), Self.words(expected))
    var left = expected.reduce(into: [String: Int]()) { $0[$1, default: 0] += 1 }
    var shared = 0
    for word in found {
      guard let count = left[word], count > 0 else { continue }
      left[word] = count - 1
      shared += 1
    }
    precision = found.isEmpty ? 0 : Double(shared) / Double(found.count)
    recall = expected.isEmpty ? 0 : Double(shared) / Double(expected.count)
  }

  /// Words of letters and digits; each Chinese character is one.
  static func words(_ text: String) -> [String] {
    text.lowercased().split { !$0.isLetter && !$0.isNumber }.flatMap { word in
      word.allSatisfy(\.isASCII) || word.contains(where: \.isASCII)
        ? [String(word)] : word.map { String($0) }
    }
  }
}
