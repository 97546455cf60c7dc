internal import Glibc

/// What each worker has in hand, in memory that outlives the process.
///
/// The slots are a shared mapping of a small file: a plain store is enough, and after a crash or
/// `kill -9` the next process reads which items were being worked on.
// @unchecked Sendable: a slot is written by one worker thread at a time; words are aligned and read
// by others only as hints, or after the process that wrote them has died.
@safe
package final class InFlightSlots: @unchecked Sendable {
  private static let slotWords = 8
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
    let base = slot * Self.slotWords
    unsafe words[base + 1] = UInt64(next)
    unsafe words[base + 2] = UInt64(end)
    unsafe words[base] = 1
  }

  /// Says that the items before `next` are finished.
  package func advance(_ slot: Int, to next: Int) {
    unsafe words[slot * Self.slotWords + 1] = UInt64(next)
  }

  package func clear(_ slot: Int) { unsafe words[slot * Self.slotWords] = 0 }

  /// The items that were in hand when the process that wrote the file died.
  package static func suspects(path: String) -> [Range<Int>] {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return [] }
    defer { close(descriptor) }
    var result: [Range<Int>] = []
    var slot = [UInt64](repeating: 0, count: slotWords)
    var offset = 0
    while unsafe pread(descriptor, &slot, slotWords * 8, offset) == slotWords * 8 {
      if slot[0] == 1, slot[1] < slot[2] { result.append(Int(slot[1])..<Int(slot[2])) }
      offset += slotWords * 8
    }
    return result
  }
}
