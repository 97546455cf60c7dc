internal import Glibc

/// Signals that ask a run to stop, as messages.
///
/// The first one lets the items at hand finish; the second ends the process at once, which loses
/// nothing that was committed.
enum Interrupts {
  /// Signals that would otherwise end the process in the middle of a write.
  static func ignoreBrokenPipes() {
    signal(SIGPIPE, SIG_IGN)
    signal(SIGXFSZ, SIG_IGN)
  }

  /// Calls `onFirst` with the number of the first signal, on a thread of its own.
  ///
  /// Called on the main thread before others are started, because they inherit what it blocks.
  static func watch(onFirst: @escaping @Sendable (Int32) -> Void) {
    var asked = sigset_t()
    unsafe sigemptyset(&asked)
    for number in [SIGINT, SIGTERM, SIGHUP] { unsafe sigaddset(&asked, number) }
    unsafe pthread_sigmask(SIG_BLOCK, &asked, nil)
    let signals = asked
    WorkThread.start("batchrun-signal") {
      var signals = signals
      var number: Int32 = 0
      unsafe sigwait(&signals, &number)
      onFirst(number)
      unsafe sigwait(&signals, &number)
      _exit(128 + number)
    }
  }
}
