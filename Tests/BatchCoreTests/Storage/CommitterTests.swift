import BatchCore
import Testing

@Suite("The committer")
struct CommitterTests {
  private func part(_ items: Range<Int>) -> Part {
    Part(items: items, bytes: ByteBuffer(items.map { UInt8($0 % 251) }), failures: [])
  }

  /// Plays the writes on two files of bytes.
  private struct Disk {
    var output: [UInt8] = []
    var early: [UInt8] = []

    mutating func play(_ writes: [Committer.Write]) {
      for write in writes {
        switch write {
        case .append(let part, let offset):
          #expect(offset == output.count)
          unsafe output += part.bytes.withBytes { unsafe Array($0) }
        case .appendEarly(let part, let offset):
          #expect(offset == output.count)
          output += early[part.offset..<part.offset + part.length]
        case .spill(let part, let offset):
          #expect(offset == early.count)
          unsafe early += part.bytes.withBytes { unsafe Array($0) }
        }
      }
    }
  }

  @Test("writes parts that arrive in any order in input order, each once", arguments: 0..<50)
  func anyOrder(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    var parts: [Range<Int>] = []
    var next = 0
    while next < 400 {
      let end = min(400, next + 1 + Int(random.unit() * 20))
      parts.append(next..<end)
      next = end
    }
    parts.shuffle(using: &random)
    var committer = Committer(outputEnd: 0)
    var disk = Disk()
    var now = 0.0
    for items in parts {
      now += random.unit() * 0.2
      let isNew = committer.accept(part(items), now: now)
      #expect(isNew, "seed \(seed)")
      if random.unit() < 0.3 {
        let isNewAgain = committer.accept(part(items), now: now)
        #expect(!isNewAgain, "seed \(seed)")
      }
      if random.unit() < 0.6 { disk.play(committer.dueWrites(now: now)) }
    }
    disk.play(committer.dueWrites(now: now, all: true))
    #expect(disk.output == (0..<400).map { UInt8($0 % 251) }, "seed \(seed)")
    #expect(committer.frontier == 400)
    #expect(!committer.hasWaiting)
  }

  @Test("puts a part that has waited half a second into the file of early results")
  func patience() {
    var committer = Committer(outputEnd: 0)
    _ = committer.accept(part(5..<8), now: 1)
    let soon = committer.dueWrites(now: 1.4)
    #expect(soon.isEmpty)
    let later = committer.dueWrites(now: 1.6)
    #expect(later.count == 1)
    #expect(committer.earlyEnd == 3)
  }

  @Test("keeps no more than its share of memory waiting")
  func memory() {
    var committer = Committer(outputEnd: 0)
    var spilled = 0
    for first in 1..<40 {
      let bytes = ByteBuffer([UInt8](repeating: 0, count: 1 << 20))
      _ = committer.accept(Part(items: first..<first + 1, bytes: bytes, failures: []), now: 0)
      spilled += committer.dueWrites(now: 0).count
    }
    #expect(spilled == 39 - Committer.memoryBytes >> 20)
  }
}
