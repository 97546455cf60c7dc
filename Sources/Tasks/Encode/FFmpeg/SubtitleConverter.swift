internal import CFFmpeg
internal import EncodeShims

/// Writes the text of subtitles in the format of another container.
@safe
final class SubtitleConverter {
  private let source: MediaSource
  private let stream: Int
  private let decoder: UnsafeMutablePointer<AVCodecContext>
  private let encoder: UnsafeMutablePointer<AVCodecContext>
  private let packet: Packet
  private var room = [UInt8](repeating: 0, count: 1 << 20)

  /// - Parameter format: FFmpeg's name of the encoder.
  init(_ source: MediaSource, stream index: Int, format: String) throws(MediaError) {
    self.source = source
    stream = index
    packet = try Packet()
    let original = unsafe try source.rawStream(index)
    unsafe decoder = try Self.decoder(original, source.streams[index].words)
    unsafe encoder = try Self.encoder(format, header: decoder)
  }

  deinit {
    var contexts: [UnsafeMutablePointer<AVCodecContext>?] = unsafe [decoder, encoder]
    for place in unsafe contexts.indices { unsafe avcodec_free_context(&contexts[place]) }
  }

  private static func decoder(
    _ stream: UnsafeMutablePointer<AVStream>, _ words: String
  ) throws(MediaError) -> UnsafeMutablePointer<AVCodecContext> {
    let codec = unsafe avcodec_find_decoder(stream.pointee.codecpar.pointee.codec_id)
    guard let codec = unsafe codec, let context = unsafe avcodec_alloc_context3(codec) else {
      throw MediaError(.unsupported, "\(words) cannot be read")
    }
    unsafe avcodec_parameters_to_context(context, stream.pointee.codecpar)
    unsafe context.pointee.pkt_timebase = unsafe stream.pointee.time_base
    let result = unsafe avcodec_open2(context, codec, nil)
    try MediaError.check(result, .unsupported, "\(words) cannot be read")
    return unsafe context
  }

  private static func encoder(
    _ name: String, header decoder: UnsafeMutablePointer<AVCodecContext>
  ) throws(MediaError) -> UnsafeMutablePointer<AVCodecContext> {
    guard let codec = unsafe avcodec_find_encoder_by_name(name),
      let context = unsafe avcodec_alloc_context3(codec)
    else { throw MediaError(.unsupported, "this FFmpeg cannot write \(name) subtitles") }
    unsafe context.pointee.time_base = Rational.microseconds.raw
    let size = Int(unsafe decoder.pointee.subtitle_header_size)
    if let header = unsafe decoder.pointee.subtitle_header, let copy = unsafe av_mallocz(size + 1) {
      unsafe copy.copyMemory(from: header, byteCount: size)
      unsafe context.pointee.subtitle_header = copy.assumingMemoryBound(to: UInt8.self)
      unsafe context.pointee.subtitle_header_size = Int32(size)
    }
    let result = unsafe avcodec_open2(context, codec, nil)
    try MediaError.check(result, .unsupported, "\(name) subtitles cannot be written")
    return unsafe context
  }

  func addStream(to sink: MediaSink) throws(MediaError) -> Int {
    unsafe try sink.addEncoded(
      encoder, timeBase: .microseconds, like: source, stream: stream)
  }

  /// Converts one packet; `write` gets the result, with times in microseconds, unless there is no text.
  func convert(
    _ original: Packet, start: Int64, write: (Packet) throws -> Void
  ) throws {
    var subtitle = unsafe AVSubtitle()
    var isComplete: Int32 = 0
    let result = unsafe avcodec_decode_subtitle2(decoder, &subtitle, &isComplete, original.raw)
    guard result >= 0, isComplete != 0 else { return }
    defer { unsafe avsubtitle_free(&subtitle) }
    let timeBase = source.streams[stream].timeBase
    let begin =
      timeBase.convert(original.time ?? 0, to: .microseconds)
      + 1000 * Int64(unsafe subtitle.start_display_time)
    var milliseconds = Int64(unsafe subtitle.end_display_time)
    milliseconds -= Int64(unsafe subtitle.start_display_time)
    if milliseconds <= 0 || milliseconds > 86_400_000 {
      milliseconds = timeBase.convert(original.duration, to: Rational(1, 1000))
    }
    unsafe subtitle.start_display_time = 0
    unsafe subtitle.end_display_time = UInt32(max(0, milliseconds))
    unsafe subtitle.pts = begin
    let size = unsafe avcodec_encode_subtitle(encoder, &room, Int32(room.count), &subtitle)
    guard size > 0 else { return }
    unsafe try room[..<Int(size)].withUnsafeBytes { unsafe try packet.fill($0) }
    packet.time = begin - start
    packet.decodeTime = begin - start
    packet.duration = milliseconds * 1000
    packet.flags = 1
    try write(packet)
  }
}
