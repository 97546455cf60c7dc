import BatchCore
import Testing

@Suite("The outbox")
struct OutboxTests {
  private let delivered = Mailbox<Part>()

  private func makeOutbox(_ items: Range<Int> = 0..<20) -> Outbox {
    let delivered = delivered
    return Outbox(
      items: items, makeBuffer: { ByteBuffer() }, deliver: { part, _ in delivered.post(part) })
  }

  private func parts() -> [Part] {
    var parts: [Part] = []
    delivered.receive(into: &parts, waiting: 0)
    return parts
  }

  private func bytes(_ count: Int) -> ByteBuffer {
    ByteBuffer([UInt8](repeating: 120, count: count))
  }

  private func failed(_ item: Int, _ record: Range<Int>) -> Part.FailedItem {
    Part.FailedItem(
      failure: ItemFailure(item: ItemID(item), code: .badInput, message: ""), record: record)
  }

  @Test("gathers records until they are a part by size")
  func size() {
    let outbox = makeOutbox()
    let half = Outbox.PartLimits().bytes / 2
    _ = outbox.add(0..<1, bytes: bytes(half - 1), failures: [], now: 0)
    _ = outbox.add(1..<3, bytes: bytes(half), failures: [], now: 0)
    #expect(parts().isEmpty)
    let next = outbox.add(3..<4, bytes: bytes(1), failures: [], now: 0)
    #expect(next.isEmpty)
    let sent = parts()
    #expect(sent.map(\.items) == [0..<4])
    #expect(sent.map(\.bytes.count) == [Outbox.PartLimits().bytes])
  }

  @Test("hands records over when they are old enough, by themselves or with the next")
  func age() {
    let outbox = makeOutbox()
    _ = outbox.add(0..<1, bytes: bytes(3), failures: [], now: 10)
    outbox.handOverIfDue(now: 10 + Outbox.PartLimits().seconds - 0.01)
    #expect(parts().isEmpty)
    outbox.handOverIfDue(now: 10 + Outbox.PartLimits().seconds)
    #expect(parts().map(\.items) == [0..<1])
    outbox.handOverIfDue(now: 20)
    #expect(parts().isEmpty)
    _ = outbox.add(1..<2, bytes: bytes(3), failures: [], now: 20)
    _ = outbox.add(2..<3, bytes: bytes(3), failures: [], now: 20.2)
    #expect(parts().isEmpty)
    _ = outbox.add(3..<4, bytes: bytes(3), failures: [], now: 20.6)
    #expect(parts().map(\.items) == [1..<4])
  }

  @Test("hands a large block over as it is, behind what came before it")
  func largeBlock() {
    let outbox = makeOutbox()
    let block = bytes(Outbox.PartLimits().bytes)
    let next = outbox.add(0..<9, bytes: block, failures: [failed(4, 2..<5)], now: 0)
    #expect(next !== block)
    let sent = parts()
    #expect(sent.first?.bytes === block)
    #expect(sent.first?.failures == [failed(4, 2..<5)])
    _ = outbox.add(9..<10, bytes: bytes(1), failures: [], now: 0)
    _ = outbox.add(10..<11, bytes: bytes(Outbox.PartLimits().bytes), failures: [], now: 0)
    let later = parts()
    #expect(later.map(\.items) == [9..<11])
    #expect(later.map(\.bytes.count) == [Outbox.PartLimits().bytes + 1])
  }

  @Test("shifts the places of failed records by what stands before them in the part")
  func failurePlaces() {
    let outbox = makeOutbox(5..<20)
    _ = outbox.add(5..<7, bytes: bytes(10), failures: [failed(6, 4..<10)], now: 0)
    _ = outbox.add(
      7..<9, bytes: bytes(6), failures: [failed(7, 0..<2), failed(8, 2..<6)], now: 0)
    outbox.handOver(now: 0)
    _ = outbox.add(9..<10, bytes: bytes(3), failures: [failed(9, 0..<3)], now: 0)
    outbox.handOver(now: 0)
    let sent = parts()
    #expect(sent.map { $0.failures.map(\.record) } == [[4..<10, 10..<12, 12..<16], [0..<3]])
  }

  @Test("hands everything over when it is closed, and refuses what comes later")
  func closed() {
    let outbox = makeOutbox(5..<20)
    _ = outbox.add(5..<8, bytes: bytes(3), failures: [], now: 0)
    #expect(outbox.close() == ItemSet([8..<20]))
    #expect(parts().map(\.items) == [5..<8])
    let late = outbox.add(8..<9, bytes: bytes(3), failures: [], now: 0)
    #expect(late.isEmpty)
    _ = outbox.add(9..<10, bytes: bytes(Outbox.PartLimits().bytes), failures: [], now: 0)
    outbox.handOver(now: 9)
    outbox.handOverIfDue(now: 99)
    #expect(outbox.close() == ItemSet([8..<20]))
    #expect(parts().isEmpty)
    #expect(makeOutbox(3..<4).close() == ItemSet([3..<4]))
  }

  @Test("gives its memory back once when the batch has ended")
  func retire() {
    let returned = Mailbox<ByteBuffer>()
    let outbox = Outbox(
      items: 0..<1, makeBuffer: { ByteBuffer() }, recycle: { returned.post($0) },
      deliver: { _, _ in })
    let mine = outbox.takeBuffer()
    _ = outbox.close()
    outbox.retire(mine)
    var buffers: [ByteBuffer] = []
    returned.receive(into: &buffers, waiting: 0)
    #expect(buffers.count == 2)
    #expect(buffers.first === mine)
    #expect(buffers.last !== mine)
  }

  @Test("gathers the records of items in any order, and knows which are left when it is closed")
  func anyOrder() {
    let outbox = makeOutbox(5..<9)
    outbox.add(Part.Record(item: 8, length: 3, marks: 2), bytes: bytes(3), failures: [], now: 0)
    outbox.add(
      Part.Record(item: 5, length: 2), bytes: bytes(2), failures: [failed(5, 0..<2)], now: 0)
    #expect(outbox.close() == ItemSet([6..<8]))
    let sent = parts()
    #expect(
      sent.map(\.records) == [[.init(item: 8, length: 3, marks: 2), .init(item: 5, length: 2)]])
    #expect(sent.map { $0.failures.map(\.record) } == [[3..<5]])
    #expect(sent.map(\.items) == [5..<9])
    #expect(sent.map(\.itemCount) == [2])
  }
}
