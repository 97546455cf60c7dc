import BatchCore
import Testing

@Suite("An order of dispatch")
struct DispatchOrderTests {
  private let order = DispatchOrder(
    inputIndices: [3, 0, 4, 1, 2], lanes: [0..<2, 2..<5], batchesPerLane: 0, leastBatchItems: 0)

  @Test("gives the place in the input of every position, and is never of no batch at all")
  func places() {
    #expect((0..<order.count).map(order.inputIndex) == [3, 0, 4, 1, 2])
    #expect(order.batchesPerLane == 1)
    #expect(order.leastBatchItems == 1)
  }

  @Test("gives the positions of wanted items as ranges that do not touch")
  func positions() {
    #expect(order.positions { _ in true } == [0..<5])
    #expect(order.positions { _ in false } == [])
    #expect(order.positions { $0 != 0 } == [0..<1, 2..<5])
    #expect(order.positions { $0 == 3 || $0 == 2 } == [0..<1, 4..<5])
  }

  @Test("translates records and failures of a part, and leaves the bytes alone")
  func translation() {
    let failure = ItemFailure(item: ItemID(4), code: .badInput, message: "no")
    let part = Part(
      records: [
        .init(item: 4, length: 2, marks: 1), .init(item: 1, length: 3), .init(item: 2, length: 1),
      ],
      bytes: ByteBuffer(Array("aabbbc".utf8)),
      failures: [.init(failure: failure, record: 0..<2)])
    #expect(part.items == 1..<5)
    #expect(part.itemCount == 3)
    let moved = part.translated(by: order)
    #expect(
      moved.records == [
        .init(item: 2, length: 2, marks: 1), .init(item: 0, length: 3), .init(item: 4, length: 1),
      ])
    #expect(moved.items == 0..<5)
    #expect(moved.failures.map(\.failure.item.index) == [2])
    #expect(moved.failures.map(\.record) == [0..<2])
    #expect(moved.bytes.count == 6)
    #expect(moved.itemSet == ItemSet([0..<1, 2..<3, 4..<5]))
  }
}
