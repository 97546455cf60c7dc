import BatchCore
import Testing

@Suite("What a run spends")
struct SpendingTests {
  private let price = Price(
    perRequestDollars: 0.01, perGigabyteSecondDollars: 0.001, workerGigabytes: 2)

  @Test("is what its invocations are charged, and nothing where workers are free")
  func charges() {
    var spending = Spending(price: price, most: nil)
    #expect(spending.dollars == 0)
    spending.charge(seconds: 10, requests: 1)
    spending.charge(seconds: 5, requests: 2)
    #expect(abs((spending.dollars ?? 0) - 0.06) < 1e-12)
    var free = Spending(price: nil, most: 0)
    free.charge(seconds: 10, requests: 1)
    #expect(free.dollars == nil)
    #expect(free.objection(toBatches: [1e9]) == nil)
  }

  @Test("is never more than it may, what is out included")
  func bound() {
    var spending = Spending(price: price, most: 0.1)
    #expect(spending.objection(toBatches: [10, 10]) == nil)
    #expect(spending.objection(toBatches: [10, 10, 20])?.contains("--max-cost") == true)
    #expect(spending.objection(toBatches: [.infinity]) != nil)
    spending.charge(seconds: 30, requests: 1)
    #expect(spending.objection(toBatches: [9]) == nil)
    #expect(spending.objection(toBatches: [11]) != nil)
  }
}
