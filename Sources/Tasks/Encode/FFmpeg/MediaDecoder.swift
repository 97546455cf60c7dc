internal import CFFmpeg
internal import EncodeShims

/// Turns the packets of one stream into pictures, or into sound.
@safe
final class MediaDecoder {
  enum Answer {
    case picture
    /// It wants another packet first.
    case hungry
    case end
  }

  private let context: UnsafeMutablePointer<AVCodecContext>

  /// - Parameter threads: How many threads decode; zero for one on each core. The pictures are the
  ///   same with any number.
  init(_ source: MediaSource, stream index: Int, threads: Int) throws(MediaError) {
    let stream = unsafe try source.rawStream(index)
    let words = source.streams[index].words
    guard let codec = unsafe avcodec_find_decoder(stream.pointee.codecpar.pointee.codec_id),
      let context = unsafe avcodec_alloc_context3(codec)
    else {
      throw MediaError(
        .unsupported, "\(source.name): this FFmpeg has no decoder for \(words); convert it first")
    }
    unsafe self.context = context
    try MediaError.check(
      unsafe avcodec_parameters_to_context(context, stream.pointee.codecpar), .unreadable,
      "\(source.name): \(words) is described wrongly")
    unsafe context.pointee.pkt_timebase = unsafe stream.pointee.time_base
    unsafe context.pointee.thread_count = Int32(threads)
    try MediaError.check(
      unsafe avcodec_open2(context, codec, nil), .unsupported,
      "\(source.name): \(words) cannot be decoded")
  }

  deinit {
    var context: UnsafeMutablePointer<AVCodecContext>? = unsafe context
    unsafe avcodec_free_context(&context)
  }

  /// Whether pictures that no other one needs are left out, where the format marks them for certain.
  ///
  /// In H.264 and MPEG-2 nothing ever refers to such a picture. In HEVC pictures of a higher temporal
  /// layer may (ITU-T H.265, 7.4.2.2), so that all are decoded there.
  func leaveOutUnreferenced(_ isOn: Bool) {
    let marking = [AV_CODEC_ID_H264, AV_CODEC_ID_MPEG1VIDEO, AV_CODEC_ID_MPEG2VIDEO]
    guard marking.contains(unsafe context.pointee.codec_id) else { return }
    unsafe context.pointee.skip_frame = isOn ? AVDISCARD_NONREF : AVDISCARD_DEFAULT
  }

  /// Hands a packet over; all pictures must have been received before.
  ///
  /// - Parameter tag: Comes back with the picture that the packet holds.
  /// - Returns: Whether the decoder understood the packet.
  func send(_ packet: Packet, tag: Int64) -> Bool {
    unsafe context.pointee.reordered_opaque = tag
    return unsafe avcodec_send_packet(context, packet.raw) >= 0
  }

  /// Says that no packet follows.
  func sendEnd() { _ = unsafe avcodec_send_packet(context, nil) }

  /// Takes the next picture out; what cannot be decoded is passed over.
  func receive(into picture: Picture) -> Answer {
    for _ in 0..<1000 {
      let result = unsafe avcodec_receive_frame(context, picture.raw)
      if result >= 0 { return .picture }
      if result == batchrun_averror_again() { return .hungry }
      if result == batchrun_averror_eof() { return .end }
    }
    return .end
  }

  /// The format and layout of the sound; used within this folder only.
  var raw: UnsafeMutablePointer<AVCodecContext> { unsafe context }
}
