internal import Glibc

/// A number of permits that threads take and give back: how many may compute at once.
// @unchecked Sendable: a semaphore is made to be used by many threads at once.
@safe
package final class Permits: @unchecked Sendable {
  private let semaphore = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

  package init(_ count: Int) {
    unsafe sem_init(semaphore, 0, UInt32(max(1, count)))
  }

  deinit {
    unsafe sem_destroy(semaphore)
    unsafe semaphore.deallocate()
  }

  /// Takes a permit, waiting for one as long as it takes.
  package func take() { while unsafe sem_wait(semaphore) != 0 {} }

  /// Runs `body` while holding a permit, waiting for one as long as it takes.
  ///
  /// - Parameter whileWaiting: Called twice a second until there is one.
  package func hold<R, E: Error>(
    whileWaiting: () -> Void, _ body: () throws(E) -> R
  ) throws(E) -> R {
    while !takes(waiting: 0.5) { whileWaiting() }
    defer { release() }
    return try body()
  }

  /// Gives back a permit, also for a holder that will never do so itself.
  package func release() { unsafe sem_post(semaphore) }

  private func takes(waiting seconds: Double) -> Bool {
    var until = timespec()
    unsafe clock_gettime(CLOCK_REALTIME, &until)
    let nanoseconds = Double(until.tv_nsec) + seconds * 1e9
    until.tv_sec += Int(nanoseconds / 1e9)
    until.tv_nsec = Int(nanoseconds.truncatingRemainder(dividingBy: 1e9))
    return unsafe sem_timedwait(semaphore, &until) == 0
  }
}
