internal import Synchronization

/// Where the progress of an indexing goes, which is under way before there is a run to show.
///
/// One place for the process: an index is made deep within the preparation of a run, through interfaces
/// that know nothing of videos.
package enum IndexProgress {
  package enum Phase: String, Sendable {
    case reading = "reading the index"
    case decoding = "decoding to find the times of the frames"
    case checking = "computing the checksum"
  }

  package typealias Listener = @Sendable (_ phase: Phase, _ done: Int, _ total: Int) -> Void

  private static let listener = Mutex<Listener?>(nil)

  /// Has `listener` called now and then, with bytes of the file, while `body` runs.
  package static func tell<R>(_ listener: @escaping Listener, while body: () throws -> R) rethrows
    -> R
  {
    Self.listener.withLock { $0 = listener }
    defer { Self.listener.withLock { $0 = nil } }
    return try body()
  }

  static func report(_ phase: Phase, _ done: Int, _ total: Int) {
    let listener = listener.withLock { $0 }
    listener?(phase, done, total)
  }
}

/// Tells the listener about every megabyte.
struct IndexStep {
  private static let stepBytes = 1 << 20
  private let phase: IndexProgress.Phase
  private let total: Int
  private var told = 0

  init(_ phase: IndexProgress.Phase, total: Int) {
    self.phase = phase
    self.total = total
  }

  /// - Parameter done: Bytes of the file so far; anything negative is unknown.
  mutating func reached(_ done: Int) {
    guard done >= told + Self.stepBytes else { return }
    told = done
    IndexProgress.report(phase, min(done, total), total)
  }
}
