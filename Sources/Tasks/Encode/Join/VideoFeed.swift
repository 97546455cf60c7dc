/// The packets of the encoded video in the order of decoding, with the times at which to decode them.
struct VideoFeed {
  /// A chunk whose frames have to be held back longer than those before it, which are written already.
  struct DeeperReordering: Error {
    let depth: Int
  }

  private let index: VideoIndex
  /// How many frames a decoder has to hold back.
  let reorderDepth: Int
  /// Taken off every time, in ticks.
  private let offset: Int64
  private var packets: ArraySlice<ChunkRecord.Packet>
  /// The number of the packet that comes next, in the whole video.
  private var number = 0

  /// - Parameters:
  ///   - first: The record of the first chunk.
  ///   - depth: How many frames a decoder has to hold back at least.
  init(_ first: ChunkRecord, index: VideoIndex, depth: Int, offset: Int64) {
    self.index = index
    reorderDepth = max(depth, first.reorderDepth(index))
    self.offset = offset
    packets = first.packets[...]
  }

  /// When the next packet is to be decoded, in ticks; nil behind the last.
  ///
  /// Every chunk holds a whole range of frames, so that the packet of number n can be decoded when the
  /// frame that is shown `reorderDepth` frames before the n-th is.
  var decodeTime: Int64? {
    guard number < index.frames.count else { return nil }
    guard number < reorderDepth else { return index.frames[number - reorderDepth].time - offset }
    let first = index.frames[0].time - offset
    return first - Int64(reorderDepth - number) * max(1, index.duration(of: 0))
  }

  /// Fills `packet` with the next one; false behind the last.
  ///
  /// - Throws: `DeeperReordering` when all must be written again, with earlier times of decoding.
  mutating func next(into packet: Packet, from records: inout RecordFeed) throws -> Bool {
    guard let decodeTime else { return false }
    if packets.isEmpty {
      // The bytes of the record before are given back first.
      packets = []
      let record = try records.next()
      let depth = record.reorderDepth(index)
      guard depth <= reorderDepth else { throw DeeperReordering(depth: depth) }
      packets = record.packets[...]
    }
    guard let coded = packets.popFirst() else { return false }
    try unsafe coded.bytes.withUnsafeBytes { unsafe try packet.fill($0) }
    packet.time = coded.time - offset
    packet.decodeTime = decodeTime
    packet.duration = coded.duration
    packet.flags = coded.isKey ? 1 : 0
    number += 1
    return true
  }
}
