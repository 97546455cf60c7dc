/// The streams of the source that are carried over, packet by packet.
struct SourceFeed {
  private let source: MediaSource
  /// Taken off every time, in microseconds.
  private let start: Int64
  private let packet: Packet
  /// The stream in the output for each one of the source.
  private var targets: [Int: Int] = [:]
  private var converters: [Int: SubtitleConverter] = [:]
  /// When the last packet of a stream was decoded, and when the next would be.
  private var decoded: [Int: (last: Int64, next: Int64)] = [:]
  private var hasPacket = false
  /// How many damaged packets of a stream the output did not take.
  private var lost: [Int: Int] = [:]

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

  /// When the current packet is to be decoded, in ticks of its stream.
  ///
  /// Matroska does not say, and what the libraries make of the times of showing begins after some
  /// packets only; before, it is one packet's duration after another.
  private var time: Int64 {
    let known = decoded[packet.stream]
    let depth = Int64(source.streams[packet.stream].reorderDepth)
    let guess = known?.next ?? packet.time.map { $0 - depth * max(1, packet.duration) } ?? 0
    return max(packet.decodeTime ?? guess, known.map { $0.last + 1 } ?? .min)
  }

  /// Sentences about packets that were too damaged to be carried over.
  var losses: [String] {
    lost.sorted { $0.key < $1.key }.map { stream, count in
      "\(count) damaged packets of \(source.streams[stream].words) are left out"
    }
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
    let time = time
    decoded[stream] = (time, time + max(1, packet.duration))
    if let converter = converters[stream] {
      try converter.convert(packet, start: start) { converted in
        try sink.write(converted, to: target, timeBase: Rational.microseconds)
      }
      return
    }
    let offset = Rational.microseconds.convert(start, to: timeBase)
    packet.time = max(packet.time ?? time, time) - offset
    packet.decodeTime = time - offset
    if try !sink.writeIfWhole(packet, to: target, timeBase: timeBase) {
      lost[stream, default: 0] += 1
    }
  }
}
