internal import BatchCore

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
    var buffer = ByteBuffer(capacity: range.count)
    try source.read(range, appendingTo: &buffer)
    return unsafe buffer.withBytes { unsafe Array($0) }
  }

  private func damaged(_ place: Int) -> MediaError {
    MediaError(
      .mismatch,
      "the finished chunks of \(name) are damaged at byte \(place) of \(source.name); begin anew with "
        + "--fresh")
  }
}
