import BatchCore
import Commands
import SampleTask
import Testing

@Suite("Near miss")
struct NearMissTests {
  @Test(
    "distances are the fewest edits",
    arguments: [
      ("", "", 0), ("a", "", 1), ("kitten", "sitting", 3), ("ab", "ba", 1),
      ("worekrs", "workers", 1),
      ("--wrokers", "--workers", 1), ("verify", "verfiy", 1), ("status", "stats", 1),
      // The restricted form: no letter is edited twice, so this is not 2.
      ("ca", "abc", 3),
    ])
  func distances(a: String, b: String, edits: Int) {
    #expect(NearMiss.distance(Array(a.utf8), Array(b.utf8)) == edits)
    #expect(NearMiss.distance(Array(b.utf8), Array(a.utf8)) == edits)
  }

  @Test("the table gives what the definition gives, on random words")
  func definition() {
    let seed = PropertySeed.next
    var random = SeededRandom(seed: seed)
    for _ in 0..<300 {
      let (a, b) = (Self.word(&random), Self.word(&random))
      #expect(
        NearMiss.distance(a, b) == Self.naive(a[...], b[...]), "seed \(seed), words \(a) and \(b)")
    }
  }

  @Test("the nearest word wins, and a word like none of them gets no suggestion")
  func suggestions() {
    let known = ["--workers", "--retries", "--retry-failed", "--output"]
    #expect(NearMiss.of("--wrokers", among: known) == "--workers")
    #expect(NearMiss.of("--retrys", among: known) == "--retries")
    #expect(NearMiss.of("--OUTPUT", among: known) == "--output")
    #expect(NearMiss.of("--retry", among: known) == "--retry-failed")
    #expect(NearMiss.of("--work", among: known) == "--workers")
    #expect(NearMiss.of("--re", among: known) == nil)
    #expect(NearMiss.of("--colour", among: known) == nil)
    #expect(NearMiss.of("x", among: []) == nil)
  }

  /// The definition of optimal string alignment, as a recursion over the last letters.
  private static func naive(_ a: ArraySlice<UInt8>, _ b: ArraySlice<UInt8>) -> Int {
    guard let lastA = a.last, let lastB = b.last else { return a.count + b.count }
    var best = min(
      naive(a.dropLast(), b) + 1, naive(a, b.dropLast()) + 1,
      naive(a.dropLast(), b.dropLast()) + (lastA == lastB ? 0 : 1))
    if a.count > 1, b.count > 1, a.dropLast().last == lastB, b.dropLast().last == lastA {
      best = min(best, naive(a.dropLast(2), b.dropLast(2)) + 1)
    }
    return best
  }

  /// A short word of three letters, so that two of them have letters in common.
  private static func word(_ random: inout SeededRandom) -> [UInt8] {
    (0..<Int.random(in: 0...5, using: &random)).map { _ in
      UInt8.random(in: UInt8(ascii: "a")...UInt8(ascii: "c"), using: &random)
    }
  }
}
