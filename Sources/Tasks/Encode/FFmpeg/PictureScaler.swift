internal import CFFmpeg
internal import EncodeShims

/// Brings pictures to one size and format; those that have them already pass untouched.
@safe
final class PictureScaler {
  private let width: Int
  private let height: Int
  private let format: PixelFormat
  private var scaler: OpaquePointer?
  private var known: (width: Int, height: Int, format: PixelFormat)?

  init(width: Int, height: Int, format: PixelFormat) {
    self.width = width
    self.height = height
    self.format = format
  }

  deinit { unsafe sws_freeContext(scaler) }

  /// The picture as it is wanted: itself, or a new one.
  func fit(_ picture: Picture) throws(MediaError) -> Picture {
    let (extraWidth, extraHeight) = (picture.width - width, picture.height - height)
    if picture.format.plain == format, 0...1 ~= extraWidth, 0...1 ~= extraHeight {
      // An odd column or row is left out, where the encoder takes even sizes only.
      unsafe picture.raw.pointee.format = format.raw.rawValue
      unsafe picture.raw.pointee.width = Int32(width)
      unsafe picture.raw.pointee.height = Int32(height)
      return picture
    }
    try prepare(for: picture)
    let fitted = try Picture()
    unsafe fitted.raw.pointee.width = Int32(width)
    unsafe fitted.raw.pointee.height = Int32(height)
    unsafe fitted.raw.pointee.format = format.raw.rawValue
    try MediaError.check(
      unsafe av_frame_get_buffer(fitted.raw, 0), .encoding,
      "there is not enough memory for a picture of \(width)x\(height)")
    let lines =
      unsafe scaler.map {
        unsafe batchrun_sws_scale($0, picture.raw, fitted.raw)
      } ?? -1
    guard lines == height else {
      throw MediaError(.encoding, "a picture could not be scaled to \(width)x\(height)")
    }
    try MediaError.check(
      unsafe av_frame_copy_props(fitted.raw, picture.raw), .encoding, "a picture cannot be kept")
    return fitted
  }

  private func prepare(for picture: Picture) throws(MediaError) {
    let wanted = (picture.width, picture.height, picture.format)
    if let known, known == wanted { return }
    unsafe sws_freeContext(scaler)
    // Bit-exact: the same pixels with any instruction set.
    let flags =
      SWS_BICUBIC.number | SWS_ACCURATE_RND.number | SWS_BITEXACT.number
      | SWS_FULL_CHR_H_INT.number | SWS_FULL_CHR_H_INP.number
    unsafe scaler = sws_getContext(
      Int32(picture.width), Int32(picture.height), picture.format.raw, Int32(width), Int32(height),
      format.raw, flags, nil, nil, nil)
    guard unsafe scaler != nil else {
      throw MediaError(
        .unsupported,
        "pictures of \(picture.width)x\(picture.height) \(picture.format) cannot be made into "
          + "\(width)x\(height) \(format); choose another --pixel-format or --scale")
    }
    known = wanted
  }
}

extension BinaryInteger {
  /// The value as the libraries take their flags.
  fileprivate var number: Int32 { Int32(truncatingIfNeeded: self) }
}
