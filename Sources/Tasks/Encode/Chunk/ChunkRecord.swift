package import BatchCore

/// What one item of an encoding comes to: coded frames of a chunk, or the sound of a stream, as bytes.
///
/// The format, version 1. Numbers are those of `BinaryWriter` unless said otherwise.
///
/// | bytes | what |
/// | --- | --- |
/// | 8 | `BRENC01` and a line feed |
/// | 8 | the length of the whole record, little-endian |
/// | | kind: 0 video, 1 sound, 2 nothing (the item failed) |
/// | | the number of the item |
/// | | the first frame and the number of frames (video), or the number of the stream (sound) |
/// | | seconds per tick; a blob that describes the sound (`AudioFormat`), empty for video |
/// | | what the decoder must know first (extradata), a blob |
/// | | the number of replaced frames, then each of them |
/// | | the number of packets; each: time and duration in ticks, flags (1: key), samples to skip (a blob), |
/// | | coded bytes (a blob) |
/// | 32 | the checksum (XXH3, 128 bits, hexadecimal) of everything before it |
package struct ChunkRecord: Sendable, Equatable {
  package enum Kind: Int, Sendable {
    case video
    case sound
    case nothing
  }

  package struct Packet: Sendable, Equatable {
    package var time: Int64
    package var duration: Int64
    package var isKey: Bool
    package var skippedSamples: [UInt8] = []
    /// What was read is part of the whole record's bytes, which are not copied for each packet.
    package var bytes: ArraySlice<UInt8>

    package init(
      time: Int64, duration: Int64, isKey: Bool, skippedSamples: [UInt8] = [],
      bytes: ArraySlice<UInt8>
    ) {
      self.time = time
      self.duration = duration
      self.isKey = isKey
      self.skippedSamples = skippedSamples
      self.bytes = bytes
    }
  }

  package var kind: Kind
  package var item: Int
  /// The frames of the chunk, in the order of showing; for sound the stream's number, and no more.
  package var frames: Range<Int>
  package var timeBase: Rational
  package var format: [UInt8] = []
  package var extradata: [UInt8] = []
  /// Frames that could not be decoded and repeat the one before.
  package var replaced: [Int] = []
  /// In the order of decoding.
  package var packets: [Packet] = []

  static let magic = Array("BRENC01\n".utf8)
  static let headBytes = 16
  private static let checksumBytes = 32

  /// The record of an item that has no result.
  package static func nothing(item: Int) -> ChunkRecord {
    ChunkRecord(kind: .nothing, item: item, frames: 0..<0, timeBase: Rational(1, 1))
  }

  // MARK: - Writing

  /// Appends the record to `buffer`.
  package func write(to buffer: ByteBuffer) {
    let body = BinaryWriter(ByteBuffer(capacity: packets.reduce(1024) { $0 + $1.bytes.count + 32 }))
    body.add(kind.rawValue)
    body.add(item)
    body.add(frames.lowerBound)
    body.add(frames.count)
    body.add(timeBase)
    body.add(format)
    body.add(extradata)
    body.add(replaced.count)
    for frame in replaced { body.add(frame) }
    body.add(packets.count)
    for packet in packets {
      body.add(packet.time)
      body.add(packet.duration)
      body.add(packet.isKey)
      body.add(packet.skippedSamples)
      body.add(packet.bytes)
    }
    let start = buffer.count
    buffer.append(Self.magic)
    let length = Self.headBytes + body.buffer.count + Self.checksumBytes
    buffer.append((0..<8).map { UInt8(truncatingIfNeeded: length >> ($0 * 8)) })
    buffer.append(contentsOf: body.buffer)
    let digest = unsafe buffer.withBytes {
      unsafe Checksum.hexadecimal(of: UnsafeRawBufferPointer(rebasing: $0[start...]))
    }
    buffer.append(digest)
  }

  // MARK: - Reading

  /// The length of the record that begins with these bytes; nil when none does.
  static func length(head: [UInt8]) -> Int? {
    guard head.count >= headBytes, Array(head[..<8]) == magic else { return nil }
    let length = head[8..<16].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard length >= UInt64(headBytes + checksumBytes), length < 1 << 40 else { return nil }
    return Int(length)
  }

  /// - Parameter bytes: Exactly one record.
  package init(_ bytes: [UInt8]) throws(BinaryReader.Malformed) {
    guard let length = Self.length(head: bytes), length == bytes.count else {
      throw BinaryReader.Malformed()
    }
    let end = length - Self.checksumBytes
    let digest = unsafe bytes[..<end].withUnsafeBytes { unsafe Checksum.hexadecimal(of: $0) }
    guard Array(digest.utf8) == Array(bytes[end...]) else { throw BinaryReader.Malformed() }
    var reader = BinaryReader(bytes, at: Self.headBytes)
    guard let kind = Kind(rawValue: try reader.integer()) else { throw BinaryReader.Malformed() }
    self.kind = kind
    item = try reader.integer()
    let first = try reader.integer()
    let count = try reader.integer()
    guard first >= 0, count >= 0 else { throw BinaryReader.Malformed() }
    frames = first..<first + count
    timeBase = try reader.rational()
    format = try reader.blob()
    extradata = try reader.blob()
    for _ in 0..<(try reader.count()) { replaced.append(try reader.integer()) }
    let packetCount = try reader.count()
    packets.reserveCapacity(packetCount)
    for _ in 0..<packetCount {
      packets.append(
        Packet(
          time: try reader.integer64(), duration: try reader.integer64(), isKey: try reader.flag(),
          skippedSamples: try reader.blob(), bytes: try reader.slice()))
    }
    guard reader.place == end else { throw BinaryReader.Malformed() }
  }

  package init(
    kind: Kind, item: Int, frames: Range<Int>, timeBase: Rational
  ) {
    self.kind = kind
    self.item = item
    self.frames = frames
    self.timeBase = timeBase
  }
}
