package import BatchCore
import Glibc

/// What standard error can show, decided once when the program starts.
package struct Terminal: Sendable, Equatable {
  /// Whether a line can be drawn again and again in its place.
  package var redraws: Bool
  package var hasColor: Bool
  /// Whether characters beyond ASCII can be shown.
  package var hasUnicode: Bool
  /// The number of columns.
  package var width: Int

  package init(redraws: Bool, hasColor: Bool, hasUnicode: Bool, width: Int) {
    self.redraws = redraws
    self.hasColor = hasColor
    self.hasUnicode = hasUnicode
    self.width = width
  }

  /// Decides from what the system says: nil columns where it does not know them.
  package init(isTerminal: Bool, columns: Int?, environment: [String: String]) {
    let isDumb = environment["TERM"] == "dumb"
    redraws = isTerminal && !isDumb
    hasColor = redraws && (environment["NO_COLOR"] ?? "").isEmpty
    // The first of these that is set and not empty names the locale; see locale(7).
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].lazy
      .compactMap { environment[$0] }.first { !$0.isEmpty }
    let charset = (locale ?? "").lowercased()
    hasUnicode = charset.contains("utf-8") || charset.contains("utf8")
    width = columns ?? environment["COLUMNS"].flatMap(Int.init).flatMap { $0 > 0 ? $0 : nil } ?? 80
  }

  /// The terminal behind standard error.
  package static func standardError(environment: [String: String]) -> Terminal {
    Terminal(
      isTerminal: isatty(STDERR_FILENO) == 1, columns: columns(of: STDERR_FILENO),
      environment: environment)
  }

  private static func columns(of descriptor: Int32) -> Int? {
    var size = winsize()
    guard unsafe ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else {
      return nil
    }
    return Int(size.ws_col)
  }
}

// MARK: - One screen for two streams

extension Terminal {
  /// Whether records that go to `target` appear on the terminal that standard error writes to: a bar
  /// between them would leave neither readable.
  package static func isShared(with target: OutputTarget) -> Bool {
    guard case .stream(let descriptor, _) = target, let output = device(of: descriptor),
      let errors = device(of: STDERR_FILENO)
    else { return false }
    return output == errors || [output, errors].contains(controllingTerminal)
  }

  /// The number of `/dev/tty`, which stands for whichever terminal the process has.
  private static let controllingTerminal: dev_t = 5 << 8

  /// The number of the terminal behind a descriptor; nil where there is none.
  private static func device(of descriptor: Int32) -> dev_t? {
    var status = stat()
    guard isatty(descriptor) == 1, unsafe fstat(descriptor, &status) == 0 else { return nil }
    return status.st_rdev
  }
}
