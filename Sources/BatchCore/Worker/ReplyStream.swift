internal import Glibc

/// The frames that a worker process writes to its standard output: a length, then a reply.
package final class ReplyStream: Sendable {
  private struct State: Sendable {
    var parts = 0
    /// What the counters said when the batch began.
    var base: [Int] = []
    var counts: [Int] = []
  }

  private let state = Shared(State())

  /// - Parameter counters: Those of the task.
  func begin(_ counters: [WorkCounter]) {
    state.withLock { state in
      state = State(base: counters.map(\.value), counts: counters.map { _ in 0 })
    }
  }

  func part(_ part: Part) {
    state.withLock { state in
      state.parts += 1
      send(.part(part))
    }
  }

  /// Tells what the task has counted since the batch began, unless that was told already.
  func counters(_ counters: [WorkCounter]) {
    state.withLock { state in
      let new = zip(counters, state.base).map { $0.value - $1 }
      guard new != state.counts else { return }
      state.counts = new
      send(.counts(new))
    }
  }

  func end(_ result: BatchResult) {
    state.withLock { state in send(.end(result, parts: state.parts)) }
  }

  func refuse(_ sentence: String) {
    state.withLock { _ in send(.refused(sentence)) }
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
