package import EncodeOptions

extension VideoSettings {
  /// What to tell the encoder, from what was asked and what the pictures are like.
  ///
  /// - Parameter notes: Takes sentences about what had to be changed.
  /// - Throws: `MediaError` when the encoder cannot do it.
  package init(
    _ options: EncodeOptions, index: VideoIndex, notes: inout [String]
  ) throws(MediaError) {
    let traits = index.traits
    guard let source = PixelFormat(name: traits.format) else {
      throw MediaError(.unsupported, "the pixel format \(traits.format) is unknown")
    }
    let format = try EncoderFormats.choose(
      options.codec, source: source, asked: options.pixelFormat)
    let size = Self.size(options, traits, format)
    var aspect = traits.pixelAspect
    if let scale = options.scale, scale.width != nil, scale.height != nil {
      aspect = Self.aspect(traits, size)
    }
    let regularRate = index.regularRate
    self.init(
      codec: options.codec, quality: options.quality, preset: options.preset,
      extras: options.extras, width: size.width, height: size.height, format: format.name,
      timeBase: index.timeBase, rate: regularRate ?? traits.rate,
      isRegular: regularRate != nil, pixelAspect: aspect,
      color: Self.color(traits, from: source, to: format), light: traits.light,
      isInterlaced: traits.isInterlaced, isTopFieldFirst: traits.isTopFieldFirst,
      fieldOrder: traits.fieldOrder)
    notes += Self.notes(traits, source, self)
  }

  private static func size(
    _ options: EncodeOptions, _ traits: VideoTraits, _ format: PixelFormat
  ) -> (width: Int, height: Int) {
    var (width, height) = (traits.width, traits.height)
    if let scale = options.scale {
      let shape = Double(width) / Double(height)
      width = scale.width ?? Int((Double(scale.height ?? height) * shape / 2).rounded()) * 2
      height = scale.height ?? Int((Double(scale.width ?? width) / shape / 2).rounded()) * 2
    }
    guard [.x264, .x265].contains(options.codec) else { return (width, height) }
    // These encoders take whole groups of pixels that share a colour.
    let (across, down) = (1 << format.chromaShift.across, 1 << format.chromaShift.down)
    return (max(across, width / across * across), max(down, height / down * down))
  }

  /// The shape of a pixel that keeps the shape of the picture.
  private static func aspect(
    _ traits: VideoTraits, _ size: (width: Int, height: Int)
  ) -> Rational {
    let old = traits.pixelAspect.isPositive ? traits.pixelAspect : Rational(1, 1)
    return Rational.reduced(
      Int64(old.numerator) * Int64(traits.width) * Int64(size.height),
      Int64(old.denominator) * Int64(traits.height) * Int64(size.width))
  }

  private static func color(
    _ traits: VideoTraits, from source: PixelFormat, to format: PixelFormat
  ) -> ColorDescription {
    var color = traits.color
    guard source.isRGB || source.isPalette, !format.isRGB else { return color }
    // What the scaler makes of RGB: ITU-R BT.601 (SMPTE 170M) within the limited range.
    color.matrix = 6
    color.range = 1
    return color
  }

  private static func notes(
    _ traits: VideoTraits, _ source: PixelFormat, _ chosen: VideoSettings
  ) -> [String] {
    var notes: [String] = []
    if source.plain.name != chosen.format {
      notes.append("the pixels are converted from \(source) to \(chosen.format)")
    }
    if chosen.width != traits.width || chosen.height != traits.height {
      notes.append(
        "the picture becomes \(chosen.width)x\(chosen.height) instead of \(traits.width)x\(traits.height)"
      )
    }
    if chosen.isInterlaced, !chosen.codesFields {
      notes.append(
        "\(chosen.codec.rawValue) does not code fields: the interlaced lines are kept as they are within "
          + "whole frames; libx264 would code them as fields")
    }
    if [.vp9, .aomAV1].contains(chosen.codec), !chosen.light.isEmpty {
      notes.append("HDR10 metadata is kept by the container alone")
    }
    return notes
  }
}
