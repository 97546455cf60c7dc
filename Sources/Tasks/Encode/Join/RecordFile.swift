internal import BatchCore
internal import Glibc

/// The records of a run in input order, read one at a time.
struct RecordFile {
  private let source: ByteSource
  private let name: String

  /// - Parameter name: The name of the video, for messages.
  init(path: String, name: String) throws {
    source = try ByteSource(path: path)
    self.name = name
  }

  /// Calls `body` with each record, and where it stands.
  func forEach(_ body: (ChunkRecord, Range<Int>) throws -> Void) throws {
    var place = 0
    while place < source.sizeBytes {
      let range = try recordRange(at: place)
      try body(try record(in: range), range)
      place = range.upperBound
    }
  }

  /// Reads the record in that range.
  func record(in range: Range<Int>) throws -> ChunkRecord {
    do {
      return try ChunkRecord(try bytes(range))
    } catch is BinaryReader.Malformed {
      throw damaged(range.lowerBound)
    }
  }

  private func recordRange(at place: Int) throws -> Range<Int> {
    let headEnd = place + ChunkRecord.headBytes
    guard headEnd <= source.sizeBytes,
      let length = ChunkRecord.length(head: try bytes(place..<headEnd)),
      length <= source.sizeBytes - place
    else { throw damaged(place) }
    return place..<place + length
  }

  private func bytes(_ range: Range<Int>) throws -> [UInt8] {
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

  private func damaged(_ place: Int) -> MediaError {
    MediaError(
      .mismatch,
      "the finished chunks of \(name) are damaged at byte \(place) of \(source.name); begin anew with "
        + "--fresh")
  }
}
