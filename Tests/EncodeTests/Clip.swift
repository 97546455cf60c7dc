import CFFmpeg
import EncodeShims

/// A small video to make: moving and noisy pictures of our own, and a tone.
struct Clip {
  var codec = "libx264"
  /// The libraries' name of the container.
  var muxer = "mp4"
  var width: Int32 = 160
  var height: Int32 = 120
  var format = AV_PIX_FMT_YUV420P
  var frames = 75
  /// Ticks a second.
  var ticks: Int32 = 12_800
  /// Frames a second, as the container is told.
  var rate: Int32 = 25
  /// When a frame is shown, in ticks; nil for one after the other.
  var time: (@Sendable (Int) -> Int64)?
  var options = "preset=veryfast:g=25"
  var isInterlaced = false
  var pixelAspect = AVRational(num: 1, den: 1)
  var isFullRange = false
  /// A quarter turn for the eye.
  var isTurned = false
  /// The encoder of the tone; nil for none.
  var sound: String?
  /// Another size from this frame on; for containers that allow it.
  var secondSize: (frame: Int, width: Int32, height: Int32)?
  /// The pixels from there on.
  var secondFormat: AVPixelFormat?
  var hasVideo = true

  struct Failed: Error {
    var step: String
    var code: Int32
  }

  /// Makes the file.
  func write(to path: String) throws {
    let maker = try ClipMaker(self, path)
    try maker.make()
  }
}

/// The making of one clip.
@safe
private final class ClipMaker {
  private let clip: Clip
  private var output: UnsafeMutablePointer<AVFormatContext>
  private var video: UnsafeMutablePointer<AVCodecContext>?
  private var sound: UnsafeMutablePointer<AVCodecContext>?
  private var soundTime: Int64 = 0
  private let packet: UnsafeMutablePointer<AVPacket>

  init(_ clip: Clip, _ path: String) throws {
    av_log_set_level(AV_LOG_QUIET)
    self.clip = clip
    var made: UnsafeMutablePointer<AVFormatContext>?
    try Self.check(
      "container", unsafe avformat_alloc_output_context2(&made, nil, clip.muxer, path))
    guard let output = unsafe made, let packet = unsafe av_packet_alloc() else {
      throw Clip.Failed(step: "memory", code: 0)
    }
    unsafe self.output = output
    unsafe self.packet = packet
    unsafe output.pointee.flags |= AVFMT_FLAG_BITEXACT
    // Times below zero stay, so that mp4 hides them by an edit list.
    unsafe output.pointee.avoid_negative_ts = 0
    try Self.check("file", unsafe avio_open(&output.pointee.pb, path, AVIO_FLAG_WRITE))
  }

  deinit {
    unsafe avcodec_free_context(&video)
    unsafe avcodec_free_context(&sound)
    var packet: UnsafeMutablePointer<AVPacket>? = unsafe packet
    unsafe av_packet_free(&packet)
    unsafe avio_closep(&output.pointee.pb)
    unsafe avformat_free_context(output)
  }

  @discardableResult
  private static func check(_ step: String, _ code: Int32) throws -> Int32 {
    if code < 0 { throw Clip.Failed(step: step, code: code) }
    return code
  }

  func make() throws {
    if clip.hasVideo { unsafe video = try openVideo(clip.width, clip.height, isFirst: true) }
    if let name = clip.sound { unsafe sound = try openSound(name) }
    try Self.check("header", unsafe avformat_write_header(output, nil))
    var scene = Scene()
    for number in 0..<(clip.hasVideo ? clip.frames : 0) {
      if let second = clip.secondSize, number == second.frame { try change(to: second) }
      try addSound(until: Double(number) / Double(clip.rate))
      try addPicture(number, &scene)
    }
    try addSound(until: Double(clip.frames) / Double(clip.rate))
    if let video = unsafe video { try unsafe encode(nil, video, stream: 0) }
    if let sound = unsafe sound { try unsafe encode(nil, sound, stream: clip.hasVideo ? 1 : 0) }
    try Self.check("trailer", unsafe av_write_trailer(output))
  }

  // MARK: - Pictures

