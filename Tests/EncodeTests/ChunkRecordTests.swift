import BatchCore
import Encode
import Testing

@Suite("ChunkRecord")
struct ChunkRecordTests {
  private let index = VideoIndex.regular(frames: 100, keysEvery: 10)

  /// Frames 20 to 23, with the last two decoded in the other order.
  private var record: ChunkRecord {
    var record = ChunkRecord(kind: .video, item: 2, frames: 20..<24, timeBase: Rational(1, 12_800))
    record.extradata = [1, 2, 3]
    record.replaced = [21]
    record.packets = [20, 21, 23, 22].map { frame in
      ChunkRecord.Packet(
        time: Int64(frame) * 512, duration: 512, isKey: frame == 20,
        bytes: ArraySlice(repeating: UInt8(frame), count: 300))
    }
    return record
  }

  private func bytes(_ record: ChunkRecord) -> [UInt8] {
    let buffer = ByteBuffer()
    record.write(to: buffer)
    return unsafe buffer.withBytes { unsafe Array($0) }
  }

  @Test("is the same after it was written and read")
  func coding() throws {
    #expect(try ChunkRecord(bytes(record)) == record)
  }

  @Test("is refused when a single bit differs")
  func damage() {
    let good = bytes(record)
    for place in stride(from: 0, to: good.count, by: 17) {
      var bad = good
      bad[place] ^= 4
      #expect(throws: BinaryReader.Malformed.self) { try ChunkRecord(bad) }
    }
  }

  @Test("fits the index when every frame is there at its time")
  func fits() throws {
    try record.checkFrames(against: index)
  }

  @Test("is refused, and named, when frames or times are off")
  func misfits() {
    var missing = record
    missing.packets.removeLast()
    var late = record
    late.packets[1].time += 1
    var double = record
    double.packets[3].time = double.packets[2].time
    var unkeyed = record
    unkeyed.packets[0].isKey = false
    for (bad, words) in [
      (missing, "3 frames instead of 4"), (late, "frame 21 is at 10753"),
      (double, "frame 22 is at"), (unkeyed, "does not begin with a key frame"),
    ] {
      let error = #expect(throws: MediaError.self) { try bad.checkFrames(against: index) }
      #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
      #expect(error?.message.contains("chunk 2 (frames 20 to 23)") == true)
    }
  }
}
