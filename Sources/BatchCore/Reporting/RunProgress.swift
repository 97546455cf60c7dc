/// How far a run has come, at one moment.
public struct RunProgress: Sendable, Equatable {
  /// How much longer the run will take, in seconds.
  public struct TimeLeft: Sendable, Equatable {
    public var expectedSeconds: Double
    /// The ends of the band that holds the time with a probability of 90 %.
    public var lowSeconds: Double
    public var highSeconds: Double

    public init(expectedSeconds: Double, lowSeconds: Double, highSeconds: Double) {
      self.expectedSeconds = expectedSeconds
      self.lowSeconds = lowSeconds
      self.highSeconds = highSeconds
    }
  }

  /// All items of the run; zero while they are not counted yet.
  public var totalItems: Int
  /// Items with a record, failed ones and those of earlier processes included.
  public var finishedItems: Int
  public var failedItems: Int
  /// Items that were finished when this process took the run up.
  public var resumedItems: Int
  /// Since this process took the run up.
  public var elapsedSeconds: Double
  /// Smoothed, so that it can be read; see `RateMeter`.
  public var itemsPerSecond: Double
  /// Nil while there is nothing to go by.
  public var timeLeft: TimeLeft?
  public var outputBytes: Int
  /// Nil where the executor is free.
  public var dollars: Double?
  /// What is counted, in the singular.
  public var unit = "item"
  /// Further facts that a task wants to be seen, the most important first.
  public var remarks: [String] = []

  public init(
    totalItems: Int, finishedItems: Int = 0, failedItems: Int = 0, resumedItems: Int = 0,
    elapsedSeconds: Double = 0, itemsPerSecond: Double = 0, timeLeft: TimeLeft? = nil,
    outputBytes: Int = 0, dollars: Double? = nil
  ) {
    self.totalItems = totalItems
    self.finishedItems = finishedItems
    self.failedItems = failedItems
    self.resumedItems = resumedItems
    self.elapsedSeconds = elapsedSeconds
    self.itemsPerSecond = itemsPerSecond
    self.timeLeft = timeLeft
    self.outputBytes = outputBytes
    self.dollars = dollars
  }

  /// The share of items that are finished, from 0 to 1.
  public var share: Double {
    totalItems > 0 ? min(1, Double(finishedItems) / Double(totalItems)) : 0
  }
}

/// A rate that follows what happens within some seconds and does not flicker.
///
/// An exponential average over time: what happened one time constant ago counts a third of what
/// happens now, however often the meter is read. While younger than its time constant it is the plain
/// mean.
public struct RateMeter: Sendable {
  private let timeConstantSeconds: Double
  private var lastCount: Int?
  private var lastSeconds = 0.0
  /// The weighted items and seconds, whose quotient is the rate.
  private var items = 0.0
  private var seconds = 0.0

  public init(timeConstantSeconds: Double = 5) {
    precondition(timeConstantSeconds > 0, "a time constant is a time")
    self.timeConstantSeconds = timeConstantSeconds
  }

  /// Takes the number of items finished by now, and gives the rate in items a second.
  ///
  /// The first reading is where the count starts; `now` is in seconds on any clock that never goes back.
  public mutating func read(finishedItems: Int, now: Double) -> Double {
    guard let count = lastCount else {
      lastCount = finishedItems
      lastSeconds = now
      return 0
    }
    let passed = now - lastSeconds
    guard passed > 0 else { return rate }
    let kept = max(0, 1 - passed / (timeConstantSeconds + passed))
    items = items * kept + Double(finishedItems - count)
    seconds = seconds * kept + passed
    lastCount = finishedItems
    lastSeconds = now
    return rate
  }

  private var rate: Double { seconds > 0 ? items / seconds : 0 }
}
