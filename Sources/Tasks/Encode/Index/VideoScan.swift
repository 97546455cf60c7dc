internal import BatchCore

/// Makes the index of a video: one pass over its packets, and pictures only where it cannot be helped.
struct VideoScan {
  private let source: MediaSource
  private let stream: StreamDescription
  private let fileBytes: Int
  private var packets: [VideoIndex.Packet] = []
  private var notes: [String] = []
  private var missingEnd: String?

  /// - Throws: `MediaError` when there is no video, or none of its frames can be decoded.
  static func index(path: String, name: String) throws(MediaError) -> VideoIndex {
    var scan = try VideoScan(path: path, name: name)
    try scan.readPackets()
    return try scan.finish(path: path)
  }

  private init(path: String, name: String) throws(MediaError) {
    source = try MediaSource(path: path, name: name)
    guard let video = source.mainVideo else {
      let kinds = source.streams.map(\.words).joined(separator: ", ")
      throw MediaError(
        .unreadable, "\(name) has no video to encode, only \(kinds.isEmpty ? "nothing" : kinds)")
    }
    stream = video
    fileBytes = FileFingerprint(path: path)?.sizeBytes ?? 0
    source.readOnly([video.index])
  }

  private mutating func readPackets() throws(MediaError) {
    let packet = try Packet()
    let kind = KeyFrameKind(codec: stream.codec, extradata: stream.extradata)
    let hidden = HiddenFrame(codec: stream.codec)
    var step = IndexStep(.reading, total: fileBytes)
    reading: while true {
      switch source.read(into: packet) {
      case .end: break reading
      case .broken(let reason):
        missingEnd =
          "\(source.name) could not be read to its end (\(reason)); what comes after is missing"
        break reading
      case .packet:
        guard packet.stream == stream.index else { continue }
        step.reached(Int(packet.position))
        let isKey = packet.isKey
        let isUnseen = unsafe packet.withBytes { unsafe hidden.isHidden($0) }
        packets.append(
          VideoIndex.Packet(
            time: packet.time, decodeTime: packet.decodeTime, duration: packet.duration,
            position: packet.position, size: packet.size, isKey: isKey,
            isHidden: packet.isHidden || isUnseen,
            isClean: isKey ? unsafe packet.withBytes { unsafe kind.isClean($0) } : true))
      }
    }
    guard !packets.isEmpty else {
      throw MediaError(
        .unreadable, "\(source.name) has a video stream without a single frame in it")
    }
  }

  // MARK: - From packets to frames

  private mutating func finish(path: String) throws(MediaError) -> VideoIndex {
    let framesByTime = framesFromTimes()
    let head = try VideoHead.decode(
      source, stream: stream, path: path, packets: packets,
      firstShown: framesByTime?.first?.packet)
    var index = VideoIndex(
      stream: stream.index, timeBase: stream.timeBase, packets: packets, frames: [],
      lastDuration: 0, wasDecoded: false, traits: head.traits, notes: [])
    if let frames = framesByTime {
      index.frames = head.withoutUndecodable(frames)
    } else {
      index.frames = try VideoHead.decodeAll(
        path: path, name: source.name, stream: stream, rate: head.traits.rate,
        IndexStep(.decoding, total: fileBytes)
      ) { packets.indices.contains($0) ? Int(packets[$0].position) : 0 }
      index.wasDecoded = true
      notes.append(
        "\(source.name) does not say when each frame is shown, so that it was decoded once to find out"
      )
    }
    guard !index.frames.isEmpty else {
      throw MediaError(.unreadable, "no frame of \(source.name) can be decoded; is it damaged?")
    }
    index.lastDuration = lastDuration(index)
    noteOddities(index)
    if missingEnd == nil { missingEnd = try EndCheck(source, path: path).sentence(index) }
    if let missingEnd { notes.insert(missingEnd, at: 0) }
    index.notes = notes
    index.missingEnd = missingEnd
    return index
  }

  /// The frames by the times of their packets; nil when the times do not tell.
  private func framesFromTimes() -> [VideoIndex.Frame]? {
    guard let firstKey = packets.firstIndex(where: \.isKey) else { return nil }
    // Without reordering a frame is shown when it is decoded.
    let usesDecodeTime = stream.reorderDepth == 0
    var frames: [VideoIndex.Frame] = []
    frames.reserveCapacity(packets.count)
    for (number, packet) in packets.enumerated() where !packet.isHidden && number >= firstKey {
      guard packet.size > 0, let time = packet.time ?? (usesDecodeTime ? packet.decodeTime : nil)
      else { return nil }
      frames.append(VideoIndex.Frame(time: time, packet: number))
    }
    frames.sort { ($0.time, $0.packet) < ($1.time, $1.packet) }
    let isOrdered = zip(frames, frames.dropFirst()).allSatisfy { $0.time < $1.time }
    return isOrdered ? frames : nil
  }

  /// As the container says, or as the rate says, or as long as the frame before it.
  private func lastDuration(_ index: VideoIndex) -> Int64 {
    guard let last = index.frames.last else { return 0 }
    let told = index.packets[last.packet].duration
    if told > 0 { return told }
    let rate = index.traits.rate
    if rate.isPositive {
      let ticks = Rational(rate.denominator, rate.numerator).convert(1, to: index.timeBase)
      if ticks > 0 { return ticks }
    }
    let frames = index.frames
    return frames.count > 1 ? last.time - frames[frames.count - 2].time : 1
  }

  private mutating func noteOddities(_ index: VideoIndex) {
    let hidden = index.packets.count { $0.isHidden }
    if hidden > 0 {
      notes.append("\(hidden) frames are hidden by an edit list and stay out, as in the source")
    }
    let usual = index.timeBase.seconds(usualDuration(index))
    let gap = max(1, 10 * usual)
    let gaps = index.frames.indices.dropLast().count {
      index.timeBase.seconds(index.duration(of: $0)) > gap
    }
    if gaps > 0 { notes.append("\(gaps) gaps in the times of the frames are kept") }
  }

  private func usualDuration(_ index: VideoIndex) -> Int64 {
    let durations = index.frames.indices.dropLast().map { index.duration(of: $0) }.sorted()
    return durations.isEmpty ? index.lastDuration : durations[durations.count / 2]
  }
}
