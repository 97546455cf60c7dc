import BatchCore
import Testing

@Suite("Counts in words")
struct QuantityCountTests {
  @Test(
    "counts are grouped by thousands",
    arguments: [
      (0, "0"), (999, "999"), (1000, "1,000"), (1_234_567, "1,234,567"), (-1000, "-1,000"),
      (100_000, "100,000"), (Int.min, "-9,223,372,036,854,775,808"),
    ])
  func counts(count: Int, text: String) {
    #expect(Quantity.count(count) == text)
  }

  @Test("a noun follows its count")
  func nouns() {
    #expect(Quantity.count(1, "item") == "1 item")
    #expect(Quantity.count(0, "item") == "0 items")
    #expect(Quantity.count(2500, "item") == "2,500 items")
  }

  @Test(
    "rates have three digits and a unit",
    arguments: [
      (0, "0/s"), (12.54, "12.5/s"), (850, "850/s"), (999.4, "999/s"), (999.6, "1 k/s"),
      (3_400_000, "3.4 M/s"), (0.0123, "0.0123/s"),
    ])
  func rates(rate: Double, text: String) {
    #expect(Quantity.rate(rate) == text)
  }

  @Test(
    "bytes have three digits and a decimal unit",
    arguments: [
      (0, "0 B"), (999, "999 B"), (1000, "1 kB"), (1536, "1.54 kB"), (89_500_000, "89.5 MB"),
      (1_999_999_999, "2 GB"),
    ])
  func bytes(bytes: Int, text: String) {
    #expect(Quantity.bytes(bytes) == text)
  }
}
