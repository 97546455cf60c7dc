/// Encodes one chunk: exactly its frames, beginning with a key frame, each at its time.
struct ChunkEncoder {
  let index: VideoIndex
  let settings: VideoSettings
  /// Whether a chunk near the end of the video may take cores that no other chunk needs any more.
  var takesSpareCores = true

  /// - Parameters:
  ///   - item: The number of the item, for the record.
  ///   - reader: A reader of the video, which is left where the next chunk may begin.
  ///   - onFrame: Called after each frame that was handed to the encoder.
  func encode(
    _ range: Range<Int>, item: Int, reader: inout PacketReader, onFrame: () -> Void
  ) throws(MediaError) -> ChunkRecord {
    var frames = try ChunkFrames(index, range: range, reader: reader)
    defer { reader = frames.rest }
    guard let format = PixelFormat(name: settings.format) else {
      throw MediaError(.unsupported, "there is no pixel format \(settings.format)")
    }
    let scaler = PictureScaler(width: settings.width, height: settings.height, format: format)
    var settings = settings
    settings.isBehindOthers = range.lowerBound > 0
    settings.isAmongLast = takesSpareCores && ChunkPlan.isTail(range, of: index.frames.count)
    let encoder = try VideoEncoder(settings)
    var record = ChunkRecord(
      kind: .video, item: item, frames: range, timeBase: index.timeBase)
    var frame = range.lowerBound
    while let shown = try frames.take() {
      if shown.isReplacement { record.replaced.append(frame) }
      let picture = try scaler.fit(shown.picture.shared())
      place(picture, frame, in: range)
      picture.markFields(settings)
      try encoder.send(picture)
      try take(from: encoder, into: &record)
      frame += 1
      onFrame()
    }
    try encoder.send(nil)
    try take(from: encoder, into: &record)
    record.extradata = encoder.extradata
    try check(&record)
    return record
  }

  /// Gives a picture its time for the encoder, in small numbers: some count from their first picture.
  private func place(_ picture: Picture, _ frame: Int, in range: Range<Int>) {
    if settings.isRegular {
      picture.place(at: Int64(frame - range.lowerBound), duration: 1)
    } else {
      let start = index.frames[range.lowerBound].time
      picture.place(at: index.frames[frame].time - start, duration: index.duration(of: frame))
    }
  }

  private func take(
    from encoder: VideoEncoder, into record: inout ChunkRecord
  ) throws(MediaError) {
    while let coded = try encoder.receive() {
      record.packets.append(
        ChunkRecord.Packet(
          time: time(of: coded, in: record.frames), duration: 0, isKey: coded.isKey,
          bytes: coded.bytes[...]))
    }
  }

  /// The time in the video of what the encoder gave a time of its own.
  private func time(of coded: CodedFrame, in range: Range<Int>) -> Int64 {
    guard settings.isRegular else { return index.frames[range.lowerBound].time + coded.time }
    // A number that is no frame's is found when all are there.
    let frame = range.lowerBound + Int(clamping: coded.time)
    return range.contains(frame) ? index.frames[frame].time : .min
  }

  /// Finds that every frame came out once, at its time, and fills in how long each is shown.
  private func check(_ record: inout ChunkRecord) throws(MediaError) {
    try record.checkFrames(against: index)
    var durations: [Int64: Int64] = [:]
    for frame in record.frames { durations[index.frames[frame].time] = index.duration(of: frame) }
    // libx264, for one, leaves the duration zero, and a container would lose the last frame.
    for place in record.packets.indices {
      record.packets[place].duration = durations[record.packets[place].time] ?? 0
    }
  }
}

extension ChunkRecord {
  /// - Throws: `MediaError` that names the chunk when a frame is missing, is there twice or has
  ///   another time than in the source, or when the chunk cannot stand by itself.
  package func checkFrames(against index: VideoIndex) throws(MediaError) {
    let name = "chunk \(item) (frames \(frames.lowerBound) to \(frames.upperBound - 1))"
    guard packets.count == frames.count else {
      throw MediaError(
        .mismatch, "\(name) has \(packets.count) frames instead of \(frames.count); run it again")
    }
    let times = packets.map(\.time).sorted()
    let expected = index.frames[frames].map(\.time)
    if let wrong = zip(times, expected).enumerated().first(where: { $1.0 != $1.1 }) {
      throw MediaError(
        .mismatch,
        "\(name): frame \(frames.lowerBound + wrong.offset) is at \(wrong.element.0) instead of "
          + "\(wrong.element.1) ticks; run it again")
    }
    guard let first = packets.first, first.isKey, first.time == expected.first else {
      throw MediaError(.mismatch, "\(name) does not begin with a key frame; run it again")
    }
  }
}
