import BatchCore
import Testing

@Suite("Permits")
struct PermitsTests {
  private struct Failed: Error {}

  @Test("let so many threads compute at once, and no more")
  func atOnce() {
    let permits = Permits(3)
    let (entered, leave, left) = (Mailbox<Int>(), Mailbox<Int>(), Mailbox<Int>())
    for number in 0..<8 {
      WorkThread.start("holder") {
        permits.hold(whileWaiting: {}) {
          entered.post(number)
          _ = leave.takeFirst()
        }
        left.post(number)
      }
    }
    var inside: Set<Int> = []
    for _ in 0..<3 { inside.insert(entered.takeFirst()) }
    var more: [Int] = []
    entered.receive(into: &more, waiting: 0.1)
    #expect(more.isEmpty, "three are inside, and \(more) came, too")
    for _ in 0..<5 {
      leave.post(1)
      inside.insert(entered.takeFirst())
    }
    for _ in 0..<3 { leave.post(1) }
    #expect(Set((0..<8).map { _ in left.takeFirst() }) == Set(0..<8))
    #expect(inside == Set(0..<8))
  }

  @Test("come back from a body that throws, and from a holder that never ends")
  func givenBack() {
    let permits = Permits(1)
    #expect(throws: Failed.self) {
      try permits.hold(whileWaiting: {}) { () throws(Failed) in throw Failed() }
    }
    let (inside, end) = (Mailbox<Int>(), Mailbox<Int>())
    WorkThread.start("hangs") {
      permits.hold(whileWaiting: {}) {
        inside.post(1)
        _ = end.takeFirst()
      }
    }
    _ = inside.takeFirst()
    var waits = 0
    let answer = permits.hold(
      whileWaiting: {
        waits += 1
        permits.release()
      }, { 7 })
    #expect(answer == 7)
    #expect(waits == 1)
    end.post(1)
  }

  @Test("are at least one", arguments: [0, -3])
  func atLeastOne(count: Int) {
    #expect(Permits(count).hold(whileWaiting: {}, { true }))
  }
}
