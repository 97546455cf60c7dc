/// What the workers of a run have cost, and whether more may be spent.
package struct Spending: Sendable, Equatable {
  private let price: Price?
  private let most: Double?
  /// What was charged so far; nil where workers are free.
  package private(set) var dollars: Double?

  /// - Parameter most: In dollars; nil for no bound.
  package init(price: Price?, most: Double?) {
    self.price = price
    self.most = most
    dollars = price.map { _ in 0 }
  }

  package mutating func charge(seconds: Double, requests: Int) {
    guard let price else { return }
    dollars = (dollars ?? 0) + price.dollars(requests: Double(requests), billedSeconds: seconds)
  }

  /// A sentence when batches that are out and are to go out, of so many seconds each, would cost more
  /// than may be spent.
  package func objection(toBatches seconds: [Double]) -> String? {
    guard let most, let price, let dollars else { return nil }
    let more = price.dollars(
      requests: Double(seconds.count), billedSeconds: seconds.reduce(0, +))
    guard dollars + more > most else { return nil }
    return
      "the run would cost more than \(Quantity.dollars(most)), which --max-cost allows; run the same "
      + "command with a higher one to go on"
  }
}
