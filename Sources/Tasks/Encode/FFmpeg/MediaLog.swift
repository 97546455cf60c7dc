internal import CFFmpeg
internal import EncodeShims
internal import Glibc
internal import Synchronization

/// What the libraries would print: kept, a few lines for each thread that asks, and never shown.
///
/// The libraries write their messages to standard error, where the progress is. What they say is of
/// use only when something fails, as the reason.
enum MediaLog {
  private static let lines = Mutex<[String]>([])
  private static let most = 20

  /// Routes all messages here, once for the process.
  static let silence: Void = {
    // These encoders have printers of their own.
    unsafe setenv("SVT_LOG", "0", 1)
    unsafe batchrun_av_log_to { level, line in
      guard level <= AV_LOG_ERROR, let line = unsafe line else { return }
      let text = unsafe String(cString: line).split(separator: "\n").joined(separator: " ")
      MediaLog.lines.withLock { lines in
        lines.append(text)
        if lines.count > most { lines.removeFirst(lines.count - most) }
      }
    }
  }()

  /// The last error that was reported, as the end of a sentence; empty when there was none.
  static var lastReason: String {
    lines.withLock { lines in lines.last.map { " (\($0))" } ?? "" }
  }

  static func clear() { lines.withLock { $0 = [] } }
}
