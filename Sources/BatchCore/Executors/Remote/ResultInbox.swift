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
  /// Batches of which two attempts are under way, each with the other one; their results are not read
  /// before they are complete, because only one attempt's may be handed over.
  private var rivals: [BatchIndex: BatchIndex] = [:]

  init(store: any BlobStore, keys: SessionKeys) {
    self.store = store
    self.keys = keys
  }

  // MARK: - Two attempts at the same items

  /// From now on only the results of the one are handed over that are complete first.
  mutating func race(_ first: BatchIndex, _ second: BatchIndex) {
    rivals[first] = second
    rivals[second] = first
  }

  /// The batch is the only attempt again: its results are handed over as they come.
  mutating func endRace(for batch: BatchIndex) { rivals[batch] = nil }

  /// Takes notice of rivals that have ended, among new keys: one whose results are complete is one no
  /// longer; how another one ended is handed over without its parts.
  private mutating func judgeRivals(
    _ new: [BlobKey], _ deliver: (BatchIndex, WorkerReply) -> Void
  ) throws(BlobFailure) {
    let there = Set(new)
    for key in new {
      guard let index = keys.batch(of: key), key == keys.end(index), let rival = rivals[index],
        // While the other's results are being handed over, there is nothing to judge.
        rivals[rival] != nil, let bytes = try store.get(key)
      else { continue }
      guard case .end(let result, let parts)? = Self.reply(bytes) else {
        seen.insert(key)
        deliver(index, unreadable(key))
        continue
      }
      if result.ending != .done {
        seen.insert(key)
        deliver(index, .end(result, parts: parts))
      } else {
        let read = batches[index]?.partsRead ?? []
        let isComplete = (0..<parts).allSatisfy {
          read.contains($0) || there.contains(keys.part(index, $0))
        }
        if isComplete { rivals[index] = nil }
      }
    }
  }

  private static func reply(_ bytes: ByteBuffer) -> WorkerReply? {
    try? WorkerReply(unsafe bytes.withBytes { unsafe Array($0) })
  }

  private func unreadable(_ key: BlobKey) -> WorkerReply {
    .refused("\(key) in \(store.locator) is not a result that batchrun writes")
  }

  // MARK: - Reading

  /// Hands over what has come: parts, and ends whose parts have all been handed over.
  ///
  /// - Throws: `BlobFailure`; what was not handed over comes with the next call.
  mutating func collect(_ deliver: (BatchIndex, WorkerReply) -> Void) throws(BlobFailure) {
    var new: [BlobKey] = []
    try store.forEach(keys.results) { entry in
      if !seen.contains(entry.key) { new.append(entry.key) }
    }
    if !rivals.isEmpty { try judgeRivals(new, deliver) }
    for key in new {
      guard let index = keys.batch(of: key), rivals[index] == nil, !seen.contains(key),
        let bytes = try store.get(key)
      else { continue }
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
    let reply = Self.reply(bytes) ?? unreadable(key)
    switch reply {
    case .part:
      // The number stands at the end of the key.
      batch.partsRead.insert(Int(key.text.suffix(6)) ?? -1)
      deliver(index, reply)
    case .end(let result, let parts): batch.end = (result, parts)
    case .counts, .refused: deliver(index, reply)
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
