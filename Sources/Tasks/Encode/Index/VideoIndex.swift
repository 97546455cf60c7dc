/// Where the frames of a video are and when each is shown, found without looking at the pictures.
///
/// Packets stand in the order of decoding, frames in the order of showing. A frame is named by the
/// packet it comes from and never by its time, because times may be missing, repeated or wrong.
package struct VideoIndex: Sendable, Equatable {
  package struct Packet: Sendable, Equatable {
    /// When its frame is shown, in ticks; nil when the container does not say.
    package var time: Int64?
    package var decodeTime: Int64?
    /// In ticks; zero when unknown.
    package var duration: Int64
    /// Where it stands in the file; negative when unknown.
    package var position: Int64
    package var size: Int
    package var isKey: Bool
    /// Decoded for the sake of others and not shown: what an edit list leaves out.
    package var isHidden: Bool
    /// Whether decoding from here needs nothing that came before (an IDR frame); true when the codec
    /// has no other key frames.
    package var isClean: Bool

    package init(
      time: Int64?, decodeTime: Int64?, duration: Int64, position: Int64, size: Int, isKey: Bool,
      isHidden: Bool, isClean: Bool
    ) {
      self.time = time
      self.decodeTime = decodeTime
      self.duration = duration
      self.position = position
      self.size = size
      self.isKey = isKey
      self.isHidden = isHidden
      self.isClean = isClean
    }
  }

  package struct Frame: Sendable, Equatable {
    /// When it is shown, in ticks; each frame later than the one before.
    package var time: Int64
    /// The number of the packet it comes from.
    package var packet: Int

    package init(
      time: Int64, packet: Int
    ) {
      self.time = time
      self.packet = packet
    }
  }

  /// The number of the stream within the file.
  package var stream: Int
  /// Seconds per tick.
  package var timeBase: Rational
  package var packets: [Packet]
  package var frames: [Frame]
  /// How long the last frame is shown, in ticks.
  package var lastDuration: Int64
  /// Whether the pictures had to be decoded to know their times.
  package var wasDecoded: Bool
  /// What the first picture looks like.
  package var traits: VideoTraits
  /// Sentences about what is unusual.
  package var notes: [String]
  /// That the file ends before its end, as a sentence; nil when nothing tells that anything is missing.
  package var missingEnd: String?

  package init(
    stream: Int, timeBase: Rational, packets: [Packet], frames: [Frame], lastDuration: Int64,
    wasDecoded: Bool, traits: VideoTraits, notes: [String], missingEnd: String? = nil
  ) {
    self.stream = stream
    self.timeBase = timeBase
    self.packets = packets
    self.frames = frames
    self.lastDuration = lastDuration
    self.wasDecoded = wasDecoded
    self.traits = traits
    self.notes = notes
    self.missingEnd = missingEnd
  }

  /// The end of the last frame, in ticks.
  package var end: Int64 { (frames.last?.time ?? 0) + lastDuration }

  /// From the first frame to the end of the last, in seconds.
  package var seconds: Double { timeBase.seconds(end - (frames.first?.time ?? 0)) }

  package var framesPerSecond: Double {
    seconds > 0 ? Double(frames.count) / seconds : traits.rate.value
  }

  /// The rate at which the frames follow one another, but for the rounding to ticks; nil when there is
  /// none.
  ///
  /// What the container says, or else what the times say: AVI may take its ticks for frames.
  package var regularRate: Rational? {
    guard let first = frames.first, let last = frames.last else { return nil }
    var candidates = [traits.rate]
    if frames.count > 1 {
      candidates.append(
        Rational.reduced(
          Int64(frames.count - 1) * Int64(timeBase.denominator),
          (last.time - first.time) * Int64(timeBase.numerator)))
    }
    return candidates.first(where: isRegular)
  }

  private func isRegular(at rate: Rational) -> Bool {
    guard rate.isPositive, let first = frames.first else { return false }
    let length = Rational(rate.denominator, rate.numerator)
    return frames.indices.allSatisfy { number in
      let due = first.time + length.convert(Int64(number), to: timeBase)
      return abs(frames[number].time - due) <= 1
    }
  }

  /// How long a frame is shown, in ticks.
  package func duration(of frame: Int) -> Int64 {
    frame + 1 < frames.count ? frames[frame + 1].time - frames[frame].time : lastDuration
  }

  /// The frames that are key frames, in the order of showing.
  package var keyFrames: [Int] {
    frames.indices.filter { packets[frames[$0].packet].isKey }
  }
}

