internal import BatchCore
internal import Glibc

/// The records of a run in input order, read one at a time while the run makes them.
struct RecordFile {
  private let records: CommittedRecords
  private let name: String
  private var place = 0

  /// - Parameter name: The name of the video, for messages.
  init(_ records: CommittedRecords, name: String) {
    self.records = records
    self.name = name
  }

  /// Waits for the next record and reads it; nil behind the last.
  mutating func next() throws -> ChunkRecord? {
    let end = try records.committedBytes(beyond: place)
    guard end > place else { return nil }
    let source = try ByteSource(path: records.path)
    let headEnd = place + ChunkRecord.headBytes
    // The file itself may end earlier than what was committed, when somebody else cut it off.
    guard source.sizeBytes >= end, headEnd <= end,
      let length = ChunkRecord.length(head: try bytes(place..<headEnd, source)),
      length <= end - place
    else { throw damage }
    do {
      let record = try ChunkRecord(try bytes(place..<place + length, source))
      place += length
      return record
    } catch is BinaryReader.Malformed {
      throw damage
    }
  }

  private func bytes(_ range: Range<Int>, _ source: ByteSource) throws -> [UInt8] {
    unsafe try Array(unsafeUninitializedCapacity: range.count) { target, count in
      unsafe Self.askForLargePages(target)
      try unsafe source.read(at: range.lowerBound, into: UnsafeMutableRawBufferPointer(target))
      count = range.count
    }
  }

  /// A record may have 100 MB, and giving them to the program page by page takes as long as reading them.
  private static func askForLargePages(_ target: UnsafeMutableBufferPointer<UInt8>) {
    let size = 2 << 20
    guard target.count > 2 * size, let start = target.baseAddress else { return }
    let skipped = (size - Int(bitPattern: start) % size) % size
    // Without them it works as well.
    unsafe _ = madvise(start + skipped, (target.count - skipped) / size * size, MADV_HUGEPAGE)
  }

  private var damage: MediaError {
    MediaError(
      .mismatch,
      "the finished chunks of \(name) are damaged at byte \(place) of \(records.path); begin anew with "
        + "--fresh")
  }
}
