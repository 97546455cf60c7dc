/// Where the results of one batch go.
///
/// Nothing is written once the worker's claim is gone: another attempt was faster, or the run is over,
/// and nobody would ever remove it.
final class ResultOutlet: Sendable {
  private let store: any BlobStore
  private let keys: SessionKeys
  private let batch: BatchIndex
  private let state = Shared((parts: 0, failure: nil as BlobFailure?))

  init(store: any BlobStore, keys: SessionKeys, batch: BatchIndex) {
    self.store = store
    self.keys = keys
    self.batch = batch
  }

  func part(_ part: Part) {
    state.withLock { state in
      guard state.failure == nil else { return }
      do throws(BlobFailure) {
        guard try isWanted() else { return }
        try store.put(
          WorkerReply.part(part).message, at: keys.part(batch, state.parts), ifAbsent: true)
        state.parts += 1
      } catch {
        state.failure = error
      }
    }
  }

  /// - Throws: What a part before it could not be written for.
  func end(_ result: BatchResult) throws(BlobFailure) {
    let (parts, failure) = state.value
    if let failure { throw failure }
    guard try isWanted() else { return }
    try store.put(
      WorkerReply.end(result, parts: parts).message, at: keys.end(batch), ifAbsent: true)
  }

  private func isWanted() throws(BlobFailure) -> Bool {
    try store.size(of: keys.claim(batch)) != nil
  }
}
