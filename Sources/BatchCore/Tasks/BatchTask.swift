/// The work itself: a batch in, records out; the same code wherever a worker runs.
///
/// A task is made once in each process; what its batches share (tables, rules, a fetcher) are its
/// properties. It never learns which executor runs it.
public protocol BatchTask: Sendable {
  /// Memory that one worker thread keeps from batch to batch.
  associatedtype Workspace

  func makeWorkspace() throws -> Workspace

  /// How many batches each worker keeps open at once: more than one for a task whose items mostly
  /// wait for something outside, such as a server.
  ///
  /// Such a task finishes its items in any order with `output.finish(item:marks:failedWith:)`,
  /// computes within `output.compute`, and says that it waits with `output.waits()`.
  var overlap: Int { get }

  /// Whether each batch needs a process of its own, for a task whose library must not do two things at
  /// once in one process.
  var needsOwnProcess: Bool { get }

  /// What the task counts within its items, for the progress: what a batch counts in a process of its own
  /// is added here while it runs.
  var counters: [WorkCounter] { get }

  /// Works through `input.items` in order and writes one record for each to `output`.
  ///
  /// After each item, or block of items, the task says so with `output.finish`, and asks
  /// `output.shouldStop` before it starts the next.
  ///
  /// - Throws: Only what prevents every item of the run, such as an input that cannot be read. An item
  ///   that fails is not an error: it is a record and an `ItemFailure`.
  func run(_ input: BatchInput, in workspace: inout Workspace, output: BatchOutput) throws
}

extension BatchTask {
  public var overlap: Int { 1 }
  public var needsOwnProcess: Bool { false }
  public var counters: [WorkCounter] { [] }
}

/// What a worker needs to know to run one batch.
public struct BatchInput: Sendable {
  /// Where the bytes of the items are.
  public enum Bytes: Sendable, Equatable {
    case file(path: String, range: Range<Int>)
    case inline([UInt8])
  }

  /// The items whose records are wanted, a half-open range of input indices.
  public var items: Range<Int>
  /// How many items stand in the bytes before `items`: read, not answered.
  public var contextItems: Int
  public var bytes: Bytes
  /// The physical line of the first item in the bytes, counted from one; for messages.
  public var firstLine: Int
  /// How often these items were attempted before.
  public var earlierAttempts: Int
  /// Where a worker on another machine finds the files that `ItemSource.files` named, by the paths
  /// they have at the coordinator; empty on the coordinator's own machine.
  package var files: [String: String] = [:]
  /// What the batches before this one have left to those of their lane, in bytes that only the task
  /// understands: empty at first, nil where batches share a process, which knows it anyway.
  ///
  /// A task adds to it with `BatchOutput.leave`. It is a help that may be missing: a batch whose
  /// worker dies leaves nothing, and a run that is continued begins without.
  public var laneState: [UInt8]?

  /// The longest state of a lane, in bytes.
  public static let mostLaneStateBytes = 256 << 10

  public init(
    items: Range<Int>, contextItems: Int = 0, bytes: Bytes, firstLine: Int = 1,
    earlierAttempts: Int = 0
  ) {
    self.items = items
    self.contextItems = contextItems
    self.bytes = bytes
    self.firstLine = firstLine
    self.earlierAttempts = earlierAttempts
  }

  /// Where the worker reads the file that has this path at the coordinator.
  public func localPath(of path: String) -> String { files[path] ?? path }
}
