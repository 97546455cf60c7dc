internal import CFFmpeg
internal import EncodeOptions
internal import EncodeShims

/// What sound is like: how many samples a second, and where the loudspeakers stand.
struct SoundFormat: Sendable, Equatable {
  var rate: Int
  var channels: Int
  /// A bit for each loudspeaker, in the libraries' order; zero when only their number is known.
  var layout: UInt64

  var blob: [UInt8] {
    let writer = BinaryWriter()
    writer.add(rate)
    writer.add(channels)
    writer.add(Int64(bitPattern: layout))
    return writer.bytes
  }

  init(rate: Int, channels: Int, layout: UInt64) {
    self.rate = rate
    self.channels = channels
    self.layout = layout
  }

  init(blob: [UInt8]) throws(BinaryReader.Malformed) {
    var reader = BinaryReader(blob)
    rate = try reader.integer()
    channels = try reader.integer()
    layout = UInt64(bitPattern: try reader.integer64())
  }

  /// The format that an encoder makes of the sound of a decoder.
  init(of decoder: MediaDecoder, for choice: AudioChoice) {
    let context = unsafe decoder.raw.pointee
    // Opus knows this rate alone for music.
    rate = choice == .libopus ? 48_000 : Int(unsafe context.sample_rate)
    channels = Int(unsafe context.ch_layout.nb_channels)
    layout =
      unsafe context.ch_layout.order == AV_CHANNEL_ORDER_NATIVE
      ? unsafe context.ch_layout.u.mask : 0
  }

  func setLayout(_ target: UnsafeMutablePointer<AVChannelLayout>) {
    unsafe av_channel_layout_uninit(target)
    if layout != 0, unsafe av_channel_layout_from_mask(target, layout) == 0 { return }
    unsafe av_channel_layout_default(target, Int32(channels))
  }
}

/// Encodes sound from its first sample to its last.
@safe
final class SoundEncoder {
  let format: SoundFormat
  private let context: UnsafeMutablePointer<AVCodecContext>
  private let frame: Picture
  private let packet: Packet
  private let choice: AudioChoice

  init(_ choice: AudioChoice, _ format: SoundFormat) throws(MediaError) {
    self.format = format
    self.choice = choice
    packet = try Packet()
    frame = try Picture()
    guard let codec = unsafe avcodec_find_encoder_by_name(choice.rawValue),
      let context = unsafe avcodec_alloc_context3(codec)
    else {
      throw MediaError(
        .unsupported, "this FFmpeg was built without \(choice.rawValue); choose another --audio")
    }
    unsafe self.context = context
    unsafe context.pointee.sample_rate = Int32(format.rate)
    unsafe format.setLayout(&context.pointee.ch_layout)
    unsafe context.pointee.sample_fmt =
      unsafe codec.pointee.sample_fmts?.pointee ?? AV_SAMPLE_FMT_FLTP
    unsafe context.pointee.time_base = Rational(1, Int32(format.rate)).raw
    unsafe context.pointee.bit_rate = Int64(64_000 * format.channels)
    unsafe context.pointee.flags |= AV_CODEC_FLAG_GLOBAL_HEADER | AV_CODEC_FLAG_BITEXACT
    unsafe context.pointee.thread_count = 1
    MediaLog.clear()
    try MediaError.check(
      unsafe avcodec_open2(context, codec, nil), .unsupported,
      "\(choice.rawValue) does not take sound of \(format.rate) Hz in \(format.channels) "
        + "channels\(MediaLog.lastReason); use --audio copy")
  }

  deinit {
    var context: UnsafeMutablePointer<AVCodecContext>? = unsafe context
    unsafe avcodec_free_context(&context)
  }

  /// How many samples go into one packet.
  var frameSamples: Int {
    let size = Int(unsafe context.pointee.frame_size)
    return size > 0 ? size : 1024
  }

  var sampleFormat: AVSampleFormat { unsafe context.pointee.sample_fmt }

  var extradata: [UInt8] {
    guard let bytes = unsafe context.pointee.extradata else { return [] }
    return unsafe Array(
      UnsafeBufferPointer(start: bytes, count: Int(context.pointee.extradata_size)))
  }

  func addStream(
    to sink: MediaSink, like source: MediaSource, stream: Int
  ) throws(MediaError) -> Int {
    unsafe try sink.addEncoded(
      context, timeBase: Rational(1, Int32(format.rate)), like: source, stream: stream)
  }

  /// A frame for `count` samples in the encoder's format.
  func emptyFrame(_ count: Int) throws(MediaError) -> Picture {
    let frame = try Picture()
    unsafe frame.raw.pointee.nb_samples = Int32(count)
    unsafe frame.raw.pointee.format = unsafe context.pointee.sample_fmt.rawValue
    unsafe frame.raw.pointee.sample_rate = Int32(format.rate)
    unsafe format.setLayout(&frame.raw.pointee.ch_layout)
    try MediaError.check(
      unsafe av_frame_get_buffer(frame.raw, 0), .encoding, "there is not enough memory for sound")
    return frame
  }

