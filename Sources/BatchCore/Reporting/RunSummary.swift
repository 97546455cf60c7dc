/// What a run came to, for the last lines on the screen.
public struct RunSummary: Sendable, Equatable {
  /// How the run ended.
  public enum Ending: Sendable, Equatable {
    /// Every item has a record.
    case finished
    /// Nothing had to be done: an earlier process finished the same run.
    case alreadyFinished
    /// More items failed than the failure budget allows.
    case stoppedByFailures
    /// By the user or the system; the same command resumes.
    case interrupted
  }

  /// Failed items that share a code.
  public struct FailureCount: Sendable, Equatable {
    public var code: ItemFailure.Code
    public var items: Int

    public init(code: ItemFailure.Code, items: Int) {
      self.code = code
      self.items = items
    }
  }

  public var ending: Ending
  public var totalItems: Int
  /// Items with a record, failed ones and those of earlier processes included.
  public var finishedItems: Int
  /// By code; empty when nothing failed.
  public var failures: [FailureCount]
  /// Items that were finished when this process took the run up.
  public var resumedItems: Int
  public var batches: Int
  /// Since this process took the run up.
  public var elapsedSeconds: Double
  public var outputBytes: Int
  /// Nil for standard output.
  public var outputPath: String?
  public var runDirectory: String
  /// What was counted besides failures, with its words, such as "pages without an abstract".
  public var remarks: [Remark]
  /// Nil where the executor is free.
  public var dollars: Double?
  /// Batches that took too long and were tried a second time beside the first, and how many of the
  /// second attempts were faster.
  public var copies = 0
  public var copiesWon = 0

  /// A number of records and what they have in common.
  public struct Remark: Sendable, Equatable {
    public var items: Int
    public var phrase: String

    public init(items: Int, phrase: String) {
      self.items = items
      self.phrase = phrase
    }
  }

  public init(
    ending: Ending, totalItems: Int, finishedItems: Int, failures: [FailureCount] = [],
    resumedItems: Int = 0, batches: Int, elapsedSeconds: Double, outputBytes: Int,
    outputPath: String? = nil, runDirectory: String, remarks: [Remark] = [],
    dollars: Double? = nil
  ) {
    self.ending = ending
    self.totalItems = totalItems
    self.finishedItems = finishedItems
    self.failures = failures
    self.resumedItems = resumedItems
    self.batches = batches
    self.elapsedSeconds = elapsedSeconds
    self.outputBytes = outputBytes
    self.outputPath = outputPath
    self.runDirectory = runDirectory
    self.remarks = remarks
    self.dollars = dollars
  }

  public var failedItems: Int { failures.reduce(0) { $0 + $1.items } }
}
