/// The first frames of a video, decoded: what the pictures look like, and which frames never appear.
struct VideoHead {
  let traits: VideoTraits
  /// The packets that were decoded.
  private let tried: Range<Int>
  /// The packets that gave a picture.
  private let shown: Set<Int>

  /// More than any codec reorders.
  private static let fewestPackets = 24
  private static let mostPackets = 300

  /// Decodes from the first key frame until a picture comes out: to the next key frame but one, or a few
  /// hundred packets, at most; and a few packets at least when that picture is not what is shown first.
  ///
  /// Pictures come in the order in which they are shown. When there is one, what stands before it and
  /// has not come is known to be lost, and the packets after the first key frame that refer to what was
  /// before the file began are among the first few.
  ///
  /// - Parameter firstShown: The packet of the frame that is shown first; nil when nobody knows.
  static func decode(
    _ scanned: MediaSource, stream: StreamDescription, path: String, packets: [VideoIndex.Packet],
    firstShown: Int?
  ) throws(MediaError) -> VideoHead {
    let keys = packets.indices.filter { packets[$0].isKey }.prefix(2)
    let first = keys.first ?? 0
    let few = min(packets.count, first + fewestPackets)
    var end = max(
      few, min(packets.count, keys.last.map { $0 + 8 } ?? 0, first + mostPackets))
    var pictures = try VideoPictures(
      path: path, name: scanned.name, stream: stream, threads: 1, first: first)
    var shown: Set<Int> = []
    var traits: VideoTraits?
    while let picture = try pictures.next(before: end) {
      shown.insert(Int(picture.tag))
      if traits != nil { continue }
      traits = Self.traits(of: picture, stream, scanned)
      // Nothing can be lost before what is shown first.
      if Int(picture.tag) == firstShown { break }
      end = min(end, max(few, pictures.number))
    }
    guard let traits else {
      throw MediaError(
        .unreadable,
        "no frame at the beginning of \(scanned.name) can be decoded; it is damaged, or encrypted")
    }
    return VideoHead(
      traits: traits, tried: first..<max(first, pictures.number), shown: shown)
  }

  private init(traits: VideoTraits, tried: Range<Int>, shown: Set<Int>) {
    self.traits = traits
    self.tried = tried
    self.shown = shown
  }

  private static func traits(
    of picture: Picture, _ stream: StreamDescription, _ source: MediaSource
  ) -> VideoTraits {
    var color = stream.color.completed(by: picture.color)
    if picture.format.isFullRange { color.range = 2 }
    let light = picture.lightData
    return VideoTraits(
      width: picture.width, height: picture.height, format: picture.format.plain.name,
      rate: stream.averageRate.isPositive ? stream.averageRate : Rational(25, 1),
      pixelAspect: source.pixelAspect(of: stream.index, picture: picture.pixelAspect),
      color: color,
      light: LightData(
        mastering: stream.light.mastering.isEmpty ? light.mastering : stream.light.mastering,
        content: stream.light.content.isEmpty ? light.content : stream.light.content),
      isInterlaced: picture.isInterlaced, isTopFieldFirst: picture.isTopFieldFirst,
      fieldOrder: stream.fieldOrder)
  }

  /// Leaves out the frames at the beginning that refer to what stood before the file began.
  ///
  /// A file cut out of a longer one may begin with them; every player leaves them out.
  func withoutUndecodable(_ frames: [VideoIndex.Frame]) -> [VideoIndex.Frame] {
    let lost = frames.prefix { tried.contains($0.packet) && !shown.contains($0.packet) }
    return lost.count < frames.count ? Array(frames[lost.count...]) : frames
  }

  /// The frames in the order in which a decoder shows them, with the times it gives them.
  ///
  /// - Parameter position: Where a packet stands in the file, for the progress.
  static func decodeAll(
    path: String, name: String, stream: StreamDescription, rate: Rational, _ progress: IndexStep,
    position: (Int) -> Int
  ) throws(MediaError) -> [VideoIndex.Frame] {
    var pictures = try VideoPictures(path: path, name: name, stream: stream, threads: 0, first: 0)
    let usual = max(1, Rational(rate.denominator, rate.numerator).convert(1, to: stream.timeBase))
    var frames: [VideoIndex.Frame] = []
    var step = progress
    while let picture = try pictures.next(before: .max) {
      let earliest = frames.last.map { $0.time + usual } ?? 0
      var time = picture.bestTime ?? earliest
      if let last = frames.last, time <= last.time { time = earliest }
      frames.append(VideoIndex.Frame(time: time, packet: Int(picture.tag)))
      step.reached(position(Int(picture.tag)))
    }
    return frames
  }
}

/// The pictures of a video from its beginning, each with the number of its packet as the tag.
struct VideoPictures {
  private let source: MediaSource
  private let stream: Int
  private let decoder: MediaDecoder
  private let packet: Packet
  private let picture: Picture
  private let first: Int
  /// How many packets were read.
  private(set) var number = 0
  private var isEnding = false

  init(
    path: String, name: String, stream: StreamDescription, threads: Int, first: Int
  ) throws(MediaError) {
    source = try MediaSource(path: path, name: name)
    self.stream = stream.index
    source.readOnly([stream.index])
    decoder = try MediaDecoder(source, stream: stream.index, threads: threads)
    packet = try Packet()
    picture = try Picture()
    self.first = first
  }

  /// The next picture, of packets before `end`; it is overwritten by the one after.
  mutating func next(before end: Int) throws(MediaError) -> Picture? {
    while true {
      picture.clear()
      switch decoder.receive(into: picture) {
      case .picture: return picture
      case .end: return nil
      case .hungry:
        if isEnding { return nil }
        feed(before: end)
      }
    }
  }

  private mutating func feed(before end: Int) {
    while number < end, case .packet = source.read(into: packet) {
      guard packet.stream == stream else { continue }
      number += 1
      guard number > first else { continue }
      _ = decoder.send(packet, tag: Int64(number - 1))
      return
    }
    isEnding = true
    decoder.sendEnd()
  }
}
