import FuzzTargets
import Testing

extension FuzzTarget: CustomTestStringConvertible {
  public var testDescription: String { name }
}

@Suite("What the fuzzer checks")
struct FuzzTargetTests {
  @Test("is true of the inputs that it begins with", arguments: FuzzTarget.all)
  func seeds(target: FuzzTarget) {
    let seeds = target.seeds()
    #expect(!seeds.isEmpty)
    for (number, seed) in seeds.enumerated() {
      let fault = target.check(seed)
      #expect(fault == nil, "\(target.name), seed \(number)")
    }
  }

  @Test("is true of damaged ones", arguments: FuzzTarget.all, UInt64(1)...3)
  func damaged(target: FuzzTarget, seed: UInt64) throws {
    var random = PageMutation.SeededSequence(seed: seed)
    let seeds = target.seeds()
    for round in 0..<40 {
      var bytes = try #require(seeds.randomElement(using: &random))
      for _ in 0..<Int.random(in: 1...8, using: &random) {
        damage(&bytes, words: target.words, &random)
      }
      let fault = target.check(Array(bytes.prefix(target.longestInput)))
      #expect(fault == nil, "\(target.name), seed \(seed), round \(round): \(bytes)")
    }
  }

  private func damage(
    _ bytes: inout [UInt8], words: [String], _ random: inout PageMutation.SeededSequence
  ) {
    let place = Int.random(in: 0...bytes.count, using: &random)
    let end = min(bytes.count, place + Int.random(in: 1...64, using: &random))
    switch Int.random(in: 0...4, using: &random) {
    case 0: bytes.removeSubrange(place..<end)
    case 1: bytes.insert(contentsOf: bytes[place..<end], at: place)
    case 2 where place < bytes.count: bytes[place] = UInt8.random(in: 0...255, using: &random)
    case 3: bytes.insert(UInt8.random(in: 0...255, using: &random), at: place)
    default: bytes.insert(contentsOf: (words.randomElement(using: &random) ?? "").utf8, at: place)
    }
  }
}
