/// The packets of the encoded video in the order of decoding, with the times at which to decode them.
struct VideoFeed {
  private let file: RecordFile
  private let places: ArraySlice<Range<Int>>
  private let index: VideoIndex
  private let depth: Int
  /// Taken off every time, in ticks.
  private let offset: Int64
  private var nextPlace: Int
  private var packets: ArraySlice<ChunkRecord.Packet> = []
  /// The number of the packet that comes next, in the whole video.
  private var number = 0

  init(
    _ file: RecordFile, _ survey: RecordSurvey, job: EncodeJob, offset: Int64
  ) {
    self.file = file
    places = survey.places[job.soundStreams.count...]
    index = job.index
    depth = survey.reorderDepth
    self.offset = offset
    nextPlace = places.startIndex
  }

  /// When the next packet is to be decoded, in ticks; nil behind the last.
  ///
  /// Every chunk holds a whole range of frames, so that the packet of number n can be decoded when the
  /// frame that is shown `depth` frames before the n-th is.
  var decodeTime: Int64? {
    guard number < index.frames.count else { return nil }
    guard number < depth else { return index.frames[number - depth].time - offset }
    let first = index.frames[0].time - offset
    return first - Int64(depth - number) * max(1, index.duration(of: 0))
  }

  /// Fills `packet` with the next one; false behind the last.
  mutating func next(into packet: Packet) throws -> Bool {
    guard let decodeTime else { return false }
    while packets.isEmpty, nextPlace < places.endIndex {
      // The bytes of the record before this one are given back first.
      packets = []
      packets = try file.record(in: places[nextPlace]).packets[...]
      nextPlace += 1
    }
    guard let coded = packets.popFirst() else { return false }
    try unsafe coded.bytes.withUnsafeBytes { unsafe try packet.fill($0) }
    packet.time = coded.time - offset
    packet.decodeTime = decodeTime
    packet.duration = coded.duration
    packet.flags = coded.isKey ? 1 : 0
    number += 1
    return true
  }
}
