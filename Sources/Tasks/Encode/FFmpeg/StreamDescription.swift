internal import CFFmpeg
internal import EncodeShims

/// What a file says of one of its streams.
package struct StreamDescription: Sendable, Equatable {
  package enum Kind: Sendable, Equatable {
    case video
    case audio
    case subtitle
    /// A font, or a picture that belongs to the file, kept as it is.
    case attachment
    /// Time codes and the like.
    case data
  }

  /// Its number within the file.
  package var index: Int
  package var kind: Kind
  /// The libraries' name of the codec, such as `h264`.
  package var codec: String
  /// Seconds per tick of its times.
  package var timeBase: Rational
  /// A cover, which is one picture and no video.
  package var isCover: Bool
  package var averageRate: Rational
  package var width = 0
  package var height = 0
  package var pixelAspect = Rational(0, 1)
  /// The libraries' number for the order of fields; 0 is unknown, 1 progressive.
  package var fieldOrder: Int32 = 0
  package var color = ColorDescription()
  package var light = LightData()
  /// The nine numbers that turn the picture for the eye, as they stand in memory; empty for none.
  package var displayMatrix: [UInt8] = []
  /// Whether the picture is turned or mirrored when it is shown: the first four numbers of the matrix are
  /// then others than those of a picture that stays as it is (ISO/IEC 14496-12, 8.2.2).
  package var isTurned: Bool {
    guard displayMatrix.count >= 20 else { return false }
    let numbers = stride(from: 0, to: 20, by: 4).map { place in
      displayMatrix[place..<place + 4].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    }
    return [numbers[0], numbers[1], numbers[3], numbers[4]] != [1 << 16, 0, 0, 1 << 16]
  }
  /// How many frames the decoder may hold back to bring them into the order of showing.
  package var reorderDepth = 0
  /// What the decoder must know before the first packet.
  package var extradata: [UInt8] = []
  package var sampleRate = 0
  package var channels = 0
  package var tags: [String: String] = [:]

  /// A few words for messages, such as "audio stream 1 (aac)".
  package var words: String {
    let name =
      switch kind {
      case .video: isCover ? "cover picture" : "video"
      case .audio: "audio"
      case .subtitle: "subtitle"
      case .attachment: "attachment"
      case .data: "data"
      }
    return "\(name) stream \(index) (\(codec))"
  }
}

extension StreamDescription {
  /// Reads what the libraries found out about `stream`.
  init(_ stream: UnsafeMutablePointer<AVStream>) {
    let parameters = unsafe stream.pointee.codecpar.pointee
    self.init(
      index: Int(unsafe stream.pointee.index), kind: Kind(unsafe parameters.codec_type),
      codec: unsafe String(cString: avcodec_get_name(parameters.codec_id)),
      timeBase: Rational(unsafe stream.pointee.time_base),
      isCover: unsafe stream.pointee.disposition & AV_DISPOSITION_ATTACHED_PIC != 0,
      averageRate: Rational(unsafe stream.pointee.avg_frame_rate))
    unsafe readPicture(parameters, stream)
    reorderDepth = Int(unsafe parameters.video_delay)
    if let bytes = unsafe parameters.extradata {
      extradata = unsafe Array(
        UnsafeBufferPointer(start: bytes, count: Int(parameters.extradata_size)))
    }
    sampleRate = Int(unsafe parameters.sample_rate)
    channels = Int(unsafe parameters.ch_layout.nb_channels)
    tags = unsafe Tags.read(stream.pointee.metadata)
  }

  private mutating func readPicture(
    _ parameters: AVCodecParameters, _ stream: UnsafeMutablePointer<AVStream>
  ) {
    width = Int(unsafe parameters.width)
    height = Int(unsafe parameters.height)
    let container = Rational(unsafe stream.pointee.sample_aspect_ratio)
    let codec = Rational(unsafe parameters.sample_aspect_ratio)
    pixelAspect = container.isPositive ? container : codec
    fieldOrder = Int32(unsafe parameters.field_order.rawValue)
    color = ColorDescription(
      range: Int32(unsafe parameters.color_range.rawValue),
      primaries: Int32(unsafe parameters.color_primaries.rawValue),
      transfer: Int32(unsafe parameters.color_trc.rawValue),
      matrix: Int32(unsafe parameters.color_space.rawValue),
      chromaLocation: Int32(unsafe parameters.chroma_location.rawValue))
    light = LightData(
      mastering: unsafe Self.sideData(stream, AV_PKT_DATA_MASTERING_DISPLAY_METADATA),
      content: unsafe Self.sideData(stream, AV_PKT_DATA_CONTENT_LIGHT_LEVEL))
    displayMatrix = unsafe Self.sideData(stream, AV_PKT_DATA_DISPLAYMATRIX)
    if averageRate.isPositive { return }
    averageRate = Rational(unsafe stream.pointee.r_frame_rate)
  }

  private static func sideData(
    _ stream: UnsafeMutablePointer<AVStream>, _ type: AVPacketSideDataType
  ) -> [UInt8] {
    var size = 0
    guard let data = unsafe av_stream_get_side_data(stream, type, &size) else { return [] }
    return unsafe Array(UnsafeBufferPointer(start: data, count: size))
  }
}

extension StreamDescription.Kind {
  init(_ type: AVMediaType) {
    switch type {
    case AVMEDIA_TYPE_VIDEO: self = .video
    case AVMEDIA_TYPE_AUDIO: self = .audio
    case AVMEDIA_TYPE_SUBTITLE: self = .subtitle
    case AVMEDIA_TYPE_ATTACHMENT: self = .attachment
    default: self = .data
    }
  }
}

/// The libraries' lists of names and texts.
enum Tags {
  static func read(_ dictionary: OpaquePointer?) -> [String: String] {
    var tags: [String: String] = [:]
    var entry: UnsafeMutablePointer<AVDictionaryEntry>?
    while let next = unsafe av_dict_get(dictionary, "", entry, AV_DICT_IGNORE_SUFFIX) {
      if let key = unsafe next.pointee.key, let value = unsafe next.pointee.value {
        unsafe tags[String(cString: key)] = unsafe String(cString: value)
      }
      unsafe entry = next
    }
    return tags
  }

  /// Puts the tags into `dictionary` in the order of their names, so that the bytes are always the same.
  static func write(_ tags: [String: String], to dictionary: inout OpaquePointer?) {
    for (name, value) in tags.sorted(by: { $0.key < $1.key }) {
      _ = unsafe av_dict_set(&dictionary, name, value, 0)
    }
  }
}
