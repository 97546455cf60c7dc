internal import CFFmpeg
internal import EncodeShims

/// A file of streams, read packet by packet.
@safe
final class MediaSource {
  /// The name for messages.
  let name: String
  let streams: [StreamDescription]
  private let context: UnsafeMutablePointer<AVFormatContext>
  /// A packet for whoever reads.
  let spare: Packet

  /// Opens the file and looks at the beginning of its streams.
  ///
  /// - Throws: `MediaError` when it cannot be read or is no media file.
  init(path: String, name: String) throws(MediaError) {
    MediaLog.silence
    self.name = name
    spare = try Packet()
    var opened: UnsafeMutablePointer<AVFormatContext>? = unsafe avformat_alloc_context()
    // Local files only: a playlist must not make this program call anywhere.
    unsafe opened?.pointee.protocol_whitelist = av_strdup("file")
    let result = unsafe avformat_open_input(&opened, "file:" + path, nil, nil)
    guard result >= 0, let context = unsafe opened else { throw Self.refusal(name, result) }
    let found = unsafe avformat_find_stream_info(context, nil)
    guard found >= 0 else {
      unsafe avformat_close_input(&opened)
      throw Self.refusal(name, found)
    }
    unsafe self.context = context
    streams = (0..<Int(unsafe context.pointee.nb_streams)).compactMap { index in
      unsafe context.pointee.streams[index].map { unsafe StreamDescription($0) }
    }
  }

  deinit {
    var context: UnsafeMutablePointer<AVFormatContext>? = unsafe context
    unsafe avformat_close_input(&context)
  }

  private static func refusal(_ name: String, _ result: Int32) -> MediaError {
    let isForeign =
      result == batchrun_averror_invalid() || MediaError.reason(result).hasPrefix("Invalid data")
    guard isForeign else {
      return MediaError(.unreadable, "\(name) cannot be read: \(MediaError.reason(result))")
    }
    return MediaError(
      .unreadable,
      "\(name) is not a video that can be read: its beginning is of no known format, "
        + "or what describes its streams is missing; was it copied completely?")
  }

  // MARK: - The file as a whole

  /// The short names of its container, such as `matroska,webm`.
  var format: String { unsafe String(cString: context.pointee.iformat.pointee.name) }

  /// Whether its clock starts anywhere, as in broadcasts, so that only differences mean something.
  var hasArbitraryStart: Bool {
    unsafe context.pointee.iformat.pointee.flags & AVFMT_TS_DISCONT != 0
  }

  /// The earliest time of all streams, in microseconds; zero when unknown.
  var startMicroseconds: Int64 {
    let start = unsafe context.pointee.start_time
    return start == batchrun_av_nopts() ? 0 : start
  }

  /// When the file ends as its header has it, in seconds; nil when only its packets tell.
  var declaredEndSeconds: Double? {
    let told = unsafe context.pointee.duration
    guard told > 0, told != batchrun_av_nopts(),
      unsafe context.pointee.duration_estimation_method == AVFMT_DURATION_FROM_STREAM
    else { return nil }
    return Double(told) / 1e6
  }

  var tags: [String: String] { unsafe Tags.read(context.pointee.metadata) }

  /// The chapters in order: their ends in ticks of `timeBase`, and their tags.
  var chapters: [Chapter] {
    (0..<Int(unsafe context.pointee.nb_chapters)).compactMap { index in
      unsafe context.pointee.chapters[index].map { chapter in
        unsafe Chapter(
          id: chapter.pointee.id, timeBase: Rational(chapter.pointee.time_base),
          start: chapter.pointee.start, end: chapter.pointee.end,
          tags: Tags.read(chapter.pointee.metadata))
      }
    }
  }

  /// The largest video that is no cover; the first of equally large ones.
  var mainVideo: StreamDescription? {
    let videos = streams.filter { $0.kind == .video && !$0.isCover }
    guard let largest = videos.map({ $0.width * $0.height }).max() else { return nil }
    return videos.first { $0.width * $0.height == largest }
  }

  /// The libraries' stream; used within this folder only.
  func rawStream(_ index: Int) throws(MediaError) -> UnsafeMutablePointer<AVStream> {
    guard streams.indices.contains(index), let stream = unsafe context.pointee.streams[index] else {
      throw MediaError(.mismatch, "\(name) no longer has a stream \(index)")
    }
    return unsafe stream
  }

  /// How the main video may be shaped when the container does not say: its pixels' aspect.
  func pixelAspect(of index: Int, picture: Rational) -> Rational {
    let own = streams[index].pixelAspect
    return own.isPositive ? own : picture
  }

  // MARK: - Reading

  /// Leaves the packets of all other streams out.
  func readOnly(_ wanted: Set<Int>) {
    for index in streams.indices {
      unsafe context.pointee.streams[index]?.pointee.discard =
        wanted.contains(index) ? AVDISCARD_DEFAULT : AVDISCARD_ALL
    }
  }

  /// How a reading ended.
  enum Reading {
    case packet
    case end
    /// Nothing readable follows: the reason.
    case broken(String)
  }

  /// Reads the next packet of any wanted stream.
  func read(into packet: Packet) -> Reading {
    unsafe av_packet_unref(packet.raw)
    var attempts = 0
    while true {
      let result = unsafe av_read_frame(context, packet.raw)
      if result >= 0 { return .packet }
      if result == batchrun_averror_eof() { return .end }
      attempts += 1
      // A damaged stretch is an error of one call in some formats; the next goes on behind it.
      if result != batchrun_averror_again(), attempts > 100 {
        return .broken(MediaError.reason(result))
      }
    }
  }

  /// Goes to a time of a stream, or before it; false when the format cannot.
  func seek(stream: Int, time: Int64) -> Bool {
    unsafe av_seek_frame(context, Int32(stream), time, AVSEEK_FLAG_BACKWARD) >= 0
  }

  /// Goes to a place in the file; false when the format cannot.
  func seek(byte position: Int64) -> Bool {
    unsafe context.pointee.iformat.pointee.flags & AVFMT_NO_BYTE_SEEK == 0
      && av_seek_frame(context, -1, max(0, position), AVSEEK_FLAG_BYTE) >= 0
  }
}

/// A part of a video that has a name.
package struct Chapter: Sendable, Equatable {
  package var id: Int64
  package var timeBase: Rational
  package var start: Int64
  package var end: Int64
  package var tags: [String: String]
}