  /// Encodes the samples of a frame that begin at sample `time`; nil says that no more follow.
  func encode(
    _ frame: Picture?, at time: Int64, into record: inout ChunkRecord
  ) throws(MediaError) {
    unsafe frame?.raw.pointee.pts = time
    try MediaError.check(
      unsafe avcodec_send_frame(context, frame?.raw), .encoding,
      "\(choice.rawValue) does not take the sound\(MediaLog.lastReason)")
    while true {
      let result = unsafe avcodec_receive_packet(context, packet.raw)
      if result == batchrun_averror_again() || result == batchrun_averror_eof() { return }
      try MediaError.check(result, .encoding, "\(choice.rawValue) failed\(MediaLog.lastReason)")
      record.packets.append(
        ChunkRecord.Packet(
          time: packet.time ?? 0, duration: packet.duration, isKey: packet.isKey,
          skippedSamples: packet.skippedSamples,
          bytes: unsafe packet.withBytes { unsafe ArraySlice($0) }))
      packet.clear()
    }
  }
}

/// Brings decoded sound to the rate and sample format of an encoder.
@safe
final class Resampler {
  private let encoder: SoundEncoder
  private var resampler: OpaquePointer?
  private var known: (rate: Int32, format: Int32, channels: Int32)?

  init(for encoder: SoundEncoder) { self.encoder = encoder }

  deinit { unsafe swr_free(&resampler) }

  /// The samples of `frame` as the encoder wants them; with nil what is still held back.
  func convert(_ frame: Picture?) throws(MediaError) -> Picture? {
    if let frame { try prepare(for: frame) }
    guard let resampler = unsafe resampler else { return nil }
    let count = unsafe frame?.raw.pointee.nb_samples ?? 0
    let room = Int(unsafe swr_get_out_samples(resampler, count))
    guard room > 0 else { return nil }
    let target = try encoder.emptyFrame(room)
    let written = try MediaError.check(
      unsafe batchrun_swr_convert(resampler, target.raw, Int32(room), frame?.raw), .encoding,
      "the sound cannot be converted")
    guard written > 0 else { return nil }
    unsafe target.raw.pointee.nb_samples = written
    return target
  }

  private func prepare(for frame: Picture) throws(MediaError) {
    let shape = unsafe (
      frame.raw.pointee.sample_rate, frame.raw.pointee.format,
      frame.raw.pointee.ch_layout.nb_channels
    )
    if let known, known == shape { return }
    unsafe swr_free(&resampler)
    var layout = unsafe AVChannelLayout()
    unsafe encoder.format.setLayout(&layout)
    defer { unsafe av_channel_layout_uninit(&layout) }
    if unsafe frame.raw.pointee.ch_layout.order == AV_CHANNEL_ORDER_UNSPEC {
      let channels = unsafe frame.raw.pointee.ch_layout.nb_channels
      unsafe av_channel_layout_default(&frame.raw.pointee.ch_layout, channels)
    }
    let result = unsafe swr_alloc_set_opts2(
      &resampler, &layout, encoder.sampleFormat, Int32(encoder.format.rate),
      &frame.raw.pointee.ch_layout,
      AVSampleFormat(frame.raw.pointee.format), frame.raw.pointee.sample_rate, 0, nil)
    try MediaError.check(result, .unsupported, "the sound cannot be converted")
    try MediaError.check(
      unsafe swr_init(resampler), .unsupported, "the sound cannot be converted")
    known = shape
  }
}

/// Samples that wait until there are enough for a packet.
@safe
final class SampleQueue {
  private let encoder: SoundEncoder
  private let queue: OpaquePointer

  init(for encoder: SoundEncoder) throws(MediaError) {
    self.encoder = encoder
    let made = unsafe av_audio_fifo_alloc(
      encoder.sampleFormat, Int32(encoder.format.channels), Int32(encoder.frameSamples))
    guard let made = unsafe made else {
      throw MediaError(.encoding, "there is not enough memory for sound")
    }
    unsafe queue = made
  }

  deinit { unsafe av_audio_fifo_free(queue) }

  var count: Int { Int(unsafe av_audio_fifo_size(queue)) }

  func add(_ frame: Picture) throws(MediaError) {
    try MediaError.check(
      unsafe batchrun_fifo_write(queue, frame.raw), .encoding,
      "there is not enough memory for sound")
  }

  func addSilence(_ samples: Int) throws(MediaError) {
    var left = samples
    while left > 0 {
      let frame = try encoder.emptyFrame(min(left, 48_000))
      unsafe batchrun_set_silence(frame.raw)
      try add(frame)
      left -= 48_000
    }
  }

  /// Takes so many samples out.
  func take(_ samples: Int) throws(MediaError) -> Picture {
    let frame = try encoder.emptyFrame(samples)
    try MediaError.check(
      unsafe batchrun_fifo_read(queue, frame.raw), .encoding, "the sound cannot be cut")
    return frame
  }
}
