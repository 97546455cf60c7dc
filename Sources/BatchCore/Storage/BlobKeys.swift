/// All keys of all objects that a run keeps in a store, so that no two meanings share a key.
///
///     runs/RUN/…                 what one run leaves behind; removed when it has ended
///     inputs/DIGEST              inputs, by content, so that a second run finds them there
///     files/DIGEST               local files that items name, by content
///     programs/VERSION-DIGEST/…  the program and its libraries, once for each version
package enum BlobKeys {
  // MARK: - One run

  /// What the keys of a run begin with.
  package static func run(_ run: RunID) -> String { "runs/\(run.rawValue)/" }

  /// An object that is written and removed before anything else, to see whether that can be done.
  ///
  /// - Parameter word: another each time.
  package static func rehearsal(_ run: RunID, _ word: String) -> BlobKey {
    key("runs", run.rawValue, "rehearsal-\(word)")
  }

  /// What a worker needs for an attempt of a batch.
  package static func batch(_ run: RunID, _ batch: BatchIndex, attempt: Int) -> BlobKey {
    key("runs", run.rawValue, "batches", name(batch, attempt))
  }

  /// What an attempt of a batch came to; written once, last.
  package static func result(_ run: RunID, _ batch: BatchIndex, attempt: Int) -> BlobKey {
    key("runs", run.rawValue, "results", name(batch, attempt))
  }

  /// What all results of a run begin with.
  package static func results(_ run: RunID) -> String { "runs/\(run.rawValue)/results/" }

  /// Finished items of an attempt, counted from zero, that were handed over before its end.
  package static func part(
    _ run: RunID, _ batch: BatchIndex, attempt: Int, part: Int
  ) -> BlobKey {
    key("runs", run.rawValue, "parts", "\(name(batch, attempt))-\(digits(part, 6))")
  }

  /// What all parts of a run begin with.
  package static func parts(_ run: RunID) -> String { "runs/\(run.rawValue)/parts/" }

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

  private static func key(_ parts: String...) -> BlobKey { BlobKey(parts: parts) }

  /// In the order of numbers, up to a hundred million batches.
  private static func name(_ batch: BatchIndex, _ attempt: Int) -> String {
    "\(digits(batch.rawValue, 8))-\(attempt)"
  }

  private static func digits(_ number: Int, _ width: Int) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
  }
}