  private func openVideo(
    _ width: Int32, _ height: Int32, isFirst: Bool
  ) throws -> UnsafeMutablePointer<AVCodecContext> {
    guard let codec = unsafe avcodec_find_encoder_by_name(clip.codec),
      let context = unsafe avcodec_alloc_context3(codec)
    else { throw Clip.Failed(step: "encoder \(clip.codec)", code: 0) }
    unsafe context.pointee.width = width
    unsafe context.pointee.height = height
    unsafe context.pointee.pix_fmt = isFirst ? clip.format : clip.secondFormat ?? clip.format
    unsafe context.pointee.time_base =
      ["mpeg2video", "mpeg4"].contains(clip.codec)
      ? AVRational(num: 1, den: clip.rate) : AVRational(num: 1, den: clip.ticks)
    unsafe context.pointee.framerate = AVRational(num: clip.rate, den: 1)
    unsafe context.pointee.sample_aspect_ratio = clip.pixelAspect
    unsafe context.pointee.thread_count = 1
    if clip.isFullRange { unsafe context.pointee.color_range = AVCOL_RANGE_JPEG }
    if clip.isInterlaced {
      unsafe context.pointee.flags |= AV_CODEC_FLAG_INTERLACED_DCT | AV_CODEC_FLAG_INTERLACED_ME
      unsafe context.pointee.field_order = AV_FIELD_TT
    }
    if unsafe output.pointee.oformat.pointee.flags & AVFMT_GLOBALHEADER != 0 {
      unsafe context.pointee.flags |= AV_CODEC_FLAG_GLOBAL_HEADER
    }
    var options: OpaquePointer?
    defer { unsafe av_dict_free(&options) }
    try Self.check("options", unsafe av_dict_parse_string(&options, clip.options, "=", ":", 0))
    try Self.check("open \(clip.codec)", unsafe avcodec_open2(context, codec, &options))
    if isFirst { try unsafe addVideoStream(context) }
    return unsafe context
  }

  private func addVideoStream(_ context: UnsafeMutablePointer<AVCodecContext>) throws {
    guard let stream = unsafe avformat_new_stream(output, nil) else {
      throw Clip.Failed(step: "stream", code: 0)
    }
    unsafe avcodec_parameters_from_context(stream.pointee.codecpar, context)
    unsafe stream.pointee.time_base = unsafe context.pointee.time_base
    unsafe stream.pointee.avg_frame_rate = AVRational(num: clip.rate, den: 1)
    unsafe stream.pointee.sample_aspect_ratio = clip.pixelAspect
    guard clip.isTurned,
      let data = unsafe av_stream_new_side_data(stream, AV_PKT_DATA_DISPLAYMATRIX, 36)
    else { return }
    let matrix: [Int32] = [0, -65536, 0, 65536, 0, 0, 0, 0, 1 << 30]
    unsafe matrix.withUnsafeBytes {
      unsafe UnsafeMutableRawPointer(data).copyMemory(
        from: $0.baseAddress ?? .init(data), byteCount: 36)
    }
  }

  private func change(to second: (frame: Int, width: Int32, height: Int32)) throws {
    if let old = unsafe video { try unsafe encode(nil, old, stream: 0) }
    unsafe avcodec_free_context(&video)
    unsafe video = try openVideo(second.width, second.height, isFirst: false)
  }

  private func addPicture(_ number: Int, _ scene: inout Scene) throws {
    guard let video = unsafe video else { return }
    var frame = unsafe av_frame_alloc()
    defer { unsafe av_frame_free(&frame) }
    guard let picture = unsafe frame else { throw Clip.Failed(step: "memory", code: 0) }
    unsafe picture.pointee.width = unsafe video.pointee.width
    unsafe picture.pointee.height = unsafe video.pointee.height
    unsafe picture.pointee.format = unsafe video.pointee.pix_fmt.rawValue
    try Self.check("picture", unsafe av_frame_get_buffer(picture, 0))
    unsafe scene.draw(number, into: picture)
    let perFrame = Int64(unsafe video.pointee.time_base.den) / Int64(clip.rate)
    unsafe picture.pointee.pts = clip.time?(number) ?? Int64(number) * perFrame
    if clip.isInterlaced {
      unsafe picture.pointee.interlaced_frame = 1
      unsafe picture.pointee.top_field_first = 1
    }
    try unsafe encode(picture, video, stream: 0)
  }

  private func encode(
    _ frame: UnsafeMutablePointer<AVFrame>?, _ context: UnsafeMutablePointer<AVCodecContext>,
    stream: Int32
  ) throws {
    try Self.check("send", unsafe avcodec_send_frame(context, frame))
    while true {
      let result = unsafe avcodec_receive_packet(context, packet)
      if result == batchrun_averror_again() || result == batchrun_averror_eof() { return }
      try Self.check("receive", result)
      unsafe packet.pointee.stream_index = stream
      if stream == 0, clip.hasVideo, unsafe packet.pointee.duration == 0, clip.time == nil {
        unsafe packet.pointee.duration =
          Int64(unsafe context.pointee.time_base.den) / Int64(clip.rate)
      }
      let target =
        unsafe output.pointee.streams[Int(stream)]?.pointee.time_base ?? AVRational(num: 1, den: 1)
      unsafe av_packet_rescale_ts(packet, context.pointee.time_base, target)
      try Self.check("write", unsafe av_interleaved_write_frame(output, packet))
    }
  }

  // MARK: - Sound

