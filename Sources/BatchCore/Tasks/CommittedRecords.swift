/// The records of a run as they are committed, in input order: a file that grows until all are there.
///
/// One thread reads it, while others tell how far the run is.
public final class CommittedRecords: Sendable {
  private enum Step: Sendable {
    case advance(Int)
    case end(Int)
    case abandon
  }

  /// The run ends before all records are there, and nothing is made of them now.
  struct Abandoned: Error {}

  /// The file, which may hold more than is committed.
  public let path: String
  /// Called by the reading thread when it may go on, with how many bytes have come since it last asked.
  private let willGoOn: @Sendable (Int) throws -> Void
  private let steps = Mailbox<Step>()
  private let known = Shared((end: 0, isComplete: false))

  /// Records that are about to be made.
  init(path: String, willGoOn: @escaping @Sendable (Int) throws -> Void) {
    self.path = path
    self.willGoOn = willGoOn
  }

  /// The records of a run that is over: all bytes of the file.
  public init(path: String, length: Int) {
    self.path = path
    willGoOn = { _ in }
    end(at: length)
  }

  func advance(to end: Int) { steps.post(.advance(end)) }
  func end(at length: Int) { steps.post(.end(length)) }
  func abandon() { steps.post(.abandon) }

  /// Waits until more than the first `bytes` bytes are committed, or all are.
  ///
  /// To be called before each record, so that a run that stops need not wait for the others.
  ///
  /// - Returns: How many bytes are committed; `bytes` itself when no more will follow.
  /// - Throws: When the run ends before, or has no use for what is made now.
  public func committedBytes(beyond bytes: Int) throws -> Int {
    let old = known.value
    var new = old
    var messages: [Step] = []
    steps.receive(into: &messages, waiting: 0)
    while true {
      for message in messages {
        switch message {
        case .advance(let end): new.end = max(new.end, end)
        case .end(let length): new = (length, true)
        case .abandon: throw Abandoned()
        }
      }
      if new.end > bytes || new.isComplete { break }
      steps.receive(into: &messages, waiting: 3600)
    }
    known.withLock { [new] in $0 = new }
    try willGoOn(new.end - old.end)
    return new.end
  }

  /// Waits until all records are committed.
  ///
  /// - Returns: How many bytes they are.
  public func waitForAll() throws -> Int {
    var bytes = 0
    while true {
      let more = try committedBytes(beyond: bytes)
      if more == bytes { return bytes }
      bytes = more
    }
  }
}
