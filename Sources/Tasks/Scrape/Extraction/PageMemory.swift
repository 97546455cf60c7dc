internal import BatchCore
internal import Synchronization

/// Memory that one page after the other is read in.
// @unchecked Sendable: it has one owner at a time, who gives it back when the page has been read.
package final class PageMemory: @unchecked Sendable {
  let document = HTMLDocument()
  private(set) var text = ByteBuffer(capacity: textBytes)
  let window = ByteBuffer(capacity: EncodingDecision.windowBytes)

  private static let textBytes = 128 << 10

  package init() {}

  /// Forgets the page; what a long one has taken goes back to the system.
  package func clear() {
    document.reset()
    if text.count > 2 * Self.textBytes { text = ByteBuffer(capacity: Self.textBytes) }
    text.removeAll()
    window.removeAll()
  }
}

/// The memories of all batches of a process: as many as pages were being read at the same time.
final class PageMemories: Sendable {
  private let idle = Mutex<[PageMemory]>([])

  /// The one that was given back last, which the processor knows best.
  func take() -> PageMemory { idle.withLock { $0.popLast() } ?? PageMemory() }

  func giveBack(_ memory: PageMemory) {
    memory.clear()
    idle.withLock { $0.append(memory) }
  }
}
