internal import Glibc

/// What each worker has in hand, in memory that outlives the process.
///
/// The slots are a shared mapping of a small file: a plain store is enough, and after a crash or
/// `kill -9` the next process reads which items were being worked on. A slot has room for two ranges:
/// what its worker has in hand, and what a worker before it was given up with, whose thread is still at
/// work on it and may yet bring the process down.
// @unchecked Sendable: a slot is written by one worker thread at a time; words are aligned and read
// by others only as hints, or after the process that wrote them has died.
@safe
package final class InFlightSlots: @unchecked Sendable {
  private static let slotWords = 8
  /// Where the range of the worker that was given up begins in a slot.
  private static let givenUp = 4
  private let words: UnsafeMutablePointer<UInt64>
  private let path: String
  package let count: Int

  /// Opens the file with room for `count` workers; all slots are empty.
  package init(path: String, count: Int) throws(SystemError) {
    self.path = path
    self.count = count
    let bytes = count * Self.slotWords * 8
    let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw .last("open", path) }
    defer { close(descriptor) }
    // Allocated at once, so that a full disk is an error here and not a signal at a store.
    let code = posix_fallocate(descriptor, 0, bytes)
    guard code == 0 else { throw SystemError("reserve", path, code: code) }
    let memory = unsafe mmap(nil, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0)
    guard let memory = unsafe memory, unsafe memory != MAP_FAILED else { throw .last("map", path) }
    unsafe words = memory.bindMemory(to: UInt64.self, capacity: count * Self.slotWords)
  }

  deinit { unsafe munmap(words, count * Self.slotWords * 8) }

  /// Says that worker `slot` works on `items`, of which `next` is the first unfinished.
  package func set(_ slot: Int, next: Int, end: Int) {
    write(next..<end, at: slot * Self.slotWords)
  }

  private func write(_ items: Range<Int>, at base: Int) {
    unsafe words[base + 1] = UInt64(items.lowerBound)
    unsafe words[base + 2] = UInt64(items.upperBound)
    unsafe words[base] = 1
  }

  /// Says that the items before `next` are finished.
  package func advance(_ slot: Int, to next: Int) {
    unsafe words[slot * Self.slotWords + 1] = UInt64(next)
  }

  package func clear(_ slot: Int) { unsafe words[slot * Self.slotWords] = 0 }

  /// Says that worker `slot` was given up over `items`, and that another takes its place.
  package func giveUp(_ slot: Int, on items: Range<Int>) {
    // In this order the items are named at every instant.
    if !items.isEmpty { write(items, at: slot * Self.slotWords + Self.givenUp) }
    clear(slot)
  }

  /// The items that were in hand when the process that wrote the file died; ranges may overlap.
  package static func suspects(path: String) -> [Range<Int>] {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return [] }
    defer { close(descriptor) }
    var result: [Range<Int>] = []
    var slot = [UInt64](repeating: 0, count: slotWords)
    var offset = 0
    while unsafe pread(descriptor, &slot, slotWords * 8, offset) == slotWords * 8 {
      for base in [0, givenUp] where slot[base] == 1 && slot[base + 1] < slot[base + 2] {
        result.append(Int(slot[base + 1])..<Int(slot[base + 2]))
      }
      offset += slotWords * 8
    }
    return result
  }
}
