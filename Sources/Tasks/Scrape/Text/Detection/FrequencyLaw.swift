internal import Glibc

/// How much it costs to say a symbol, in bits, when only the order of frequencies is known.
enum FrequencyLaw {
  /// The costs of `count` symbols, the most frequent first.
  ///
  /// The probability of rank r of n letters is the mean of 1/k for k from r to n: S. M. Gusein-Zade, "On
  /// the frequency of meeting of key words and other ranked series", 1987; it fits alphabets closely.
  static func costs(count: Int) -> [Float] {
    var (costs, sum) = ([Float](), 0.0)
    for rank in stride(from: count, to: 0, by: -1) {
      sum += 1 / Double(rank)
      costs.append(Float(-log2(sum / Double(count))))
    }
    return costs.reversed()
  }

  /// The cost of each of `count` symbols that together have a share of the text.
  static func uniformCost(share: Double, among count: Int) -> Float {
    Float(-log2(share / Double(max(count, 1))))
  }
}
