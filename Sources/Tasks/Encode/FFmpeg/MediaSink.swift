internal import CFFmpeg
internal import EncodeOptions
internal import EncodeShims
internal import Glibc

/// A file of streams that is written packet by packet.
@safe
final class MediaSink {
  let name: String
  private let container: MediaContainer
  private let context: UnsafeMutablePointer<AVFormatContext>
  private let packet: Packet

  /// - Parameters:
  ///   - path: Where the file is made.
  ///   - name: The name for messages.
  init(path: String, name: String, container: MediaContainer) throws(MediaError) {
    MediaLog.silence
    self.name = name
    self.container = container
    packet = try Packet()
    var made: UnsafeMutablePointer<AVFormatContext>?
    unsafe avformat_alloc_output_context2(&made, nil, container.muxer, nil)
    guard let context = unsafe made else {
      throw MediaError(
        .unsupported, "this FFmpeg cannot write \(container.rawValue); choose another container")
    }
    unsafe self.context = context
    // The same bytes each time: no random identifiers, no dates, no version numbers.
    unsafe context.pointee.flags |= AVFMT_FLAG_BITEXACT
    try MediaError.check(
      unsafe avio_open(&context.pointee.pb, "file:" + path, AVIO_FLAG_WRITE), .unwritable,
      "\(name) cannot be written")
  }

  deinit {
    unsafe avio_closep(&context.pointee.pb)
    unsafe avformat_free_context(context)
  }

  /// Whether the container can hold streams of that codec.
  static func holds(_ codec: AVCodecID, in container: MediaContainer) -> Bool {
    guard let format = unsafe av_guess_format(container.muxer, nil, nil) else { return false }
    return unsafe avformat_query_codec(format, codec, FF_COMPLIANCE_NORMAL) == 1
  }

  // MARK: - Before the first packet

  func setTags(_ tags: [String: String]) {
    unsafe Tags.write(tags, to: &context.pointee.metadata)
  }

  func setChapters(_ chapters: [Chapter]) {
    guard !chapters.isEmpty else { return }
    let size = unsafe chapters.count * MemoryLayout<UnsafeMutablePointer<AVChapter>?>.stride
    guard let list = unsafe av_mallocz(size) else { return }
    let typed = unsafe list.assumingMemoryBound(to: UnsafeMutablePointer<AVChapter>?.self)
    var count: UInt32 = 0
    for chapter in chapters {
      guard let memory = unsafe av_mallocz(MemoryLayout<AVChapter>.stride) else { break }
      let entry = unsafe memory.assumingMemoryBound(to: AVChapter.self)
      unsafe entry.pointee.id = chapter.id
      unsafe entry.pointee.time_base = chapter.timeBase.raw
      unsafe entry.pointee.start = chapter.start
      unsafe entry.pointee.end = chapter.end
      unsafe Tags.write(chapter.tags, to: &entry.pointee.metadata)
      unsafe typed[Int(count)] = entry
      count += 1
    }
    unsafe context.pointee.chapters = typed
    unsafe context.pointee.nb_chapters = count
  }

  private func newStream() throws(MediaError) -> UnsafeMutablePointer<AVStream> {
    guard let stream = unsafe avformat_new_stream(context, nil) else {
      throw MediaError(.unwritable, "there is not enough memory for another stream of \(name)")
    }
    return unsafe stream
  }

