import Scrape
import Testing

@Suite("The order in which pages of a batch are read")
struct ReadingOrderTests {
  @Test("is whole pages, then those that have been begun, then others, each as they came")
  func ranks() {
    var order = ReadingOrder()
    order.add(1, hasReader: false)
    order.add(2, hasReader: true)
    order.add(3, hasReader: false)
    order.add(ended: 4)
    order.add(5, hasReader: true)
    order.add(ended: 3)
    var read: [Int] = []
    while let page = order.next() { read.append(page) }
    #expect(read == [4, 3, 2, 5, 1, 3])
    #expect(order.isEmpty)
  }

  @Test("lets what comes later overtake what waits")
  func overtaking() {
    var order = ReadingOrder()
    order.add(1, hasReader: false)
    order.add(2, hasReader: false)
    #expect(order.next() == 1)
    order.add(1, hasReader: true)
    #expect(order.next() == 1)
    #expect(!order.isEmpty)
    #expect(order.next() == 2)
    #expect(order.next() == nil)
  }
}
