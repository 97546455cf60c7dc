internal import BatchCore

/// Where the pages of one batch arrive.
package final class PageInbox: Sendable {
  private let mailbox = Mailbox<PageMessage>()

  package init() {}

  /// Moves all messages that are there to `messages`, waiting up to `seconds` for the first.
  ///
  /// The memory of a body is counted as unread until the message is dropped.
  package func receive(into messages: inout [PageMessage], waiting seconds: Double) {
    mailbox.receive(into: &messages, waiting: seconds)
  }

  func post(_ message: PageMessage, wakes: Bool) { mailbox.post(message, wakes: wakes) }
}

/// Messages of one turn of the loop: each inbox is woken once, with its last one.
struct PageOutbox {
  private var last: [ObjectIdentifier: (inbox: PageInbox, message: PageMessage)] = [:]

  mutating func post(_ message: PageMessage, to inbox: PageInbox) {
    let earlier = last.updateValue((inbox, message), forKey: ObjectIdentifier(inbox))
    if let earlier { earlier.inbox.post(earlier.message, wakes: false) }
  }

  mutating func flush() {
    guard !last.isEmpty else { return }
    for (inbox, message) in last.values { inbox.post(message, wakes: true) }
    last.removeAll(keepingCapacity: true)
  }
}
