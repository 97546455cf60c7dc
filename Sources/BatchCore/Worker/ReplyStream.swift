internal import Glibc

/// The frames that a worker process writes to its standard output: a length, then a reply.
package final class ReplyStream: Sendable {
  private let parts = Shared(0)

  func part(_ part: Part) {
    parts.withLock { count in
      count += 1
      send(.part(part))
    }
  }

  func end(_ result: BatchResult) {
    parts.withLock { count in send(.end(result, parts: count)) }
  }

  func refuse(_ sentence: String) {
    parts.withLock { _ in send(.refused(sentence)) }
  }

  private func send(_ reply: WorkerReply) {
    let frame = MessageWriter()
    frame.add(reply.message)
    unsafe frame.buffer.withBytes { bytes in
      var offset = 0
      while offset < bytes.count, let base = bytes.baseAddress {
        let count = unsafe write(1, base + offset, bytes.count - offset)
        if count < 0, errno == EINTR { continue }
        // The coordinator is gone: nobody wants the rest.
        if count <= 0 { _exit(2) }
        offset += count
      }
    }
  }
}
