/// The pictures of a range of frames, each exactly once and in the order of showing.
///
/// What precedes the range is decoded and dropped. A frame that no packet gives is replaced by the one
/// before it, so that the number of frames and their times hold whatever the file went through.
struct ChunkFrames {
  /// One frame of the range.
  struct Shown {
    let picture: Picture
    /// Whether the picture is the one before, in the place of one that cannot be decoded.
    let isReplacement: Bool
  }

  private let index: VideoIndex
  private let range: Range<Int>
  private var reader: PacketReader
  private let endPacket: Int
  /// Of the packets before this one only those are decoded that others need.
  private let wholeFrom: Int
  private var decoder: MediaDecoder
  private let decoded: Picture
  /// The wanted frames of each packet that did not come yet.
  private var wanted: [Int: [Int]]
  /// Pictures that came before their turn.
  private var early: [Int: Picture] = [:]
  private var next: Int
  private var last: Picture?
  private var isDrained = false

  /// Pictures that may come out of turn before a missing one is given up.
  private static let patience = 48

  /// - Parameter reader: A reader of the same video, which may have read other packets before.
  init(_ index: VideoIndex, range: Range<Int>, reader: PacketReader) throws(MediaError) {
    self.index = index
    self.range = range
    self.reader = reader
    endPacket = index.endPacket(for: range)
    decoder = try reader.makeDecoder()
    decoded = try Picture()
    next = range.lowerBound
    wanted = [:]
    for frame in range.reversed() { wanted[index.frames[frame].packet, default: []].append(frame) }
    // The picture before the range takes the place of its first frame when that is missing.
    let shownBefore = range.lowerBound > 0 ? index.frames[range.lowerBound - 1].packet : .max
    wholeFrom = wanted.keys.reduce(shownBefore) { min($0, $1) }
    let start = index.startPacket(for: range)
    try self.reader.start(at: start)
    send(start)
  }

  private func send(_ packet: Int) {
    decoder.leaveOutUnreferenced(packet < wholeFrom)
    _ = decoder.send(reader.packet, tag: Int64(packet))
  }

  /// The next frame; nil behind the last.
  mutating func take() throws(MediaError) -> Shown? {
    guard next < range.upperBound else { return nil }
    while early[next] == nil, early.count < Self.patience, !isDrained { try decode() }
    if let picture = early.removeValue(forKey: next) {
      next += 1
      last = picture
      return Shown(picture: picture, isReplacement: false)
    }
    let replacement = if let last { last } else { try pictureBefore() }
    last = replacement
    next += 1
    return Shown(picture: try replacement.shared(), isReplacement: true)
  }

  /// The reader, to go on with the next range.
  var rest: PacketReader { reader }

  // MARK: - Decoding

  private mutating func decode() throws(MediaError) {
    switch decoder.receive(into: decoded) {
    case .picture: try sort()
    case .end: isDrained = true
    case .hungry:
      if reader.next < endPacket, try reader.readNext() {
        send(reader.next - 1)
      } else {
        decoder.sendEnd()
      }
    }
  }

  /// Keeps a wanted picture, and the last one of those that are shown before the range.
  private mutating func sort() throws(MediaError) {
    let packet = Int(decoded.tag)
    if let frame = wanted[packet]?.popLast() {
      if frame >= next { early[frame] = try decoded.shared() }
    } else if next == range.lowerBound, range.lowerBound > 0, packet < index.packets.count,
      isBefore(packet)
    {
      last = try decoded.shared()
    }
    decoded.clear()
  }

  /// Whether the picture of that packet is the one shown just before the range.
  private func isBefore(_ packet: Int) -> Bool {
    index.frames[range.lowerBound - 1].packet == packet
  }

  /// What is shown when the first frame of the range is missing: the nearest picture before it, or at
  /// the beginning of the video the nearest after it.
  private mutating func pictureBefore() throws(MediaError) -> Picture {
    if range.lowerBound > 0 {
      var before = try VideoPicturesBefore(
        index, frame: range.lowerBound, reader: reader, patience: 4)
      if let picture = try before.find() { return picture }
    }
    while early.isEmpty, !isDrained { try decode() }
    guard let first = early.keys.min(), let picture = early[first] else {
      throw MediaError(
        .unreadable,
        "none of the frames \(range.lowerBound) to \(range.upperBound - 1) can be decoded, nor what "
          + "stands before them")
    }
    return try picture.shared()
  }
}

/// The last picture that can be decoded before a frame, from earlier and earlier key frames on.
private struct VideoPicturesBefore {
  private let index: VideoIndex
  private let frame: Int
  private var reader: PacketReader
  private let patience: Int

  init(_ index: VideoIndex, frame: Int, reader: PacketReader, patience: Int) throws(MediaError) {
    self.index = index
    self.frame = frame
    self.reader = reader
    self.patience = patience
  }

  mutating func find() throws(MediaError) -> Picture? {
    var frames: [Int: Int] = [:]
    for (number, frame) in index.frames[..<frame].enumerated() { frames[frame.packet] = number }
    var start = index.startPacket(for: frame..<frame + 1)
    for _ in 0..<patience {
      guard let earlier = index.startPacket(before: start) else { return nil }
      start = earlier
      if let picture = try lastPicture(from: start, frames) { return picture }
    }
    return nil
  }

  private mutating func lastPicture(
    from start: Int, _ frames: [Int: Int]
  ) throws(MediaError) -> Picture? {
    let decoder = try reader.makeDecoder()
    let picture = try Picture()
    var best: (frame: Int, picture: Picture)?
    let end = index.frames[frame].packet
    try reader.start(at: start)
    _ = decoder.send(reader.packet, tag: Int64(start))
    while true {
      switch decoder.receive(into: picture) {
      case .end: return best?.picture
      case .picture:
        if let number = frames[Int(picture.tag)], number > best?.frame ?? -1 {
          best = (number, try picture.shared())
        }
        picture.clear()
      case .hungry:
        if reader.next < end, try reader.readNext() {
          _ = decoder.send(reader.packet, tag: Int64(reader.next - 1))
        } else {
          decoder.sendEnd()
        }
      }
    }
  }
}
