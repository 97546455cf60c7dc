internal import Glibc

/// Memory for parts on their way from the workers to the disk, used again and again, and bounded.
///
/// A worker that runs ahead of the disk waits here, so that memory stays flat.
// @unchecked Sendable: every access to the stored properties holds the mutex.
@safe
package final class PartBuffers: @unchecked Sendable {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let freed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var idle: [ByteBuffer] = []
  private var idleBytes = 0
  private var outstanding = 0
  /// How many bytes may be on their way.
  package let limit: Int

  /// Room for what a number of workers have in hand while the disk catches up.
  package init(workers: Int) {
    limit = (16 + 4 * workers) << 20
    unsafe pthread_mutex_init(mutex, nil)
    unsafe pthread_cond_init(freed, nil)
  }

  deinit {
    unsafe pthread_cond_destroy(freed)
    unsafe pthread_mutex_destroy(mutex)
    unsafe freed.deallocate()
    unsafe mutex.deallocate()
  }

  /// An empty buffer.
  package func take() -> ByteBuffer {
    let used = locked {
      let buffer = idle.popLast()
      idleBytes -= buffer?.capacity ?? 0
      return buffer
    }
    return used ?? ByteBuffer(capacity: 256 << 10)
  }

  /// Counts a part as on its way; waits while too much is.
  package func charge(_ part: Part) {
    unsafe pthread_mutex_lock(mutex)
    while outstanding > limit { unsafe pthread_cond_wait(freed, mutex) }
    outstanding += part.weight
    unsafe pthread_mutex_unlock(mutex)
  }

  /// Counts a part as on its way, without waiting; for parts that take the place of another.
  package func chargeAtOnce(_ part: Part) { locked { outstanding += part.weight } }

  /// No longer counts a part whose bytes are still in use.
  package func release(_ part: Part) { locked { outstanding -= part.weight } }

  /// Takes a part's memory back when it is written or dropped.
  package func giveBack(_ part: Part) {
    recycle(part.bytes, freeing: part.weight)
    unsafe pthread_cond_broadcast(freed)
  }

  /// Takes an unused buffer back.
  package func giveBack(unused buffer: ByteBuffer) { recycle(buffer, freeing: 0) }

  private func recycle(_ buffer: ByteBuffer, freeing weight: Int) {
    locked {
      outstanding -= weight
      buffer.removeAll()
      if idleBytes + buffer.capacity <= limit {
        idleBytes += buffer.capacity
        idle.append(buffer)
      }
    }
  }

  private func locked<R>(_ body: () -> R) -> R {
    unsafe pthread_mutex_lock(mutex)
    defer { unsafe pthread_mutex_unlock(mutex) }
    return body()
  }
}
