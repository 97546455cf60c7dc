internal import CFFmpeg
internal import EncodeShims

/// How the pixels of a picture lie in memory, such as `yuv420p10le`.
package struct PixelFormat: Sendable, Equatable, CustomStringConvertible {
  let raw: AVPixelFormat

  init(raw: AVPixelFormat) { self.raw = raw }

  /// The format of that name; nil when the libraries have none.
  package init?(name: String) {
    let format = unsafe av_get_pix_fmt(name)
    guard format != AV_PIX_FMT_NONE else { return nil }
    raw = format
  }

  package static func == (a: PixelFormat, b: PixelFormat) -> Bool { a.raw == b.raw }

  package var name: String {
    guard let text = unsafe av_get_pix_fmt_name(raw) else { return "unknown" }
    return unsafe String(cString: text)
  }

  package var description: String { name }

  private var details: AVPixFmtDescriptor? {
    unsafe av_pix_fmt_desc_get(raw)?.pointee
  }

  /// The bits of one sample of brightness.
  package var depth: Int { Int(unsafe details?.comp.0.depth ?? 8) }

  /// How often the colour is halved across and down: (1, 1) is 4:2:0, (0, 0) is 4:4:4.
  package var chromaShift: (across: Int, down: Int) {
    (Int(unsafe details?.log2_chroma_w ?? 0), Int(unsafe details?.log2_chroma_h ?? 0))
  }

  package var isRGB: Bool { (unsafe details?.flags ?? 0) & UInt64(AV_PIX_FMT_FLAG_RGB) != 0 }
  package var isGray: Bool { (unsafe details?.nb_components ?? 3) < 3 && !isPalette }
  package var isPalette: Bool { (unsafe details?.flags ?? 0) & UInt64(AV_PIX_FMT_FLAG_PAL) != 0 }

  /// The old formats that stand for full range by their name.
  package var plain: PixelFormat {
    let names = ["yuvj420p": "yuv420p", "yuvj422p": "yuv422p", "yuvj444p": "yuv444p"]
    return names[name].flatMap(PixelFormat.init(name:)) ?? self
  }

  /// Whether the name itself says that the range is full.
  package var isFullRange: Bool { name.hasPrefix("yuvj") }

  /// What an eye would see of it, such as "4:2:0, 10 bit".
  package var words: String {
    let sampling =
      switch (isRGB || isPalette, isGray, chromaShift.across, chromaShift.down) {
      case (true, _, _, _): "RGB"
      case (_, true, _, _): "gray"
      case (_, _, 1, 1): "4:2:0"
      case (_, _, 1, 0): "4:2:2"
      case (_, _, 0, 0): "4:4:4"
      case (_, _, 0, 1): "4:4:0"
      default: "4:1:1 or less"
      }
    return "\(sampling), \(depth) bit"
  }
}
