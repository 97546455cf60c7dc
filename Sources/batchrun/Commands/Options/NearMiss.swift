/// The known word that a mistyped one was probably meant to be.
package enum NearMiss {
  /// The nearest of the known words, when it is near enough to be worth a suggestion.
  ///
  /// A third of the letters may be wrong, and one at least; the first of equally near words wins. A word
  /// of which the beginning was typed counts as near as well.
  package static func of(_ word: String, among known: [String]) -> String? {
    let letters = Array(word.lowercased().utf8)
    let allowed = max(1, letters.count { $0 != UInt8(ascii: "-") } / 3)
    let ranked = known.map { (name: $0, distance: distance(letters, Array($0.lowercased().utf8))) }
    if let best = ranked.min(by: { $0.distance < $1.distance }), best.distance <= allowed {
      return best.name
    }
    let beginnings = known.filter { $0.hasPrefix(word) }
    return letters.count > 3 && beginnings.count == 1 ? beginnings[0] : nil
  }

  /// The Damerau-Levenshtein distance: inserted, left out, wrong and swapped neighbouring letters.
  ///
  /// The restricted form (optimal string alignment), in which no letter is edited twice.
  /// - Complexity: O(a.count × b.count).
  package static func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
    var beforeLast = [Int](repeating: 0, count: b.count + 1)
    var last = Array(0...b.count)
    for i in 0..<a.count {
      var row = [i + 1]
      for j in 0..<b.count {
        var best = min(last[j + 1] + 1, row[j] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
          best = min(best, beforeLast[j - 1] + 1)
        }
        row.append(best)
      }
      beforeLast = last
      last = row
    }
    return last[b.count]
  }
}