  /// Adds the stream of the encoded video; its number.
  func addVideo(
    _ encoder: VideoEncoder, settings: VideoSettings, like source: MediaSource, stream index: Int,
    reorderDepth: Int, extradata: [UInt8]
  ) throws(MediaError) -> Int {
    let stream = unsafe try newStream()
    let original = unsafe try source.rawStream(index)
    unsafe try encoder.describe(stream.pointee.codecpar)
    unsafe Self.setExtradata(extradata, of: stream.pointee.codecpar)
    unsafe stream.pointee.codecpar.pointee.video_delay = Int32(reorderDepth)
    unsafe stream.pointee.codecpar.pointee.field_order = AVFieldOrder(
      UInt32(settings.markedFieldOrder))
    if settings.codec == .x265, container == .mp4 || container == .mov {
      // The parameter sets stand in the header alone, which players of this tag rely on.
      unsafe stream.pointee.codecpar.pointee.codec_tag = 0x3163_7668
    }
    unsafe stream.pointee.time_base = settings.timeBase.raw
    unsafe stream.pointee.sample_aspect_ratio = settings.pixelAspect.raw
    unsafe stream.pointee.avg_frame_rate = unsafe original.pointee.avg_frame_rate
    unsafe stream.pointee.r_frame_rate = unsafe original.pointee.r_frame_rate
    if settings.isRegular {
      // Where a container counts finer than the frames, the libraries take its ticks for a rate.
      unsafe stream.pointee.avg_frame_rate = settings.rate.raw
      unsafe stream.pointee.r_frame_rate = settings.rate.raw
    }
    unsafe copyLabels(from: original, to: stream, isEncoded: true)
    let description = source.streams[index]
    unsafe try addSideData(
      description.displayMatrix, AV_PKT_DATA_DISPLAYMATRIX, to: stream)
    unsafe try addSideData(
      settings.light.mastering, AV_PKT_DATA_MASTERING_DISPLAY_METADATA, to: stream)
    unsafe try addSideData(settings.light.content, AV_PKT_DATA_CONTENT_LIGHT_LEVEL, to: stream)
    return Int(unsafe stream.pointee.index)
  }

  /// Adds a stream that is carried over as it is; its number.
  func addCopy(of source: MediaSource, stream index: Int) throws(MediaError) -> Int {
    let stream = unsafe try newStream()
    let original = unsafe try source.rawStream(index)
    let parameters = unsafe stream.pointee.codecpar
    try MediaError.check(
      unsafe avcodec_parameters_copy(parameters, original.pointee.codecpar), .unwritable,
      "\(source.streams[index].words) cannot be carried over")
    unsafe keepTag(parameters, original.pointee.codecpar)
    unsafe stream.pointee.time_base = unsafe original.pointee.time_base
    unsafe stream.pointee.sample_aspect_ratio = unsafe original.pointee.sample_aspect_ratio
    unsafe stream.pointee.avg_frame_rate = unsafe original.pointee.avg_frame_rate
    unsafe stream.pointee.r_frame_rate = unsafe original.pointee.r_frame_rate
    unsafe copyLabels(from: original, to: stream, isEncoded: false)
    for place in 0..<Int(unsafe original.pointee.nb_side_data) {
      let data = unsafe original.pointee.side_data[place]
      let bytes = unsafe Array(UnsafeBufferPointer(start: data.data, count: data.size))
      unsafe try addSideData(bytes, data.type, to: stream)
    }
    return Int(unsafe stream.pointee.index)
  }

  /// Adds a stream of sound or subtitles that was encoded; its number.
  func addEncoded(
    _ coder: UnsafeMutablePointer<AVCodecContext>, timeBase: Rational, like source: MediaSource,
    stream index: Int
  ) throws(MediaError) -> Int {
    let stream = unsafe try newStream()
    let original = unsafe try source.rawStream(index)
    try MediaError.check(
      unsafe avcodec_parameters_from_context(stream.pointee.codecpar, coder), .unwritable,
      "\(source.streams[index].words) cannot be described")
    unsafe stream.pointee.time_base = timeBase.raw
    unsafe copyLabels(from: original, to: stream, isEncoded: true)
    return Int(unsafe stream.pointee.index)
  }

