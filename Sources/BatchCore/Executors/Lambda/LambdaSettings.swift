/// Which function runs the batches, and where batches and results are.
package struct LambdaSettings: Sendable, Equatable {
  /// The bucket, and what the keys begin with: `s3://BUCKET/PREFIX`.
  package var bucket: String
  package var function: String
  /// How many invocations at once; nil for as many as the account allows.
  package var workers: Int?
  /// What is charged; nil for the usual prices.
  package var prices: LambdaPrices?

  /// The name that `batchrun deploy lambda` gives.
  package static let usualFunction = "batchrun"

  package init(
    bucket: String, function: String = usualFunction, workers: Int? = nil,
    prices: LambdaPrices? = nil
  ) {
    self.bucket = bucket
    self.function = function
    self.workers = workers
    self.prices = prices
  }
}

/// What functions cost, in dollars.
package struct LambdaPrices: Sendable, Equatable {
  package var perRequest: Double
  /// On x86-64 processors.
  package var perGigabyteSecond: Double
  package var perGigabyteSecondARM: Double

  /// https://aws.amazon.com/lambda/pricing/, the first tier in us-east-1.
  package static let usual = LambdaPrices(
    perRequest: 0.20e-6, perGigabyteSecond: 0.0000166667, perGigabyteSecondARM: 0.0000133334)

  package init(perRequest: Double, perGigabyteSecond: Double, perGigabyteSecondARM: Double) {
    self.perRequest = perRequest
    self.perGigabyteSecond = perGigabyteSecond
    self.perGigabyteSecondARM = perGigabyteSecondARM
  }
}
