package import BatchCore
import Synchronization

/// Shows progress on standard error: a bar that is redrawn, a line now and then, or nothing.
///
/// Anything else for the screen goes through `note`, so that it never lands within the bar.
package final class ProgressDisplay: Sendable {
  /// The way of showing.
  package enum Style: Sendable, Equatable {
    case bar
    case lines
    case none
  }

  private struct State {
    var isDrawn = false
    var lastLineSeconds = 0.0
  }

  /// The time between two plain lines.
  private static let lineSeconds = 10.0
  private static let erase = "\r\u{1B}[K"

  private let console: Console
  private let style: Style
  private let line: ProgressLine
  private let state = Mutex(State())

  package init(console: Console, terminal: Terminal, isShown: Bool) {
    self.console = console
    line = ProgressLine(terminal)
    style = isShown ? (terminal.redraws ? .bar : .lines) : .none
  }

  /// Shows the progress; meant to be called some ten times a second, from any thread.
  package func update(_ progress: RunProgress) {
    guard style != .none else { return }
    state.withLock { state in
      if style == .bar {
        console.note(Self.erase + line.text(progress))
        state.isDrawn = true
      } else if progress.elapsedSeconds >= state.lastLineSeconds + Self.lineSeconds {
        console.complain(ProgressLine.plainText(progress))
        state.lastLineSeconds = progress.elapsedSeconds
      }
    }
  }

  /// Writes a line for the user under the program's name, with the bar out of its way.
  package func note(_ sentence: String) {
    state.withLock { state in
      eraseBar(&state)
      console.complain(sentence)
    }
  }

  /// Takes the bar away, for good or until the next update.
  package func finish() {
    state.withLock { eraseBar(&$0) }
  }

  private func eraseBar(_ state: inout State) {
    guard state.isDrawn else { return }
    console.note(Self.erase)
    state.isDrawn = false
  }
}
