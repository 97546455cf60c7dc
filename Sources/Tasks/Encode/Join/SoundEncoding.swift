internal import EncodeOptions

/// Encodes the whole sound of a stream, once: its first sample lies where it lies in the source.
struct SoundEncoding {
  private let job: EncodeJob
  private let stream: Int
  private let item: Int

  init(job: EncodeJob, stream: Int, item: Int) {
    self.job = job
    self.stream = stream
    self.item = item
  }

  /// A difference of time that is a gap and no rounding, in seconds.
  private static let gapSeconds = 0.05

  func record() throws -> ChunkRecord {
    let source = try MediaSource(path: job.path, name: job.name)
    source.readOnly([stream])
    let decoder = try MediaDecoder(source, stream: stream, threads: 1)
    let encoder = try SoundEncoder(
      job.options.audio, SoundFormat(of: decoder, for: job.options.audio))
    var pass = try Pass(encoder, timeBase: source.streams[stream].timeBase)
    pass.record = ChunkRecord(
      kind: .sound, item: item, frames: stream..<stream,
      timeBase: Rational(1, Int32(encoder.format.rate)))
    let packet = try Packet()
    let frame = try Picture()
    while case .packet = source.read(into: packet) {
      guard packet.stream == stream, decoder.send(packet, tag: 0) else { continue }
      try pass.take(from: decoder, frame)
    }
    decoder.sendEnd()
    try pass.take(from: decoder, frame)
    try pass.finish()
    pass.record.format = encoder.format.blob
    pass.record.extradata = encoder.extradata
    return pass.record
  }

  /// The way of the samples from the decoder to the encoder.
  private struct Pass {
    var record = ChunkRecord.nothing(item: 0)
    private let encoder: SoundEncoder
    private let resampler: Resampler
    private let queue: SampleQueue
    private let timeBase: Rational
    /// The time of the first sample in the queue, in samples; nil before the first.
    private var start: Int64?

    init(_ encoder: SoundEncoder, timeBase: Rational) throws {
      self.encoder = encoder
      self.timeBase = timeBase
      resampler = Resampler(for: encoder)
      queue = try SampleQueue(for: encoder)
    }

    mutating func take(from decoder: MediaDecoder, _ frame: Picture) throws {
      while case .picture = decoder.receive(into: frame) {
        try fillGap(before: frame)
        if let samples = try resampler.convert(frame) { try queue.add(samples) }
        frame.clear()
        try encode(isLast: false)
      }
    }

    mutating func finish() throws {
      while let samples = try resampler.convert(nil) { try queue.add(samples) }
      try encode(isLast: true)
      try encoder.encode(nil, at: 0, into: &record)
    }

    /// Keeps what comes after a gap at its time, by silence.
    private mutating func fillGap(before frame: Picture) throws {
      guard let ticks = frame.bestTime else {
        if start == nil { start = 0 }
        return
      }
      let time = timeBase.convert(ticks, to: Rational(1, Int32(encoder.format.rate)))
      guard let start else {
        self.start = time
        return
      }
      let missing = time - (start + Int64(queue.count))
      guard Double(missing) > SoundEncoding.gapSeconds * Double(encoder.format.rate) else { return }
      try queue.addSilence(Int(min(missing, 3600 * Int64(encoder.format.rate))))
    }

    private mutating func encode(isLast: Bool) throws {
      let size = encoder.frameSamples
      while queue.count >= size || isLast && queue.count > 0 {
        let count = min(size, queue.count)
        let time = start ?? 0
        try encoder.encode(try queue.take(count), at: time, into: &record)
        start = time + Int64(count)
      }
    }
  }
}

/// The packets of sound that was encoded, on their way into the finished file.
struct SoundFeed {
  private let target: Int
  private let timeBase: Rational
  private let offset: Int64
  private var packets: ArraySlice<ChunkRecord.Packet>

  /// - Parameter start: Taken off every time, in microseconds.
  init(
    _ record: ChunkRecord, sink: MediaSink, source: MediaSource, stream: Int, start: Int64,
    choice: AudioChoice
  ) throws {
    let format: SoundFormat
    do { format = try SoundFormat(blob: record.format) } catch {
      throw MediaError(
        .mismatch, "the sound of stream \(stream) is damaged; begin anew with --fresh")
    }
    let encoder = try SoundEncoder(choice, format)
    target = try encoder.addStream(to: sink, like: source, stream: stream)
    timeBase = record.timeBase
    offset = Rational.microseconds.convert(start, to: timeBase)
    packets = record.packets[...]
  }

  /// When the next packet is due; nil behind the last.
  var microseconds: Int64? {
    packets.first.map { timeBase.convert($0.time - offset, to: .microseconds) }
  }

  mutating func writeNext(_ packet: Packet, to sink: MediaSink) throws {
    guard let coded = packets.popFirst() else { return }
    try unsafe coded.bytes.withUnsafeBytes { unsafe try packet.fill($0) }
    packet.time = coded.time - offset
    packet.decodeTime = coded.time - offset
    packet.duration = coded.duration
    packet.flags = 1
    packet.skippedSamples = coded.skippedSamples
    try sink.write(packet, to: target, timeBase: timeBase)
  }
}
