internal import BatchCore

/// A page that is on its way, for all items of the batch that list it.
final class OpenPage {
  let offsets: Range<Int>
  let url: WebURL
  private(set) var head: PageHead?
  /// What has come of the body and was not read yet.
  var unread: [ReceivedBytes] = []
  var reader: PageReader?
  var memory: PageMemory?
  /// Whether the reader has all it needs, or nothing of the body is wanted.
  var isSettled = false
  /// Why the page cannot be asked for yet.
  var wait: PoliteWait?
  /// How the fetching ended.
  var result: PageResult?

  init(offsets: Range<Int>, url: WebURL) {
    self.offsets = offsets
    self.url = url
  }

  /// Takes the head; a second one means that an attempt broke, and that the page begins anew.
  func begin(_ head: PageHead) {
    self.head = head
    wait = nil
    unread = []
    reader = nil
    isSettled = head.status ?? 200 >= 400
  }
}

/// Which page of a batch is read next, where more than one has something to be read.
///
/// A page that is being read holds a tree of several times its bytes, and one that waits only its
/// bytes. So when the worker is behind, pages that have come whole are read first, then those that
/// have been begun: few are open at once, however many arrive side by side.
struct ReadingOrder {
  private var ended = Fifo<Int>()
  private var begun = Fifo<Int>()
  private var fresh = Fifo<Int>()

  var isEmpty: Bool { ended.isEmpty && begun.isEmpty && fresh.isEmpty }

  /// Notes that more of a page has come.
  mutating func add(_ page: Int, hasReader: Bool) {
    if hasReader { begun.append(page) } else { fresh.append(page) }
  }

  /// Notes that a page will bring no more.
  mutating func add(ended page: Int) { ended.append(page) }

  /// The next page, which may have been read meanwhile.
  mutating func next() -> Int? { ended.popFirst() ?? begun.popFirst() ?? fresh.popFirst() }
}
