internal import CFFmpeg
internal import EncodeShims

/// Coded bytes of one stream with their times, reused for packet after packet.
@safe
final class Packet {
  /// The libraries' packet; used within this folder only.
  let raw: UnsafeMutablePointer<AVPacket>

  init() throws(MediaError) {
    guard let packet = unsafe av_packet_alloc() else {
      throw MediaError(.unreadable, "there is not enough memory for a packet")
    }
    unsafe raw = packet
  }

  deinit {
    var packet: UnsafeMutablePointer<AVPacket>? = unsafe raw
    unsafe av_packet_free(&packet)
  }

  var stream: Int {
    get { unsafe Int(raw.pointee.stream_index) }
    set { unsafe raw.pointee.stream_index = Int32(newValue) }
  }

  /// When it is shown, in ticks of its stream; nil when the container does not say.
  var time: Int64? {
    get { unsafe Self.known(raw.pointee.pts) }
    set { unsafe raw.pointee.pts = newValue ?? batchrun_av_nopts() }
  }

  /// When it is decoded.
  var decodeTime: Int64? {
    get { unsafe Self.known(raw.pointee.dts) }
    set { unsafe raw.pointee.dts = newValue ?? batchrun_av_nopts() }
  }

  /// Zero when unknown.
  var duration: Int64 {
    get { unsafe raw.pointee.duration }
    set { unsafe raw.pointee.duration = newValue }
  }

  /// Where it stands in the file; negative when unknown.
  var position: Int64 {
    get { unsafe raw.pointee.pos }
    set { unsafe raw.pointee.pos = newValue }
  }

  var size: Int { unsafe Int(raw.pointee.size) }

  var isKey: Bool { unsafe raw.pointee.flags & AV_PKT_FLAG_KEY != 0 }

  /// Whether it is decoded for the sake of others and not shown, as an edit list may say.
  var isHidden: Bool { unsafe raw.pointee.flags & AV_PKT_FLAG_DISCARD != 0 }

  var flags: Int32 {
    get { unsafe raw.pointee.flags }
    set { unsafe raw.pointee.flags = newValue }
  }

  /// The coded bytes; valid within `body`.
  func withBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
    unsafe try body(UnsafeRawBufferPointer(start: raw.pointee.data, count: size))
  }

  /// Replaces everything by a copy of `bytes`.
  func fill(_ bytes: UnsafeRawBufferPointer) throws(MediaError) {
    clear()
    try MediaError.check(
      unsafe av_new_packet(raw, Int32(bytes.count)), .encoding,
      "there is not enough memory for a packet of \(bytes.count) bytes")
    if let source = bytes.baseAddress, let data = unsafe raw.pointee.data {
      unsafe UnsafeMutableRawPointer(data).copyMemory(from: source, byteCount: bytes.count)
    }
  }

  /// Changes the ticks of all times.
  func convert(from old: Rational, to new: Rational) {
    unsafe av_packet_rescale_ts(raw, old.raw, new.raw)
  }

  func clear() { unsafe av_packet_unref(raw) }

  private static func known(_ ticks: Int64) -> Int64? {
    ticks == batchrun_av_nopts() ? nil : ticks
  }
}

// MARK: - What comes with a packet

extension Packet {
  /// What a decoder must know from this packet on; empty for nothing new.
  var newExtradata: [UInt8] { sideData(AV_PKT_DATA_NEW_EXTRADATA) }

  private func sideData(_ type: AVPacketSideDataType) -> [UInt8] {
    var size = 0
    guard let data = unsafe av_packet_get_side_data(raw, type, &size) else { return [] }
    return unsafe Array(UnsafeBufferPointer(start: data, count: size))
  }

  /// How many samples of sound to leave out at the start and the end of what this packet holds.
  var skippedSamples: [UInt8] {
    get { sideData(AV_PKT_DATA_SKIP_SAMPLES) }
    set {
      guard !newValue.isEmpty,
        let data = unsafe av_packet_new_side_data(raw, AV_PKT_DATA_SKIP_SAMPLES, newValue.count)
      else { return }
      for (place, byte) in newValue.enumerated() { unsafe data[place] = byte }
    }
  }
}