  /// Adds a cover picture as an attachment, where the container has no other place for it.
  func addCoverAttachment(of source: MediaSource, stream index: Int) throws(MediaError) {
    let original = unsafe try source.rawStream(index)
    let picture = unsafe original.pointee.attached_pic
    guard let data = unsafe picture.data, unsafe picture.size > 0 else { return }
    let stream = unsafe try newStream()
    let parameters = unsafe stream.pointee.codecpar
    let codec = unsafe original.pointee.codecpar.pointee.codec_id
    unsafe parameters?.pointee.codec_type = AVMEDIA_TYPE_ATTACHMENT
    unsafe parameters?.pointee.codec_id = codec
    let size = Int(unsafe picture.size)
    let bytes = unsafe Array(UnsafeBufferPointer(start: data, count: size))
    unsafe Self.setExtradata(bytes, of: parameters)
    let isPNG = codec == AV_CODEC_ID_PNG
    unsafe Tags.write(
      [
        "filename": isPNG ? "cover.png" : "cover.jpg",
        "mimetype": isPNG ? "image/png" : "image/jpeg",
      ], to: &stream.pointee.metadata)
  }

  private static func setExtradata(
    _ bytes: [UInt8], of parameters: UnsafeMutablePointer<AVCodecParameters>?
  ) {
    guard let parameters = unsafe parameters, !bytes.isEmpty,
      let memory = unsafe av_mallocz(bytes.count + Int(AV_INPUT_BUFFER_PADDING_SIZE))
    else { return }
    unsafe memory.copyMemory(from: bytes, byteCount: bytes.count)
    unsafe av_freep(&parameters.pointee.extradata)
    unsafe parameters.pointee.extradata = memory.assumingMemoryBound(to: UInt8.self)
    unsafe parameters.pointee.extradata_size = Int32(bytes.count)
  }

  /// Keeps the container's own number of a codec where both containers mean the same by it.
  private func keepTag(
    _ parameters: UnsafeMutablePointer<AVCodecParameters>?,
    _ original: UnsafeMutablePointer<AVCodecParameters>?
  ) {
    guard let parameters = unsafe parameters, let original = unsafe original else { return }
    let tag = unsafe original.pointee.codec_tag
    let known = unsafe av_codec_get_id(context.pointee.oformat.pointee.codec_tag, tag)
    unsafe parameters.pointee.codec_tag = unsafe known == original.pointee.codec_id ? tag : 0
  }

  private func copyLabels(
    from original: UnsafeMutablePointer<AVStream>, to stream: UnsafeMutablePointer<AVStream>,
    isEncoded: Bool
  ) {
    unsafe stream.pointee.disposition = unsafe original.pointee.disposition
    var tags = unsafe Tags.read(original.pointee.metadata)
    // What only describes the packets of the source.
    let stale = ["ENCODER", "BPS", "DURATION", "NUMBER_OF_FRAMES", "NUMBER_OF_BYTES", "ROTATE"]
    tags = tags.filter { name, _ in
      !name.hasPrefix("_STATISTICS_")
        && !stale.contains { stale in
          let name = name.uppercased()
          return name == stale || name.hasPrefix(stale + "-") && isEncoded
        }
    }
    unsafe Tags.write(tags, to: &stream.pointee.metadata)
  }

  private func addSideData(
    _ bytes: [UInt8], _ type: AVPacketSideDataType, to stream: UnsafeMutablePointer<AVStream>
  ) throws(MediaError) {
    guard !bytes.isEmpty else { return }
    guard let data = unsafe av_stream_new_side_data(stream, type, bytes.count) else {
      throw MediaError(.unwritable, "there is not enough memory to describe a stream of \(name)")
    }
    for (place, byte) in bytes.enumerated() { unsafe data[place] = byte }
  }

  // MARK: - Packets

  /// Whether the container keeps times below zero by itself, as an edit list.
  private var keepsNegativeTimes: Bool { container == .mp4 || container == .mov }

  func writeHeader() throws(MediaError) {
    MediaLog.clear()
    try MediaError.check(
      unsafe avformat_write_header(context, nil), .unsupported,
      "\(container.rawValue) does not take these streams\(MediaLog.lastReason)")
  }

