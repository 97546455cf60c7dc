internal import BatchCore

/// The records of a run in input order, each of which is found to be right before it is used.
struct RecordFeed {
  private var file: RecordFile
  private let job: EncodeJob
  /// The item whose record comes next.
  private var item = 0
  /// What a decoder of the video must know first; the same for all chunks.
  private var extradata: [UInt8]?

  init(_ records: CommittedRecords, _ job: EncodeJob) {
    file = RecordFile(records, name: job.name)
    self.job = job
  }

  /// Waits for the record of the next item.
  ///
  /// - Throws: `MediaError` that names the chunk that is missing, out of place or does not fit.
  mutating func next() throws -> ChunkRecord {
    guard let record = try file.next() else {
      throw MediaError(
        .mismatch, "there are \(item) of \(job.itemCount) chunks; run the same command again")
    }
    try check(record)
    item += 1
    return record
  }

  /// Waits for the end of the run.
  ///
  /// - Throws: `MediaError` when there are more records than items.
  mutating func finish() throws {
    if let record = try file.next() { throw misplaced(record) }
  }

  private mutating func check(_ record: ChunkRecord) throws {
    guard record.item == item else { throw misplaced(record) }
    switch (job.item(item), record.kind) {
    case (.chunk(let frames), .video): try checkChunk(record, frames)
    case (.sound, .sound): break
    default:
      throw MediaError(.mismatch, "chunk \(item) is not there; run the same command again")
    }
  }

  private mutating func checkChunk(
    _ record: ChunkRecord, _ frames: Range<Int>
  ) throws(MediaError) {
    guard record.frames == frames, record.timeBase == job.index.timeBase else {
      throw MediaError(
        .mismatch,
        "chunk \(record.item) holds frames \(record.frames) instead of \(frames); begin anew with --fresh"
      )
    }
    try record.checkFrames(against: job.index)
    guard record.extradata == extradata ?? record.extradata else {
      throw MediaError(
        .mismatch,
        "chunk \(record.item) (frames \(frames.lowerBound) to \(frames.upperBound - 1)) was encoded with "
          + "other parameter sets than the chunks before it, and cannot be joined to them; leave out "
          + "--codec-options that differ from chunk to chunk")
    }
    extradata = record.extradata
  }

  private func misplaced(_ record: ChunkRecord) -> MediaError {
    MediaError(
      .mismatch,
      "chunk \(record.item) stands in the place of chunk \(item); begin anew with --fresh")
  }
}

extension ChunkRecord {
  /// How many frames a decoder has to hold back to bring them into the order of showing: the farthest
  /// that one is shown before its place in the order of decoding.
  func reorderDepth(_ index: VideoIndex) -> Int {
    var places: [Int64: Int] = [:]
    for (place, frame) in frames.enumerated() { places[index.frames[frame].time] = place }
    return packets.enumerated().reduce(0) { depth, packet in
      max(depth, packet.offset - (places[packet.element.time] ?? packet.offset))
    }
  }
}
