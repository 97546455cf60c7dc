internal import Glibc
internal import Synchronization

/// Signals that ask a run to stop, from before its input is read to its last byte.
///
/// The first one goes to whoever listens, who lets the items at hand finish; the second ends the
/// process at once, which loses nothing that was committed. While nobody listens there is nothing to
/// finish, and the first ends the process too.
package final class Interrupts: Sendable {
  private enum Listener: Sendable {
    /// Called before the process ends.
    case leaving(@Sendable () -> Void)
    case stopping(@Sendable (Int32) -> Void)
  }

  private struct State: Sendable {
    var listener = Listener.leaving {}
    /// The number of the first signal.
    var first: Int32?
  }

  private let state = Mutex(State())
  private let lastRites = Mutex<@Sendable () -> Void>({})

  /// Begins to watch.
  ///
  /// Called on the main thread before others are started, because they inherit what it blocks.
  package init() {
    var asked = sigset_t()
    unsafe sigemptyset(&asked)
    for number in [SIGINT, SIGTERM, SIGHUP] { unsafe sigaddset(&asked, number) }
    unsafe pthread_sigmask(SIG_BLOCK, &asked, nil)
    let signals = asked
    WorkThread.start("batchrun-signal") { [self] in
      var signals = signals
      var number: Int32 = 0
      unsafe sigwait(&signals, &number)
      take(number)
      unsafe sigwait(&signals, &number)
      lastRites.withLock { $0 }()
      _exit(128 + number)
    }
  }

  /// From now on the first signal ends the process, after `cleanUp` has run.
  package func leave(_ cleanUp: @escaping @Sendable () -> Void) {
    state.withLock { $0.listener = .leaving(cleanUp) }
  }

  /// From now on the first signal goes to `listener`; at once, when it has come already.
  func listen(_ listener: @escaping @Sendable (Int32) -> Void) {
    let first = state.withLock { state in
      state.listener = .stopping(listener)
      return state.first
    }
    if let first { listener(first) }
  }

  /// From now on `body` is called before a second signal ends the process.
  func beforeForcedExit(_ body: @escaping @Sendable () -> Void) {
    lastRites.withLock { $0 = body }
  }

  private func take(_ number: Int32) {
    let listener = state.withLock { state in
      state.first = number
      return state.listener
    }
    switch listener {
    case .stopping(let stop): stop(number)
    case .leaving(let cleanUp):
      cleanUp()
      _exit(128 + number)
    }
  }

  /// Signals that would otherwise end the process in the middle of a write.
  static func ignoreBrokenPipes() {
    signal(SIGPIPE, SIG_IGN)
    signal(SIGXFSZ, SIG_IGN)
  }
}

/// A signal that came while something was waited for.
struct Interruption: Error {
  let signal: Int32
}
