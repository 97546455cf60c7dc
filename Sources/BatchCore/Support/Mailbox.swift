internal import Glibc

/// Messages from many threads to those that wait for them.
// @unchecked Sendable: every access to `queue` holds the mutex.
@safe
package final class Mailbox<Message: Sendable>: @unchecked Sendable {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let arrived = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var queue: [Message] = []
  private var waiters = 0

  package init() {
    unsafe pthread_mutex_init(mutex, nil)
    var attributes = pthread_condattr_t()
    unsafe pthread_condattr_init(&attributes)
    unsafe pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
    unsafe pthread_cond_init(arrived, &attributes)
    unsafe pthread_condattr_destroy(&attributes)
  }

  deinit {
    unsafe pthread_cond_destroy(arrived)
    unsafe pthread_mutex_destroy(mutex)
    unsafe arrived.deallocate()
    unsafe mutex.deallocate()
  }

  /// - Parameter wakes: Whether a waiting thread is woken now; not where another message follows at
  ///   once.
  package func post(_ message: Message, wakes: Bool = true) {
    unsafe pthread_mutex_lock(mutex)
    queue.append(message)
    let wake = wakes && waiters > 0
    unsafe pthread_mutex_unlock(mutex)
    if wake { unsafe pthread_cond_signal(arrived) }
  }

  /// Moves all messages that are there to `messages`, waiting up to `seconds` for the first.
  package func receive(into messages: inout [Message], waiting seconds: Double) {
    messages.removeAll(keepingCapacity: true)
    unsafe pthread_mutex_lock(mutex)
    defer { unsafe pthread_mutex_unlock(mutex) }
    if queue.isEmpty, seconds > 0 { wait(seconds) }
    swap(&queue, &messages)
  }

  /// Takes the first message, waiting for it as long as it takes.
  package func takeFirst() -> Message {
    unsafe pthread_mutex_lock(mutex)
    defer { unsafe pthread_mutex_unlock(mutex) }
    while queue.isEmpty { wait(3600) }
    return queue.removeFirst()
  }

  private func wait(_ seconds: Double) {
    var until = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &until)
    let nanoseconds = Double(until.tv_nsec) + min(seconds, 1e6) * 1e9
    until.tv_sec += Int(nanoseconds / 1e9)
    until.tv_nsec = Int(nanoseconds.truncatingRemainder(dividingBy: 1e9))
    waiters += 1
    while queue.isEmpty {
      if unsafe pthread_cond_timedwait(arrived, mutex, &until) == ETIMEDOUT { break }
    }
    waiters -= 1
  }
}