// MARK: - Where to begin decoding

extension VideoIndex {
  /// The packet to decode from, so that every frame of `range` comes out whole.
  ///
  /// The last key frame that is not shown after the first wanted frame: one that is shown later may
  /// have leading frames, which need what stands before it. From a key frame that is not clean the
  /// pictures become whole only after a while, so that decoding begins one earlier.
  package func startPacket(for range: Range<Int>) -> Int {
    let first = frames[range.lowerBound]
    let earliest = frames[range].reduce(first.packet) { min($0, $1.packet) }
    var candidates = keysBefore(earliest, shownUntil: first.time)
    guard let key = candidates.next() else { return firstKey }
    return packets[key].isClean ? key : candidates.next() ?? firstKey
  }

  /// The packet to decode from when what begins at `packet` was not enough; nil at the beginning.
  package func startPacket(before packet: Int) -> Int? {
    guard packet > firstKey else { return nil }
    return packets[..<packet].lastIndex { $0.isKey } ?? firstKey
  }

  /// The first packet behind all that the frames of `range` need.
  package func endPacket(for range: Range<Int>) -> Int {
    let last = frames[range].reduce(0) { max($0, $1.packet) }
    // A second field or an empty packet belongs to the frame before it.
    var end = last + 1
    // Without decoding every packet is a frame, or hidden and of use to later ones.
    guard wasDecoded else { return end }
    let owners = Set(frames[range.upperBound...].prefix(64).map(\.packet))
    while end < packets.count, !packets[end].isKey, !owners.contains(end) { end += 1 }
    return end
  }

  private var firstKey: Int { packets.firstIndex { $0.isKey } ?? 0 }

  private func keysBefore(_ packet: Int, shownUntil time: Int64) -> some IteratorProtocol<Int> {
    let shown = shownTimes(upTo: packet)
    return packets[...packet].indices.reversed().lazy.filter { number in
      packets[number].isKey && (shown[number] ?? packets[number].time).map { $0 <= time } ?? false
    }.makeIterator()
  }

  private func shownTimes(upTo packet: Int) -> [Int: Int64] {
    guard wasDecoded else { return [:] }
    return Dictionary(
      frames.filter { $0.packet <= packet }.map { ($0.packet, $0.time) },
      uniquingKeysWith: { first, _ in first })
  }
}

/// What the pictures of a video look like.
package struct VideoTraits: Sendable, Equatable {
  package var width: Int
  package var height: Int
  /// The name of the pixel format.
  package var format: String
  /// Nominal frames per second.
  package var rate: Rational
  package var pixelAspect: Rational
  package var color: ColorDescription
  package var light: LightData
  package var isInterlaced: Bool
  package var isTopFieldFirst: Bool
  /// The libraries' number for the order of fields in the container.
  package var fieldOrder: Int32

  package init(
    width: Int, height: Int, format: String, rate: Rational, pixelAspect: Rational,
    color:
      ColorDescription, light: LightData, isInterlaced: Bool, isTopFieldFirst: Bool,
    fieldOrder: Int32
  ) {
    self.width = width
    self.height = height
    self.format = format
    self.rate = rate
    self.pixelAspect = pixelAspect
    self.color = color
    self.light = light
    self.isInterlaced = isInterlaced
    self.isTopFieldFirst = isTopFieldFirst
    self.fieldOrder = fieldOrder
  }
}
