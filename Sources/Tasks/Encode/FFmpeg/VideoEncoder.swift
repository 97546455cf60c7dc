internal import BatchCore
internal import CFFmpeg
internal import EncodeOptions
internal import EncodeShims

/// One coded frame as it comes out of an encoder.
package struct CodedFrame: Sendable, Equatable {
  /// The time that was given with the picture.
  package var time: Int64
  package var isKey: Bool
  package var bytes: [UInt8]
}

/// Encodes the pictures of one chunk.
@safe
final class VideoEncoder {
  private let context: UnsafeMutablePointer<AVCodecContext>
  private let packet: Packet
  private let settings: VideoSettings
  private var isOpen = false
  private var hasPictures = false
  private var isDrained = false
  private var hasTurn = false
  /// Extradata that came with a packet, from encoders that have none before.
  private var lateExtradata: [UInt8] = []

  /// For SVT-AV1 1.4, which must not be opened while another of its encoders works in the process.
  private static let turn = Permits(1)

  /// - Throws: `MediaError` when the encoder is missing or refuses the settings.
  init(_ settings: VideoSettings) throws(MediaError) {
    MediaLog.silence
    self.settings = settings
    packet = try Packet()
    let name = settings.codec.rawValue
    guard let codec = unsafe avcodec_find_encoder_by_name(name),
      let context = unsafe avcodec_alloc_context3(codec)
    else {
      throw MediaError(
        .unsupported, "this FFmpeg was built without \(name); choose another --codec")
    }
    unsafe self.context = context
    try configure()
    try setOptions()
    MediaLog.clear()
    if settings.codec == .svtAV1 {
      Self.turn.take()
      hasTurn = true
    }
    let policy = batchrun_thread_policy()
    let opened = unsafe avcodec_open2(context, codec, nil)
    batchrun_restore_thread_policy(policy)
    try MediaError.check(
      opened, .unsupported, "\(name) refuses these settings\(MediaLog.lastReason)")
    isOpen = true
  }

  deinit {
    if isOpen, settings.codec == .svtAV1, !isDrained { drain() }
    var context: UnsafeMutablePointer<AVCodecContext>? = unsafe context
    unsafe avcodec_free_context(&context)
    if hasTurn { Self.turn.release() }
  }

  /// Lets the encoder come to its end: SVT-AV1 1.4 waits for ever when it is closed before.
  private func drain() {
    if !hasPictures, let picture = try? Picture.blank(like: settings) {
      picture.place(at: 0, duration: 1)
      try? send(picture)
    }
    try? send(nil)
    while !isDrained, (try? receive()) != nil {}
  }

  private func configure() throws(MediaError) {
    guard let format = PixelFormat(name: settings.format) else {
      throw MediaError(.unsupported, "there is no pixel format \(settings.format)")
    }
    unsafe context.pointee.width = Int32(settings.width)
    unsafe context.pointee.height = Int32(settings.height)
    unsafe context.pointee.pix_fmt = format.raw
    unsafe context.pointee.time_base = settings.encoderTimeBase.raw
    unsafe context.pointee.framerate = settings.rate.raw
    unsafe context.pointee.sample_aspect_ratio = settings.pixelAspect.raw
    unsafe context.pointee.thread_count = 1
    unsafe context.pointee.flags |=
      AV_CODEC_FLAG_GLOBAL_HEADER | AV_CODEC_FLAG_BITEXACT
      | Int32(truncatingIfNeeded: AV_CODEC_FLAG_CLOSED_GOP)
    if settings.codesFields {
      unsafe context.pointee.flags |= AV_CODEC_FLAG_INTERLACED_DCT | AV_CODEC_FLAG_INTERLACED_ME
    }
    if settings.fieldOrder > 1 || settings.isInterlaced {
      unsafe context.pointee.field_order = AVFieldOrder(UInt32(settings.markedFieldOrder))
    }
    unsafe Self.setColor(settings.color, context)
  }