  /// Seconds per tick of a stream, known once the header is written.
  func timeBase(of stream: Int) -> Rational {
    Rational(
      unsafe context.pointee.streams[stream]?.pointee.time_base ?? AVRational(num: 1, den: 1))
  }

  /// Moves Opus in Matroska by the samples that its header says to skip (RFC 7845, 5.1: pre-skip).
  ///
  /// Blocks are counted from the first sample that is decoded, and the reader takes off what is not
  /// heard; these libraries do so when they read, and not when they write.
  private func delay(_ packet: Packet, _ stream: Int, _ timeBase: Rational) {
    guard !keepsNegativeTimes, isOpus(stream),
      let parameters = unsafe context.pointee.streams[stream]?.pointee.codecpar.pointee,
      let header = unsafe parameters.extradata, unsafe parameters.extradata_size >= 12
    else { return }
    let samples = unsafe Int64(header[10]) | Int64(header[11]) << 8
    let ticks = Rational(1, 48_000).convert(samples, to: timeBase)
    packet.time = packet.time.map { $0 + ticks }
    packet.decodeTime = packet.decodeTime.map { $0 + ticks }
  }

  private func isOpus(_ stream: Int) -> Bool {
    unsafe context.pointee.streams[stream]?.pointee.codecpar.pointee.codec_id == AV_CODEC_ID_OPUS
  }

  /// Whether the packet is one of sound that begins before zero, and so is hardly heard or not at all.
  ///
  /// Matroska has no place for it, except for Opus. To move all streams so that it fits would change
  /// every time of the video; to move it alone would put the sound off.
  private func isUnheard(_ packet: Packet, _ stream: Int) -> Bool {
    guard !keepsNegativeTimes, let time = packet.time, time < 0, !isOpus(stream) else {
      return false
    }
    return unsafe context.pointee.streams[stream]?.pointee.codecpar.pointee.codec_type
      == AVMEDIA_TYPE_AUDIO
  }

  /// Writes the packet, whose times are ticks of `timeBase`; it is empty afterwards.
  func write(_ packet: Packet, to stream: Int, timeBase: Rational) throws(MediaError) {
    guard !isUnheard(packet, stream) else { return packet.clear() }
    packet.stream = stream
    packet.position = -1
    delay(packet, stream, timeBase)
    packet.convert(from: timeBase, to: self.timeBase(of: stream))
    MediaLog.clear()
    try checkWritten(unsafe av_interleaved_write_frame(context, packet.raw))
    try checkFile()
  }

  /// Writes the packet unless it is damaged; whether it was written, or left out on purpose.
  func writeIfWhole(
    _ packet: Packet, to stream: Int, timeBase: Rational
  ) throws(MediaError) -> Bool {
    do {
      try write(packet, to: stream, timeBase: timeBase)
      return true
    } catch {
      guard error.message.contains(MediaError.reason(batchrun_averror_invalid())) else {
        throw error
      }
      packet.clear()
      return false
    }
  }

  /// Writes what must stand at the end, and closes the file.
  func finish() throws(MediaError) {
    try checkWritten(unsafe av_write_trailer(context))
    unsafe avio_flush(context.pointee.pb)
    try checkFile()
    try checkWritten(unsafe avio_closep(&context.pointee.pb))
  }

  /// A full disk shows here first.
  private func checkFile() throws(MediaError) {
    guard let file = unsafe context.pointee.pb else { return }
    try checkWritten(unsafe file.pointee.error)
  }

  private func checkWritten(_ result: Int32) throws(MediaError) {
    guard result < 0 else { return }
    let reason = MediaError.reason(result)
    guard [ENOSPC, EDQUOT, EFBIG].contains(-result) else {
      throw MediaError(.unwritable, "\(name) cannot be written\(MediaLog.lastReason): \(reason)")
    }
    throw MediaError(
      .unwritable, "\(name) cannot be written: \(reason); make room and run the same command again")
  }
}
