/// Which page of a batch is read next, where more than one has something to be read.
///
/// A page that is being read holds a tree of several times its bytes, and one that waits only its
/// bytes. So when the worker is behind, pages that have come whole are read first, then those that
/// have been begun: few are open at once, however many arrive side by side.
package struct ReadingOrder {
  private var ended = Fifo<Int>()
  private var begun = Fifo<Int>()
  private var fresh = Fifo<Int>()

  package init() {}

  package var isEmpty: Bool { ended.isEmpty && begun.isEmpty && fresh.isEmpty }

  /// Notes that more of a page has come.
  package mutating func add(_ page: Int, hasReader: Bool) {
    if hasReader { begun.append(page) } else { fresh.append(page) }
  }

  /// Notes that a page will bring no more.
  package mutating func add(ended page: Int) { ended.append(page) }

  /// The next page, which may have been read meanwhile.
  package mutating func next() -> Int? { ended.popFirst() ?? begun.popFirst() ?? fresh.popFirst() }
}
