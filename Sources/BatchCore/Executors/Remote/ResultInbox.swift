/// Reads the results that workers leave in the store, each once.
///
/// Used by one thread. Results stay in the store until `forget`, so that what was read and not yet
/// committed is still there when the coordinator dies.
struct ResultInbox {
  private struct Batch {
    var partsRead: Set<Int> = []
    /// The result that says how the batch ended, and how many parts it has.
    var end: (result: BatchResult, parts: Int)?
    var keys: [BlobKey] = []
    var isOver = false
  }

  private let store: any BlobStore
  private let keys: SessionKeys
  private var batches: [BatchIndex: Batch] = [:]
  private var seen: Set<BlobKey> = []

  init(store: any BlobStore, keys: SessionKeys) {
    self.store = store
    self.keys = keys
  }

  /// Hands over what has come: parts, and ends whose parts have all been handed over.
  ///
  /// - Throws: `BlobFailure`; what was not handed over comes with the next call.
  mutating func collect(_ deliver: (BatchIndex, WorkerReply) -> Void) throws(BlobFailure) {
    var new: [BlobKey] = []
    try store.forEach(keys.results) { entry in
      if !seen.contains(entry.key) { new.append(entry.key) }
    }
    for key in new {
      guard let index = keys.batch(of: key), let bytes = try store.get(key) else { continue }
      seen.insert(key)
      take(key, bytes, of: index, deliver)
    }
  }

  private mutating func take(
    _ key: BlobKey, _ bytes: ByteBuffer, of index: BatchIndex,
    _ deliver: (BatchIndex, WorkerReply) -> Void
  ) {
    var batch = batches[index] ?? Batch()
    batch.keys.append(key)
    let reply =
      (try? WorkerReply(unsafe bytes.withBytes { unsafe Array($0) }))
      ?? .refused("\(key) in \(store.locator) is not a result that batchrun writes")
    switch reply {
    case .part:
      // The number stands at the end of the key.
      batch.partsRead.insert(Int(key.text.suffix(6)) ?? -1)
      deliver(index, reply)
    case .end(let result, let parts): batch.end = (result, parts)
    case .refused: deliver(index, reply)
    }
    if let end = batch.end, !batch.isOver, batch.partsRead.count == end.parts {
      batch.isOver = true
      deliver(index, .end(end.result, parts: end.parts))
    }
    batches[index] = batch
  }

  /// Removes what belongs to batches whose results are safe elsewhere.
  mutating func forget(_ over: [BatchIndex]) throws(BlobFailure) {
    var unwanted: [BlobKey] = []
    for index in over {
      unwanted += [keys.batch(index), keys.claim(index)]
      guard let batch = batches.removeValue(forKey: index) else { continue }
      unwanted += batch.keys
      for key in batch.keys { seen.remove(key) }
    }
    try store.delete(unwanted)
  }
}
