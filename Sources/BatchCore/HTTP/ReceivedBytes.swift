internal import Synchronization

/// A piece of a body; its memory goes back to the pool when the last reference is dropped.
///
/// The bytes are read only: they may be in use by several readers.
package final class ReceivedBytes: Sendable {
  package let buffer: ByteBuffer
  private let pool: ReceivePool
  private let window: ReceiveWindow
  private let size: Int

  init(_ buffer: ByteBuffer, _ window: ReceiveWindow, from pool: ReceivePool) {
    self.buffer = buffer
    self.pool = pool
    self.window = window
    size = buffer.capacity
    pool.lend(size)
    window.unread.wrappingAdd(size, ordering: .relaxed)
  }

  deinit {
    window.unread.wrappingSubtract(size, ordering: .relaxed)
    pool.takeBack(buffer, size: size)
  }

  package var count: Int { buffer.count }
}

/// How many bytes of one exchange wait to be read.
final class ReceiveWindow: Sendable {
  let unread = Atomic<Int>(0)
}

/// The memory of bodies, reused, with a count of what is out.
///
/// Counted is the memory and not the bytes in it, because memory is what runs out.
package final class ReceivePool: Sendable {
  /// The size of a piece; a body that is shorter has one piece.
  static let pieceBytes = 64 << 10
  private static let smallestBytes = 16 << 10

  private let idle = Mutex(Idle())
  private let lent = Atomic<Int>(0)
  private let limitBytes: Int
  /// Whether someone waits for memory to come back.
  let isAwaited = Atomic<Bool>(false)
  private let wake: WakeSignal

  private struct Idle {
    /// By size: 16, 32 and 64 KiB.
    var buffers: [[ByteBuffer]] = [[], [], []]
    var bytes = 0

    mutating func dropOne() {
      guard let place = buffers.lastIndex(where: { !$0.isEmpty }) else { return }
      bytes -= buffers[place].popLast()?.capacity ?? 0
    }
  }

  /// - Parameter limitBytes: what may be unread before the exchanges are held up.
  init(limitBytes: Int, wake: WakeSignal) {
    self.limitBytes = limitBytes
    self.wake = wake
  }

  package var unreadBytes: Int { lent.load(ordering: .relaxed) }
  package var isFull: Bool { unreadBytes >= limitBytes }

  /// An empty buffer with room for `expected` bytes, or for one piece.
  package func take(expecting expected: Int) -> ByteBuffer {
    let place = Self.place(min(max(expected, Self.smallestBytes), Self.pieceBytes))
    let found = idle.withLock { idle -> ByteBuffer? in
      if let buffer = idle.buffers[place].popLast() {
        idle.bytes -= buffer.capacity
        return buffer
      }
      // What waits in other sizes makes room.
      if idle.bytes + unreadBytes >= limitBytes { idle.dropOne() }
      return nil
    }
    return found ?? ByteBuffer(capacity: Self.smallestBytes << place)
  }

  private static func place(_ size: Int) -> Int {
    size <= smallestBytes ? 0 : size <= 2 * smallestBytes ? 1 : 2
  }

  /// A piece made of a buffer that has been filled.
  package func piece(_ buffer: ByteBuffer) -> ReceivedBytes {
    ReceivedBytes(buffer, ReceiveWindow(), from: self)
  }

  fileprivate func lend(_ size: Int) { lent.wrappingAdd(size, ordering: .relaxed) }

  fileprivate func takeBack(_ buffer: ByteBuffer, size: Int) {
    lent.wrappingSubtract(size, ordering: .sequentiallyConsistent)
    buffer.removeAll()
    if size <= Self.pieceBytes, size & (size - 1) == 0 {
      idle.withLock { idle in
        guard idle.bytes + size + unreadBytes <= limitBytes else { return }
        idle.buffers[Self.place(size)].append(buffer)
        idle.bytes += size
      }
    }
    if isAwaited.load(ordering: .sequentiallyConsistent) { wake.raise() }
  }
}
