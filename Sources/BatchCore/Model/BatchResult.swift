/// What one attempt at a batch came to.
public struct BatchResult: Sendable {
  /// How the attempt ended.
  public enum Ending: Sendable, Equatable {
    /// Every item that was started has been handed over.
    case done
    /// The task cannot go on with any item: a sentence.
    case stopped(String)
    /// The process that ran the batch died, possibly of one of its items: a sentence.
    case died(String)
    /// The worker went away for a reason that has nothing to do with the items, such as a machine
    /// that failed: a sentence.
    case lost(String)
    /// One of these items gave no sign of life for longer than its time-out.
    case hung(Range<Int>)
    /// One of these items was still at work when the worker's time was over.
    case exceeded(Range<Int>)
  }

  public let batch: BatchIndex
  public let items: Range<Int>
  /// The items that were not started or not finished; possibly none.
  public let unfinished: ItemSet
  public let ending: Ending
  public let timings: WorkerTimings
  /// The times of the finished items, as far as the task reported them.
  package let times: ItemTimes
  /// What the next batch of the same lane is to know; nil when nothing was left.
  package let laneState: [UInt8]?
  /// For how long nothing of this lane should be handed out, in seconds; zero for no time.
  package let laneWaitSeconds: Double

  package init(
    batch: BatchIndex, items: Range<Int>, unfinished: ItemSet, ending: Ending,
    timings: WorkerTimings, times: ItemTimes = ItemTimes(), laneState: [UInt8]? = nil,
    laneWaitSeconds: Double = 0
  ) {
    self.batch = batch
    self.items = items
    self.unfinished = unfinished
    self.ending = ending
    self.timings = timings
    self.times = times
    self.laneState = laneState
    self.laneWaitSeconds = laneWaitSeconds
  }

  /// Whether the attempt ended in a way that one of its items may be to blame for.
  var mayBeOfItsItems: Bool {
    switch ending {
    case .died, .hung, .exceeded: true
    case .done, .stopped, .lost: false
    }
  }

  /// Whether this attempt decides a race with another one at the same items: its worker came to an
  /// ordinary end and finished some of them. The first that does wins, and the other counts no more.
  ///
  /// - Parameter items: What was unfinished when the second attempt began.
  package func wins(raceFor items: Range<Int>) -> Bool {
    ending == .done && unfinished.count < items.count
  }
}

/// The stages of one attempt, in seconds since the run began, on the coordinator's clock.
public struct WorkerTimings: Sendable, Equatable {
  public var queued: Double
  public var started: Double
  /// When the first item could begin: the input is read, the workspace is there.
  public var setUp: Double
  public var done: Double
  public var host: String
  /// Whether this worker had to be started for the batch.
  public var isCold: Bool
  /// How much longer the batch took than its worker had it: the way there and back, and the start of
  /// a cold worker; nil where that was not measured.
  package var outsideSeconds: Double?

  public init(
    queued: Double = 0, started: Double = 0, setUp: Double = 0, done: Double = 0,
    host: String = "", isCold: Bool = false
  ) {
    self.queued = queued
    self.started = started
    self.setUp = setUp
    self.done = done
    self.host = host
    self.isCold = isCold
  }
}
