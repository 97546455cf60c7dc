/// All records of a run, looked through before anything is joined: what is where, and that it is right.
struct RecordSurvey {
  /// Where the record of each item stands in the file.
  private(set) var places: [Range<Int>] = []
  /// What a decoder of the video must know first; the same for all chunks.
  private(set) var extradata: [UInt8] = []
  /// How many frames a decoder has to hold back to bring them into the order of showing.
  private(set) var reorderDepth = 0

  /// - Throws: `MediaError` that names the chunk that is missing, out of place or does not fit.
  init(_ file: RecordFile, _ job: EncodeJob) throws {
    var survey = RecordSurvey()
    try file.forEach { record, place in try survey.add(record, at: place, job) }
    guard survey.places.count == job.itemCount else {
      throw MediaError(
        .mismatch,
        "there are \(survey.places.count) of \(job.itemCount) chunks; run the same command again")
    }
    self = survey
  }

  private init() {}

  private mutating func add(_ record: ChunkRecord, at place: Range<Int>, _ job: EncodeJob) throws {
    let item = places.count
    guard record.item == item, item < job.itemCount else {
      throw MediaError(
        .mismatch,
        "chunk \(record.item) stands in the place of chunk \(item); begin anew with --fresh")
    }
    places.append(place)
    switch (job.item(item), record.kind) {
    case (.chunk(let frames), .video): try addChunk(record, frames, job)
    case (.sound, .sound): break
    default:
      throw MediaError(.mismatch, "chunk \(item) is not there; run the same command again")
    }
  }

  private mutating func addChunk(
    _ record: ChunkRecord, _ frames: Range<Int>, _ job: EncodeJob
  ) throws(MediaError) {
    guard record.frames == frames, record.timeBase == job.index.timeBase else {
      throw MediaError(
        .mismatch,
        "chunk \(record.item) holds frames \(record.frames) instead of \(frames); begin anew with --fresh"
      )
    }
    try record.checkFrames(against: job.index)
    if frames.lowerBound == 0 {
      extradata = record.extradata
    } else if extradata != record.extradata {
      throw MediaError(
        .mismatch,
        "chunk \(record.item) (frames \(frames.lowerBound) to \(frames.upperBound - 1)) was encoded with "
          + "other parameter sets than the chunks before it, and cannot be joined to them; leave out "
          + "--codec-options that differ from chunk to chunk")
    }
    reorderDepth = max(reorderDepth, Self.reorderDepth(of: record, job.index))
  }

  /// The farthest that a frame is shown before its place in the order of decoding.
  private static func reorderDepth(of record: ChunkRecord, _ index: VideoIndex) -> Int {
    var places: [Int64: Int] = [:]
    for (place, frame) in record.frames.enumerated() { places[index.frames[frame].time] = place }
    return record.packets.enumerated().reduce(0) { depth, packet in
      max(depth, packet.offset - (places[packet.element.time] ?? packet.offset))
    }
  }
}
