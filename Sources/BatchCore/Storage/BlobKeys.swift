/// All keys of all objects that a run keeps in a store, so that no two meanings share a key.
///
///     runs/RUN/…                 what one run leaves behind; removed when it has ended
///     inputs/DIGEST              inputs, by content, so that a second run finds them there
///     files/DIGEST               local files that items name, by content
///     programs/VERSION-DIGEST/…  the program and its libraries, once for each version
package enum BlobKeys {
  /// What the keys of a run begin with.
  package static func run(_ run: RunID) -> String { "runs/\(run.rawValue)/" }

  /// An object that is written and removed before anything else, to see whether that can be done.
  ///
  /// - Parameter word: another each time.
  package static func rehearsal(_ run: RunID, _ word: String) -> BlobKey {
    key("runs", run.rawValue, "rehearsal-\(word)")
  }

  // MARK: - By content

  /// - Parameter digest: the hexadecimal SHA-256 of the content.
  package static func input(digest: String) -> BlobKey { key("inputs", digest) }

  /// - Parameter digest: the hexadecimal SHA-256 of the content.
  package static func file(digest: String) -> BlobKey { key("files", digest) }

  /// A file of the packed program.
  ///
  /// - Parameter digest: of the whole package.
  package static func program(version: String, digest: String, file: String) -> BlobKey {
    key("programs", "\(version)-\(digest)", file)
  }

  // MARK: - Names

  fileprivate static func key(_ parts: String...) -> BlobKey { BlobKey(parts: parts) }
}

/// The keys of a session: of one process that carries a run out, and of its workers.
///
///     task              what is to be done, for every worker
///     batches/B         the order of batch B
///     claims/B          which worker has it
///     results/B-N       part N of its results; `results/B-end` is how it ended
///     jobs/J            a job that was submitted
///     logs/…            what workers wrote to their standard error
///     stop              once it is there, no worker begins anything new
package struct SessionKeys: Sendable, Equatable {
  /// What all of them begin with: `runs/RUN/SESSION/`.
  package let prefix: String

  /// - Parameter name: Differs from those of other processes that carry the run out.
  package init(run: RunID, name: String) { prefix = "\(BlobKeys.run(run))\(name)/" }

  /// Nil when `prefix` is none that another session has.
  package init?(prefix: String) {
    let parts = prefix.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 4, parts[0] == "runs", parts[3].isEmpty, BlobKey(prefix + "x") != nil
    else { return nil }
    self.prefix = prefix
  }

  package var task: BlobKey { key("task") }
  package var stop: BlobKey { key("stop") }
  package var batches: String { prefix + "batches/" }
  package var claims: String { prefix + "claims/" }
  package var results: String { prefix + "results/" }
  package var jobs: String { prefix + "jobs/" }
  package var logs: String { prefix + "logs/" }

  package func batch(_ batch: BatchIndex) -> BlobKey { key("batches/\(Self.name(batch))") }
  package func claim(_ batch: BatchIndex) -> BlobKey { key("claims/\(Self.name(batch))") }
  package func job(_ id: String) -> BlobKey { key("jobs/\(id)") }
  package func log(_ name: String) -> BlobKey { key("logs/\(name)") }

  package func part(_ batch: BatchIndex, _ number: Int) -> BlobKey {
    key("results/\(Self.name(batch))-\(Self.digits(number, 6))")
  }

  package func end(_ batch: BatchIndex) -> BlobKey { key("results/\(Self.name(batch))-end") }

  /// The batch of a key below `batches`, `claims` or `results`.
  package func batch(of key: BlobKey) -> BatchIndex? {
    key.text.split(separator: "/").last?.split(separator: "-").first
      .flatMap { Int($0) }.map { BatchIndex($0) }
  }

  private func key(_ rest: String) -> BlobKey { BlobKeys.key(prefix + rest) }

  /// Such that the order of the names is that of the numbers.
  private static func name(_ batch: BatchIndex) -> String { digits(batch.rawValue, 8) }

  private static func digits(_ number: Int, _ width: Int) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
  }
}
