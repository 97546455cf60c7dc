/// What earlier processes of a run have left in the store: jobs that may still run, and results that
/// nobody has committed.
struct EarlierSessions {
  private let store: any BlobStore
  /// The results, in the order of sessions and batches.
  private let results: [BlobKey]
  /// The numbers of the jobs that were submitted.
  let jobs: [String]

  init(store: any BlobStore, run: RunID) throws(BlobFailure) {
    self.store = store
    var results: [BlobKey] = []
    var jobs: [String] = []
    try store.forEach(BlobKeys.run(run)) { entry in
      let parts = entry.key.text.split(separator: "/")
      guard parts.count == 5 else { return }
      switch parts[3] {
      case "jobs": jobs.append(String(parts[4]))
      case "results": results.append(entry.key)
      default: break
      }
    }
    self.results = results
    self.jobs = jobs
  }

  /// The finished items in the results, in parts.
  func parts() throws(BlobFailure) -> [Part] {
    var parts: [Part] = []
    for key in results {
      guard let bytes = try store.get(key),
        let reply = try? WorkerReply(unsafe bytes.withBytes { unsafe Array($0) })
      else { continue }
      if case .part(let part) = reply { parts.append(part) }
    }
    return parts
  }
}
