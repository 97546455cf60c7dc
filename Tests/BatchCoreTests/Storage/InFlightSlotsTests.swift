import BatchCore
import SampleTask
import Testing

@Suite("In-flight slots")
struct InFlightSlotsTests {
  private let scratch = Scratch()

  @Test("tell what was in hand when the writer is gone, and nothing that was cleared")
  func suspects() throws {
    let path = scratch("in-flight")
    do {
      let slots = try InFlightSlots(path: path, count: 5)
      slots.set(0, next: 3, end: 9)
      slots.set(1, next: 20, end: 30)
      slots.advance(1, to: 25)
      slots.set(2, next: 40, end: 50)
      slots.clear(2)
      slots.set(3, next: 60, end: 62)
      slots.advance(3, to: 62)
    }
    #expect(InFlightSlots.suspects(path: path) == [3..<9, 25..<30])
  }

  @Test("still tell what a worker was given up with when another has taken its place")
  func givenUp() throws {
    let path = scratch("in-flight")
    let slots = try InFlightSlots(path: path, count: 2)
    slots.set(0, next: 3, end: 9)
    slots.giveUp(0, on: 4..<5)
    #expect(InFlightSlots.suspects(path: path) == [4..<5])
    slots.set(0, next: 20, end: 30)
    slots.set(1, next: 30, end: 40)
    #expect(InFlightSlots.suspects(path: path) == [20..<30, 4..<5, 30..<40])
    // Given up while it waited for something outside: no item is to blame.
    slots.giveUp(1, on: 40..<40)
    #expect(InFlightSlots.suspects(path: path) == [20..<30, 4..<5])
  }

  @Test("are taken again for the next batch")
  func reuse() throws {
    let slots = try InFlightSlots(path: scratch("in-flight"), count: 1)
    slots.set(0, next: 3, end: 9)
    slots.clear(0)
    slots.set(0, next: 0, end: 2)
    #expect(InFlightSlots.suspects(path: scratch("in-flight")) == [0..<2])
  }

  @Test("forget an earlier process when they are opened")
  func opened() throws {
    let path = scratch("in-flight")
    do { try InFlightSlots(path: path, count: 3).set(2, next: 1, end: 2) }
    #expect(InFlightSlots.suspects(path: path) == [1..<2])
    let slots = try InFlightSlots(path: path, count: 3)
    #expect(InFlightSlots.suspects(path: path) == [])
    withExtendedLifetime(slots) {}
  }

  @Test("of a file that is missing or cut off name no suspects")
  func missing() {
    #expect(InFlightSlots.suspects(path: scratch("none")) == [])
    #expect(InFlightSlots.suspects(path: scratch.write("short", "\u{1}234")) == [])
  }

  @Test("cannot be opened where there is no directory")
  func noDirectory() {
    #expect(throws: SystemError.self) { try InFlightSlots(path: scratch("no/file"), count: 1) }
  }
}
