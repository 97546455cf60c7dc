internal import CFFmpeg
internal import EncodeShims

/// The formats that single pictures are written in.
package enum PictureFormat: String, Sendable {
  case png
  case jpeg

  var ending: String { self == .png ? "png" : "jpg" }
}

/// Turns pictures into the bytes of image files.
@safe
final class PictureWriter {
  private let context: UnsafeMutablePointer<AVCodecContext>
  private let scaler: PictureScaler
  private let packet: Packet

  init(_ format: PictureFormat, width: Int, height: Int, depth: Int) throws(MediaError) {
    MediaLog.silence
    packet = try Packet()
    let name = format == .png ? "png" : "mjpeg"
    let pixels = format == .jpeg ? "yuvj444p" : depth > 8 ? "rgb48be" : "rgb24"
    guard let codec = unsafe avcodec_find_encoder_by_name(name),
      let pixel = PixelFormat(name: pixels),
      let context = unsafe avcodec_alloc_context3(codec)
    else { throw MediaError(.unsupported, "this FFmpeg cannot write \(format.rawValue)") }
    unsafe self.context = context
    scaler = PictureScaler(width: width, height: height, format: pixel)
    unsafe context.pointee.width = Int32(width)
    unsafe context.pointee.height = Int32(height)
    unsafe context.pointee.pix_fmt = pixel.raw
    unsafe context.pointee.time_base = Rational(1, 25).raw
    unsafe context.pointee.thread_count = 1
    unsafe context.pointee.flags |= AV_CODEC_FLAG_BITEXACT | AV_CODEC_FLAG_QSCALE
    // A factor of 2 of 31: hardly a difference can be seen.
    unsafe context.pointee.global_quality = 2 * 118
    try MediaError.check(
      unsafe avcodec_open2(context, codec, nil), .unsupported,
      "pictures of \(width)x\(height) cannot be written as \(format.rawValue)")
  }

  deinit {
    var context: UnsafeMutablePointer<AVCodecContext>? = unsafe context
    unsafe avcodec_free_context(&context)
  }

  /// The file that shows the picture.
  func file(of picture: Picture, quality: Int32 = 2 * 118) throws(MediaError) -> [UInt8] {
    let fitted = try scaler.fit(picture)
    unsafe fitted.raw.pointee.quality = quality
    unsafe fitted.raw.pointee.pict_type = AV_PICTURE_TYPE_NONE
    try MediaError.check(
      unsafe avcodec_send_frame(context, fitted.raw), .encoding, "a picture cannot be written")
    try MediaError.check(
      unsafe avcodec_receive_packet(context, packet.raw), .encoding, "a picture cannot be written")
    defer { packet.clear() }
    return unsafe packet.withBytes { unsafe Array($0) }
  }
}
