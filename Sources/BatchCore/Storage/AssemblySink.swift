internal import Glibc

/// An output that is made of the records: a thread makes it beside the run, as far as they are there.
///
/// So little is left to do when the last record is. What is made that way is only ever a gain: when it
/// cannot be made, for lack of room say, the run goes on without it, and it is made when all are there.
final class AssemblySink: ResultSink {
  private enum End: Sendable {
    case made(notes: [String])
    case failed
  }

  private struct NoRoom: Error {}

  private let assembly: OutputAssembly
  private let draft: String
  private let records: CommittedRecords
  private let note: @Sendable (String) -> Void
  private let done = Mailbox<End>()
  private let isOver = Shared(false)

  /// - Parameters:
  ///   - records: The file of the records.
  ///   - draft: The file to make.
  ///   - reserveBytes: Room on the disk that is left to the records until all are there.
  ///   - note: Called with sentences for the user, when the output is made.
  init(
    _ assembly: OutputAssembly, records: String, draft: String, reserveBytes: Int,
    note: @escaping @Sendable (String) -> Void
  ) {
    self.assembly = assembly
    self.draft = draft
    self.note = note
    let folder = OutputTarget.directory(of: draft)
    self.records = CommittedRecords(path: records) { newBytes in
      // What is made is about as large as what it is made of.
      guard DiskSpace.freeBytes(in: folder) - newBytes >= reserveBytes else { throw NoRoom() }
      Self.startWriteback(draft)
    }
    DirectoryEntry.remove(draft)
    let (follower, done) = (self.records, done)
    WorkThread.start("batchrun-make") {
      do {
        done.post(.made(notes: try assembly.make(follower, draft)))
      } catch {
        DirectoryEntry.remove(draft)
        done.post(.failed)
      }
    }
  }

  func advance(to end: Int) { records.advance(to: end) }

  /// Makes what is still missing; the draft is complete then.
  func publish(from spool: String, length: Int) throws {
    isOver.withLock { $0 = true }
    records.end(at: length)
    let notes: [String]
    switch done.takeFirst() {
    case .made(let made): notes = made
    case .failed:
      notes = try assembly.make(CommittedRecords(path: spool, length: length), draft)
    }
    for sentence in notes { note(sentence) }
  }

  /// Ends the thread and removes what it made, unless that is published.
  func abandon() {
    let wasOver = isOver.withLock { isOver in
      defer { isOver = true }
      return isOver
    }
    guard !wasOver else { return }
    records.abandon()
    _ = done.takeFirst()
    DirectoryEntry.remove(draft)
  }

  /// Lets the disk begin with what is there, so that little is left for the end.
  private static func startWriteback(_ draft: String) {
    guard let file = try? DurableFile(path: draft, role: "draft", flags: O_RDONLY) else { return }
    file.startWriteback(0..<file.size)
  }
}
