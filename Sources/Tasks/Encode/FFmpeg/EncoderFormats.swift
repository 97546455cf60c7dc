internal import CFFmpeg
package import EncodeOptions

/// The pixel formats that an encoder takes.
package enum EncoderFormats {
  /// All of them, in the encoder's order; empty when this FFmpeg has no such encoder.
  package static func all(_ codec: VideoCodec) -> [PixelFormat] {
    guard let encoder = unsafe avcodec_find_encoder_by_name(codec.rawValue),
      var format = unsafe encoder.pointee.pix_fmts
    else { return [] }
    var formats: [PixelFormat] = []
    while unsafe format.pointee != AV_PIX_FMT_NONE {
      formats.append(PixelFormat(raw: unsafe format.pointee))
      unsafe format += 1
    }
    return formats
  }

  /// The format to encode pictures of `source` in, none of whose detail it loses.
  ///
  /// - Throws: `MediaError` when the encoder has no such format, or not the one that is asked for.
  package static func choose(
    _ codec: VideoCodec, source: PixelFormat, asked: String?
  ) throws(MediaError) -> PixelFormat {
    let formats = all(codec)
    guard !formats.isEmpty else {
      throw MediaError(
        .unsupported, "this FFmpeg was built without \(codec.rawValue); choose another --codec")
    }
    let plain = formats.filter { $0.name.hasPrefix("yuv4") && !$0.isFullRange }
    if let asked {
      guard let format = formats.first(where: { $0.name == asked && !$0.isFullRange }) else {
        throw MediaError(
          .unsupported,
          "\(codec.rawValue) does not encode the pixel format \(asked); it takes "
            + plain.map(\.name).joined(separator: ", "))
      }
      return format
    }
    if plain.contains(source.plain) { return source.plain }
    let isColorless = source.isGray
    let wanted = source.isRGB || source.isPalette ? (across: 0, down: 0) : source.chromaShift
    let fitting = plain.filter { format in
      format.depth >= source.depth
        && (isColorless
          || (format.chromaShift.across <= wanted.across && format.chromaShift.down <= wanted.down))
    }
    let best = fitting.min { a, b in
      (a.depth, -a.chromaShift.across - a.chromaShift.down)
        < (b.depth, -b.chromaShift.across - b.chromaShift.down)
    }
    guard let best else {
      throw MediaError(
        .unsupported,
        "\(codec.rawValue) cannot encode \(source.words) (\(source)) without loss of detail; convert "
          + "with --pixel-format, one of \(plain.map(\.name).joined(separator: ", ")), or choose another "
          + "--codec")
    }
    return best
  }
}
