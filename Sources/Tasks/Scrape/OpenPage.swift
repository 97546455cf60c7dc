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
  private(set) var wait: PoliteWait?
  /// Until when, on the clock of the batch.
  private(set) var waitsUntil = -Double.infinity
  /// How the fetching ended.
  var result: PageResult?

  init(offsets: Range<Int>, url: WebURL) {
    self.offsets = offsets
    self.url = url
  }

  func takes(_ wait: PoliteWait, at now: Double) {
    self.wait = wait
    waitsUntil = now + wait.seconds
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