  private static func setColor(
    _ color: ColorDescription, _ context: UnsafeMutablePointer<AVCodecContext>
  ) {
    unsafe context.pointee.color_range = AVColorRange(UInt32(color.range))
    unsafe context.pointee.color_primaries = AVColorPrimaries(UInt32(color.primaries))
    unsafe context.pointee.color_trc = AVColorTransferCharacteristic(UInt32(color.transfer))
    unsafe context.pointee.colorspace = AVColorSpace(UInt32(color.matrix))
    unsafe context.pointee.chroma_sample_location = AVChromaLocation(UInt32(color.chromaLocation))
  }

  private func setOptions() throws(MediaError) {
    for (name, value) in settings.encoderOptions {
      let result = unsafe av_opt_set(context, name, value, AV_OPT_SEARCH_CHILDREN)
      guard result < 0 else { continue }
      throw MediaError(
        .unsupported,
        "\(settings.codec.rawValue) does not take the option \(name)=\(value); see --codec-options")
    }
  }

  /// What a decoder must know before the first packet; complete when a packet has come out.
  var extradata: [UInt8] {
    guard let bytes = unsafe context.pointee.extradata else { return lateExtradata }
    return unsafe Array(
      UnsafeBufferPointer(start: bytes, count: Int(context.pointee.extradata_size)))
  }

  /// Describes what it writes for a container; used within this folder only.
  func describe(_ parameters: UnsafeMutablePointer<AVCodecParameters>?) throws(MediaError) {
    try MediaError.check(
      unsafe avcodec_parameters_from_context(parameters, context), .unwritable,
      "the video cannot be described")
  }

  /// Hands a picture over; nil says that no more follow. Take what comes out afterwards.
  func send(_ picture: Picture?) throws(MediaError) {
    if picture != nil { hasPictures = true }
    let result = try unsafe guarded { isAborted in
      unsafe settings.codec == .aomAV1
        ? batchrun_guarded_send(context, picture?.raw, isAborted)
        : avcodec_send_frame(context, picture?.raw)
    }
    try MediaError.check(
      result, .encoding, "\(settings.codec.rawValue) does not take a picture\(MediaLog.lastReason)")
  }

  private func guarded(
    _ body: (UnsafeMutablePointer<Bool>) -> Int32
  ) throws(MediaError) -> Int32 {
    var isAborted = false
    let result = unsafe body(&isAborted)
    guard !isAborted else {
      throw MediaError(.aborted, "\(settings.codec.rawValue) gave up: an assertion in it failed")
    }
    return result
  }

  /// The next coded frame; nil when it needs more pictures first, or has no more.
  func receive() throws(MediaError) -> CodedFrame? {
    let result = try unsafe guarded { isAborted in
      unsafe settings.codec == .aomAV1
        ? batchrun_guarded_receive(context, packet.raw, isAborted)
        : avcodec_receive_packet(context, packet.raw)
    }
    if result == batchrun_averror_eof() { isDrained = true }
    if result == batchrun_averror_again() || result == batchrun_averror_eof() { return nil }
    try MediaError.check(
      result, .encoding, "\(settings.codec.rawValue) failed\(MediaLog.lastReason)")
    defer { packet.clear() }
    guard let time = packet.time else {
      throw MediaError(.encoding, "\(settings.codec.rawValue) gave a frame without a time")
    }
    let bytes = unsafe packet.withBytes { unsafe Array($0) }
    if lateExtradata.isEmpty { lateExtradata = packet.newExtradata }
    return CodedFrame(time: time, isKey: packet.isKey, bytes: bytes)
  }
}

extension VideoSettings {
  /// The order of fields for the container: as it was said, or as the pictures say.
  package var markedFieldOrder: Int32 {
    if fieldOrder > 1 { return fieldOrder }
    // AV_FIELD_TT and AV_FIELD_BB: coded and shown with the top, or the bottom, field first.
    return isInterlaced ? (isTopFieldFirst ? 2 : 3) : max(1, fieldOrder)
  }
}
