internal import CFFmpeg
internal import EncodeShims

/// One decoded picture, or a piece of sound.
@safe
final class Picture {
  /// The libraries' frame; used within this folder only.
  let raw: UnsafeMutablePointer<AVFrame>

  init() throws(MediaError) {
    guard let frame = unsafe av_frame_alloc() else {
      throw MediaError(.unreadable, "there is not enough memory for a picture")
    }
    unsafe raw = frame
  }

  deinit {
    var frame: UnsafeMutablePointer<AVFrame>? = unsafe raw
    unsafe av_frame_free(&frame)
  }

  /// A picture of the size and format of the settings, of any colour.
  static func blank(like settings: VideoSettings) throws(MediaError) -> Picture {
    let picture = try Picture()
    unsafe picture.raw.pointee.width = Int32(settings.width)
    unsafe picture.raw.pointee.height = Int32(settings.height)
    unsafe picture.raw.pointee.format = PixelFormat(name: settings.format)?.raw.rawValue ?? 0
    try MediaError.check(
      unsafe av_frame_get_buffer(picture.raw, 0), .encoding,
      "there is not enough memory for a picture of \(settings.width)x\(settings.height)")
    return picture
  }

  /// Another handle of the same pixels.
  func shared() throws(MediaError) -> Picture {
    let other = try Picture()
    try MediaError.check(
      unsafe av_frame_ref(other.raw, raw), .encoding, "a picture cannot be kept")
    return other
  }

  func clear() { unsafe av_frame_unref(raw) }

  var width: Int { unsafe Int(raw.pointee.width) }
  var height: Int { unsafe Int(raw.pointee.height) }
  var format: PixelFormat { unsafe PixelFormat(raw: AVPixelFormat(raw.pointee.format)) }

  /// The number that was given to the decoder with the packet that the picture comes from.
  var tag: Int64 { unsafe raw.pointee.reordered_opaque }

  /// The time that the decoder guesses from everything it knows; nil when there is none.
  var bestTime: Int64? {
    let time = unsafe raw.pointee.best_effort_timestamp
    return time == batchrun_av_nopts() ? nil : time
  }

  var duration: Int64 { unsafe raw.pointee.pkt_duration }
  var isInterlaced: Bool { unsafe raw.pointee.interlaced_frame != 0 }
  var isTopFieldFirst: Bool { unsafe raw.pointee.top_field_first != 0 }
  var pixelAspect: Rational { unsafe Rational(raw.pointee.sample_aspect_ratio) }

  var color: ColorDescription {
    unsafe ColorDescription(
      range: Int32(raw.pointee.color_range.rawValue),
      primaries: Int32(raw.pointee.color_primaries.rawValue),
      transfer: Int32(raw.pointee.color_trc.rawValue),
      matrix: Int32(raw.pointee.colorspace.rawValue),
      chromaLocation: Int32(raw.pointee.chroma_location.rawValue))
  }

  /// The static HDR metadata that came with the picture.
  var lightData: LightData {
    LightData(
      mastering: sideData(AV_FRAME_DATA_MASTERING_DISPLAY_METADATA),
      content: sideData(AV_FRAME_DATA_CONTENT_LIGHT_LEVEL))
  }

  private func sideData(_ type: AVFrameSideDataType) -> [UInt8] {
    guard let data = unsafe av_frame_get_side_data(raw, type), let bytes = unsafe data.pointee.data
    else { return [] }
    return unsafe Array(UnsafeBufferPointer(start: bytes, count: data.pointee.size))
  }

  /// Where the encoder puts it, and that the encoder chooses the kind of picture itself.
  func place(at time: Int64, duration: Int64) {
    unsafe raw.pointee.pts = time
    unsafe raw.pointee.pkt_duration = duration
    unsafe raw.pointee.pict_type = AV_PICTURE_TYPE_NONE
  }

  /// Says which field is first, as the settings of the whole video have it.
  func markFields(_ settings: VideoSettings) {
    guard settings.isInterlaced else { return }
    unsafe raw.pointee.interlaced_frame = 1
    unsafe raw.pointee.top_field_first = settings.isTopFieldFirst ? 1 : 0
  }

  /// The pixels, plane after plane without gaps between the lines.
  func pixels() throws(MediaError) -> [UInt8] {
    let size = unsafe av_image_get_buffer_size(
      AVPixelFormat(raw.pointee.format), raw.pointee.width, raw.pointee.height, 1)
    try MediaError.check(size, .unsupported, "the picture format is unknown")
    var bytes = [UInt8](repeating: 0, count: Int(size))
    try MediaError.check(
      unsafe batchrun_copy_image(&bytes, size, raw), .encoding, "a picture cannot be copied")
    return bytes
  }
}

/// How the numbers of a picture become colours, in the libraries' numbers; 2 is "not said".
package struct ColorDescription: Sendable, Equatable {
  package var range: Int32
  package var primaries: Int32
  package var transfer: Int32
  package var matrix: Int32
  package var chromaLocation: Int32

  package init(
    range: Int32 = 0, primaries: Int32 = 2, transfer: Int32 = 2, matrix: Int32 = 2,
    chromaLocation: Int32 = 0
  ) {
    self.range = range
    self.primaries = primaries
    self.transfer = transfer
    self.matrix = matrix
    self.chromaLocation = chromaLocation
  }

  /// What is said here, and else what `other` says.
  func completed(by other: ColorDescription) -> ColorDescription {
    func known(_ own: Int32, _ others: Int32, unknown: Set<Int32>) -> Int32 {
      unknown.contains(own) ? others : own
    }
    return ColorDescription(
      range: known(range, other.range, unknown: [0]),
      primaries: known(primaries, other.primaries, unknown: [0, 2]),
      transfer: known(transfer, other.transfer, unknown: [0, 2]),
      matrix: known(matrix, other.matrix, unknown: [2]),
      chromaLocation: known(chromaLocation, other.chromaLocation, unknown: [0]))
  }
}

/// Static HDR metadata, as the libraries keep it in memory; empty when there is none.
package struct LightData: Sendable, Equatable {
  /// The display that the video was made on (SMPTE ST 2086).
  package var mastering: [UInt8]
  /// The brightest pixel and the brightest picture (CTA-861.3).
  package var content: [UInt8]

  package init(mastering: [UInt8] = [], content: [UInt8] = []) {
    self.mastering = mastering
    self.content = content
  }

  package var isEmpty: Bool { mastering.isEmpty && content.isEmpty }
}
