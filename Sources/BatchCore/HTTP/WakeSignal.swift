internal import CurlShims
internal import Glibc
internal import Synchronization

/// Ends the wait of a loop, from any thread.
final class WakeSignal: Sendable {
  let descriptor: Int32
  private let isRaised = Atomic<Bool>(false)

  init() {
    descriptor = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
    precondition(descriptor >= 0, "the system refuses an event descriptor")
  }

  deinit { close(descriptor) }

  /// Costs a system call only when nobody has raised it since it was last lowered.
  func raise() {
    guard !isRaised.exchange(true, ordering: .sequentiallyConsistent) else { return }
    eventfd_write(descriptor, 1)
  }

  func lower() {
    var count: UInt64 = 0
    unsafe eventfd_read(descriptor, &count)
    isRaised.store(false, ordering: .sequentiallyConsistent)
  }
}
