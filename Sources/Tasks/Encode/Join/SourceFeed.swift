/// The streams of the source that are carried over, packet by packet.
struct SourceFeed {
  private let source: MediaSource
  /// Taken off every time, in microseconds.
  private let start: Int64
  private let packet: Packet
  /// The stream in the output for each one of the source.
  private var targets: [Int: Int] = [:]
  private var converters: [Int: SubtitleConverter] = [:]
  /// When the next packet of a stream would be due, for packets without times.
  private var expected: [Int: Int64] = [:]
  private var hasPacket = false

  init(_ source: MediaSource, start: Int64) {
    self.source = source
    self.start = start
    packet = source.spare
  }

  mutating func addStreams(_ plan: StreamPlan, to sink: MediaSink) throws {
    for stream in source.streams {
      switch plan.fates[stream.index] {
      case .copied: targets[stream.index] = try sink.addCopy(of: source, stream: stream.index)
      case .converted(let format):
        let converter = try SubtitleConverter(source, stream: stream.index, format: format)
        targets[stream.index] = try converter.addStream(to: sink)
        converters[stream.index] = converter
      case .attached: try sink.addCoverAttachment(of: source, stream: stream.index)
      case .encoded, .leftOut, nil: break
      }
    }
    source.readOnly(Set(targets.keys))
  }

  /// When the current packet is to be decoded, in microseconds; nil behind the last.
  var microseconds: Int64? {
    guard hasPacket else { return nil }
    let timeBase = source.streams[packet.stream].timeBase
    return timeBase.convert(time, to: .microseconds) - start
  }

  private var time: Int64 {
    packet.decodeTime ?? packet.time ?? expected[packet.stream] ?? 0
  }

  /// Goes on to the next packet of a stream that is carried over.
  mutating func readNext() throws {
    hasPacket = false
    guard !targets.isEmpty else { return }
    while case .packet = source.read(into: packet) {
      if targets[packet.stream] != nil {
        hasPacket = true
        return
      }
    }
  }

  mutating func writeCurrent(to sink: MediaSink) throws {
    let stream = packet.stream
    guard let target = targets[stream] else { return }
    let timeBase = source.streams[stream].timeBase
    expected[stream] = time + packet.duration
    if let converter = converters[stream] {
      try converter.convert(packet, start: start) { converted in
        try sink.write(converted, to: target, timeBase: Rational.microseconds)
      }
      return
    }
    let offset = Rational.microseconds.convert(start, to: timeBase)
    let (shown, decoded) = (packet.time, packet.decodeTime)
    packet.time = (shown ?? time) - offset
    packet.decodeTime = (decoded ?? min(shown ?? time, time)) - offset
    try sink.write(packet, to: target, timeBase: timeBase)
  }
}
