extension BlobStore {
  /// Does once what a run does many times, so that a store which cannot is found before anything runs.
  ///
  /// - Throws: `BlobFailure` for a store that cannot be reached, written, read or cleared, and for one
  ///   that lets a second writer replace what the first has written.
  package func rehearse(for run: RunID) throws(BlobFailure) {
    let word = String(UInt64.random(in: 0 ... .max), radix: 36)
    let key = BlobKeys.rehearsal(run, word)
    let isFirst = try put(ByteBuffer(Array(word.utf8)), at: key, ifAbsent: true)
    let isSecond = try put(ByteBuffer(Array("second".utf8)), at: key, ifAbsent: true)
    let found = try get(key)
    let text = unsafe found?.withBytes { unsafe String(decoding: $0, as: UTF8.self) }
    try delete([key])
    guard !isSecond else {
      throw BlobFailure(
        .failed,
        "\(locator) ignores If-None-Match, so that two workers could replace each other's results; "
          + "use another service, or a newer version of it")
    }
    guard isFirst, text == word else {
      throw BlobFailure(
        .failed, "\(locator) does not give back what was written; use another place")
    }
  }
}
