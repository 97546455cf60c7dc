/// Whether a key frame is clean, told from the first bytes of its packet.
///
/// In H.264 a recovery point counts as a key frame although what follows it may refer to what came
/// before (ITU-T H.264, D.2.8); only an IDR frame (NAL unit type 5) clears the decoder. The other
/// codecs' key frames, once their leading frames are left out, need nothing that came before.
struct KeyFrameKind {
  private let isH264: Bool
  /// How many bytes the length of a NAL unit has; nil when start codes separate them.
  private let lengthBytes: Int?

  init(codec: String, extradata: [UInt8]) {
    isH264 = codec == "h264"
    lengthBytes = extradata.count > 6 && extradata[0] == 1 ? Int(extradata[4] & 3) + 1 : nil
  }

  /// - Parameter bytes: The packet of a key frame.
  func isClean(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard isH264 else { return true }
    guard let lengthBytes else { return unsafe hasIDR(startCodes: bytes) }
    var place = 0
    while place + lengthBytes < bytes.count {
      var length = 0
      for _ in 0..<lengthBytes {
        length = length << 8 | Int(unsafe bytes[place])
        place += 1
      }
      if let isClean = unsafe verdict(bytes[place]) { return isClean }
      place += length
    }
    return true
  }

  private func hasIDR(startCodes bytes: UnsafeRawBufferPointer) -> Bool {
    var zeros = 0
    for place in 0..<max(0, bytes.count - 1) {
      let byte = unsafe bytes[place]
      if byte == 1, zeros >= 2, let isClean = unsafe verdict(bytes[place + 1]) { return isClean }
      zeros = byte == 0 ? zeros + 1 : 0
    }
    return true
  }

  /// True for a slice of an IDR frame, false for any other slice, nil for what is no slice.
  private func verdict(_ header: UInt8) -> Bool? {
    switch header & 0x1F {
    case 5: true
    case 1, 2: false
    default: nil
    }
  }
}

/// Whether a packet holds a frame that is only there for others to refer to.
///
/// VP8 has such frames in packets of their own (RFC 6386, 9.1: `show_frame` is the fourth bit).
struct HiddenFrame {
  private let isVP8: Bool

  init(codec: String) { isVP8 = codec == "vp8" }

  func isHidden(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard isVP8, let first = unsafe bytes.first else { return false }
    return first & 0x10 == 0
  }
}