  private func openSound(_ name: String) throws -> UnsafeMutablePointer<AVCodecContext> {
    guard let codec = unsafe avcodec_find_encoder_by_name(name),
      let context = unsafe avcodec_alloc_context3(codec),
      let stream = unsafe avformat_new_stream(output, nil)
    else { throw Clip.Failed(step: "sound", code: 0) }
    unsafe context.pointee.sample_rate = 48_000
    unsafe av_channel_layout_default(&context.pointee.ch_layout, 1)
    unsafe context.pointee.sample_fmt =
      unsafe codec.pointee.sample_fmts?.pointee ?? AV_SAMPLE_FMT_S16
    unsafe context.pointee.time_base = AVRational(num: 1, den: 48_000)
    if unsafe output.pointee.oformat.pointee.flags & AVFMT_GLOBALHEADER != 0 {
      unsafe context.pointee.flags |= AV_CODEC_FLAG_GLOBAL_HEADER
    }
    try Self.check("open sound", unsafe avcodec_open2(context, codec, nil))
    unsafe avcodec_parameters_from_context(stream.pointee.codecpar, context)
    unsafe stream.pointee.time_base = unsafe context.pointee.time_base
    return unsafe context
  }

  private func addSound(until seconds: Double) throws {
    guard let sound = unsafe sound else { return }
    let size = unsafe max(sound.pointee.frame_size, 1) == 1 ? 1024 : sound.pointee.frame_size
    while Double(soundTime) / 48_000 < seconds {
      var frame = unsafe av_frame_alloc()
      defer { unsafe av_frame_free(&frame) }
      guard let samples = unsafe frame else { return }
      unsafe samples.pointee.nb_samples = size
      unsafe samples.pointee.format = unsafe sound.pointee.sample_fmt.rawValue
      unsafe samples.pointee.sample_rate = 48_000
      unsafe av_channel_layout_default(&samples.pointee.ch_layout, 1)
      try Self.check("samples", unsafe av_frame_get_buffer(samples, 0))
      unsafe Scene.fillTone(samples, from: soundTime)
      unsafe samples.pointee.pts = soundTime
      soundTime += Int64(size)
      try unsafe encode(samples, sound, stream: clip.hasVideo ? 1 : 0)
    }
  }
}

/// The pictures: a gradient that moves, a square that crosses it, and noise.
private struct Scene {
  private var random: UInt32 = 12_345

  private mutating func noise() -> Int {
    random = random &* 1_664_525 &+ 1_013_904_223
    return Int(random >> 28) - 8
  }

  mutating func draw(_ number: Int, into frame: UnsafeMutablePointer<AVFrame>) {
    guard let format = unsafe av_pix_fmt_desc_get(AVPixelFormat(frame.pointee.format))?.pointee
    else {
      return
    }
    let depth = Int(unsafe format.comp.0.depth)
    for plane in 0..<Int32(unsafe format.nb_components) {
      let across = unsafe plane == 0 ? 0 : Int32(format.log2_chroma_w)
      let down = unsafe plane == 0 ? 0 : Int32(format.log2_chroma_h)
      let width = unsafe Int(-((-frame.pointee.width) >> across))
      let height = unsafe Int(-((-frame.pointee.height) >> down))
      guard let start = unsafe batchrun_plane(frame, plane) else { continue }
      let line = Int(unsafe batchrun_line_bytes(frame, plane))
      for y in 0..<height {
        for x in 0..<width {
          let value = level(x, y, number, Int(plane)) << (depth - 8)
          if depth > 8 {
            unsafe UnsafeMutableRawPointer(start + y * line).storeBytes(
              of: UInt16(value), toByteOffset: 2 * x, as: UInt16.self)
          } else {
            unsafe start[y * line + x] = UInt8(value)
          }
        }
      }
    }
  }

  private mutating func level(_ x: Int, _ y: Int, _ number: Int, _ plane: Int) -> Int {
    if plane > 0 { return 96 + (x + y + number * (plane + 1)) % 64 }
    let square = (number * 3) % 120
    if (square..<square + 24).contains(x), (40..<64).contains(y) { return 220 }
    // The number of the frame is in the picture: the wrong one is far from the right one.
    return 32 + abs((x + number * 2 + y / 2) % 256 - 128) + noise() / 2
  }

  static func fillTone(_ frame: UnsafeMutablePointer<AVFrame>, from start: Int64) {
    guard let data = unsafe batchrun_plane(frame, 0) else { return }
    for number in 0..<Int(unsafe frame.pointee.nb_samples) {
      // A sawtooth of 100 Hz whose loudness tells the time within a second.
      let sample = (Int(start) + number)
      let value = (sample % 480 - 240) * (8 + sample % 48_000 / 1000)
      let isFloat = unsafe frame.pointee.format == AV_SAMPLE_FMT_FLTP.rawValue
      if isFloat {
        unsafe UnsafeMutableRawPointer(data).storeBytes(
          of: Float(value) / 32_768, toByteOffset: 4 * number, as: Float.self)
      } else {
        unsafe UnsafeMutableRawPointer(data).storeBytes(
          of: Int16(value), toByteOffset: 2 * number, as: Int16.self)
      }
    }
  }
}
