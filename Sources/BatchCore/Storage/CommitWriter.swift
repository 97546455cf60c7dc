internal import Glibc

/// The one thread that writes a run's output and ledger.
///
/// Parts arrive as they finish; their bytes are written at once, and a few times a second one
/// transaction makes everything written so far count as finished.
final class CommitWriter: Sendable {
  /// A finished part with what the ledger keeps of its attempt.
  struct Submission: Sendable {
    var part: Part
    var attempts: Int
    var host: String
  }

  /// What the writer tells the runner.
  enum Report: Sendable {
    /// Items that count as finished from now on.
    case committed(Progress)
    /// The part repeated an item that was already done, and was dropped.
    case dropped(Range<Int>)
    /// The disk or the ledger refuses; nothing more is written.
    case failed(String)
  }

  /// How far the committed output has come.
  struct Progress: Sendable, Equatable {
    var itemsDone: Int
    var outputEnd: Int
    var failuresByCode: [String: Int]
    /// How many records carry each mark, by its bit.
    var marks = [Int](repeating: 0, count: 8)
    /// How many of the parts that the writer took are on the disk; all before them are, too.
    var partsTaken = 0

    var failures: Int { failuresByCode.values.reduce(0, +) }
  }

  private enum Message: Sendable {
    case submission(Submission)
    case finish(Mailbox<Bool>)
  }

  /// How often finished items are made durable, in seconds.
  static let commitSeconds = 0.4

  private static let gatheredParts = 64
  private static let gatheringMicroseconds: UInt32 = 1000

  private let mailbox = Mailbox<Message>()

  /// Starts the thread.
  ///
  /// - Parameters:
  ///   - isRetry: All results wait in the early file; the output is not touched.
  ///   - report: Called on the writer's thread.
  init(
    directory: RunDirectory, ledger: RunLedger, resuming state: LedgerState,
    buffers: PartBuffers, clock: MonotonicClock, report: @escaping @Sendable (Report) -> Void
  ) throws(SystemError) {
    let files = try CommitFiles.open(directory, state)
    let handoff: Handoff<any CommitKeeper>
    if let index = state.journal {
      handoff = Handoff(
        JournalSession(
          files: files, ledger: ledger, state: state, index: index, buffers: buffers,
          clock: clock, report: report))
    } else {
      handoff = Handoff(
        CommitSession(
          files: files, ledger: ledger, state: state, buffers: buffers, clock: clock,
          report: report))
    }
    let mailbox = mailbox
    WorkThread.start("batchrun-commit") {
      guard let end = Self.follow(handoff, mailbox) else { return }
      end.reply.post(end.isWritten)
    }
  }

  func submit(_ submission: Submission) { mailbox.post(.submission(submission)) }

  /// Commits everything handed over so far and ends the thread; false when writing failed.
  func finish() -> Bool {
    let reply = Mailbox<Bool>()
    mailbox.post(.finish(reply))
    return reply.takeFirst()
  }

  /// Commits what arrives until it is told to finish; the files and the ledger are let go before it
  /// returns, so that whoever waits for the reply may open them.
  private static func follow(
    _ handoff: Handoff<any CommitKeeper>, _ mailbox: Mailbox<Message>
  ) -> (reply: Mailbox<Bool>, isWritten: Bool)? {
    guard let session = handoff.take() else { return nil }
    var messages: [Message] = []
    while true {
      mailbox.receive(into: &messages, waiting: session.secondsUntilCommit)
      for message in messages {
        switch message {
        case .submission(let submission): session.take(submission)
        case .finish(let reply):
          session.commit(all: true)
          session.close()
          return (reply, !session.hasFailed)
        }
      }
      session.commitIfDue()
      // Small parts are gathered for a moment, or every one of them would wake this thread.
      if messages.count < gatheredParts { usleep(gatheringMicroseconds) }
    }
  }
}

/// What the commit thread does with the parts it gets.
protocol CommitKeeper: AnyObject {
  var secondsUntilCommit: Double { get }
  var hasFailed: Bool { get }

  func take(_ submission: CommitWriter.Submission)
  func commitIfDue()
  /// Makes everything written so far count as finished; with `all`, whatever the time.
  func commit(all: Bool)
  /// Ends the writing, after the last commit.
  func close()
}

/// Carries a value that one thread made to the one thread that uses it from then on.
// @unchecked Sendable: the value is taken once, by the thread it was made for.
final class Handoff<Value>: @unchecked Sendable {
  private var value: Value?
  init(_ value: consuming Value) { self.value = value }
  func take() -> Value? {
    defer { value = nil }
    return value
  }
}
