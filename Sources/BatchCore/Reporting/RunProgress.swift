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

/// A rate that follows what happens within some seconds, and stays readable while a run waits.
///
/// The mean of the last seconds, while items finish. A run that has waited for longer than half of that
/// time, for a server or for its first long item, has no recent rate, and none for as long again after it: the
/// mean of all its time is given then, not a number that shrinks to nothing.
public struct RateMeter: Sendable {
  private struct Reading {
    var items: Int
    var seconds: Double
  }

  private let windowSeconds: Double
  /// The readings of the window, since items last began to finish; those that come too quickly are one.
  private var readings: [Reading] = []
  /// Where the count starts, and when it last changed.
  private var first: Reading?
  private var lastChange = 0.0

  public init(windowSeconds: Double = 10) {
    precondition(windowSeconds > 0, "a window is a time")
    self.windowSeconds = windowSeconds
  }

  /// Takes the number of items finished by now, and gives the rate in items a second.
  ///
  /// The first reading is where the count starts; `now` is in seconds on any clock that never goes back.
  public mutating func read(finishedItems: Int, now: Double) -> Double {
    let reading = Reading(items: finishedItems, seconds: now)
    guard let first, let last = readings.last else {
      first = reading
      readings = [reading]
      lastChange = now
      return 0
    }
    if finishedItems != last.items {
      if now - lastChange > windowSeconds / 2 { readings = [last] }
      lastChange = now
    }
    note(reading)
    while readings.count > 1, readings[1].seconds <= now - windowSeconds { readings.removeFirst() }
    let start = recent(at: now) ?? first
    let end = start.seconds == first.seconds ? now : lastChange
    return end > start.seconds ? Double(finishedItems - start.items) / (end - start.seconds) : 0
  }

  /// Where the window begins, when items have been finishing for half of it at least.
  private func recent(at now: Double) -> Reading? {
    guard let oldest = readings.first, now - lastChange <= windowSeconds / 2,
      lastChange - oldest.seconds >= windowSeconds / 2
    else { return nil }
    return oldest
  }

  private mutating func note(_ reading: Reading) {
    let step = windowSeconds / 200
    if readings.count > 1, reading.seconds - readings[readings.count - 2].seconds < step {
      readings[readings.count - 1] = reading
    } else {
      readings.append(reading)
    }
  }
}
