import Encode
import Testing

@Suite("VideoIndex")
struct VideoIndexTests {
  /// Two groups of pictures in the order of decoding; the second key frame has two leading frames.
  ///
  /// Shown: 0 1 2 3 4 5 | L L K 9; decoded: 0 3 1 2 5 4 | K L L 9.
  private var open: VideoIndex {
    let shownAt: [Int64] = [0, 3, 1, 2, 5, 4, 8, 6, 7, 9]
    var index = VideoIndex.regular(frames: 10, keysEvery: 6)
    for (packet, time) in shownAt.enumerated() {
      index.packets[packet].time = time
      index.packets[packet].isKey = packet == 0 || packet == 6
      index.frames[Int(time)] = VideoIndex.Frame(time: time, packet: packet)
    }
    return index
  }

  @Test("begins decoding at the key frame that is shown first")
  func startAtKey() {
    #expect(open.startPacket(for: 8..<10) == 6)
    #expect(open.startPacket(for: 0..<3) == 0)
    #expect(open.startPacket(for: 3..<5) == 0)
  }

  @Test("begins one key frame earlier for leading frames, which need what precedes")
  func leadingFrames() {
    #expect(open.startPacket(for: 6..<10) == 0)
    #expect(open.startPacket(for: 7..<8) == 0)
  }

  @Test("begins one key frame earlier where the key frame does not clear the decoder")
  func recoveryPoint() {
    var index = open
    index.packets[6].isClean = false
    #expect(index.startPacket(for: 8..<10) == 0)
  }

  @Test("ends behind the last packet that is wanted")
  func end() {
    #expect(open.endPacket(for: 0..<2) == 3)
    #expect(open.endPacket(for: 0..<10) == 10)
  }

  @Test("knows how long each frame is shown")
  func durations() {
    var index = open
    index.frames[9].time = 30
    #expect(index.duration(of: 8) == 22)
    #expect(index.duration(of: 9) == 512)
  }

  @Test("knows a regular rate, from the container or from the times")
  func regularRate() {
    var index = VideoIndex.regular(frames: 100, keysEvery: 10)
    #expect(index.regularRate == Rational(25, 1))
    index.traits.rate = Rational(12_800, 1)
    #expect(index.regularRate == Rational(25, 1))
    // Milliseconds, of which a frame of film has no whole number.
    index.timeBase = Rational(1, 1000)
    index.traits.rate = Rational(24_000, 1001)
    for frame in index.frames.indices {
      index.frames[frame].time = (Int64(frame) * 1_001_000 + 12_000) / 24_000
    }
    #expect(index.regularRate == Rational(24_000, 1001))
    index.frames[50].time += 9
    #expect(index.regularRate == nil)
  }

  @Test("is the same after it was written and read")
  func coding() throws {
    var index = VideoIndex.regular(frames: 500, keysEvery: 40)
    index.packets[3].time = nil
    index.packets[4].decodeTime = nil
    index.packets[5].position = -1
    index.packets[6].isHidden = true
    index.packets[7].isClean = false
    index.frames[0].time = -9_000_000_000
    index.traits.light = LightData(mastering: [1, 2, 3], content: [255])
    let writer = BinaryWriter()
    index.write(to: writer)
    var reader = BinaryReader(writer.bytes)
    #expect(try VideoIndex(from: &reader) == index)
    #expect(reader.isAtEnd)
  }

  @Test("refuses bytes that were cut off")
  func cutOff() {
    let writer = BinaryWriter()
    VideoIndex.regular(frames: 20, keysEvery: 5).write(to: writer)
    for length in stride(from: 0, to: writer.bytes.count, by: 3) {
      var reader = BinaryReader(Array(writer.bytes[..<length]))
      #expect(throws: BinaryReader.Malformed.self) { try VideoIndex(from: &reader) }
    }
  }

  @Test(
    "writes numbers that read back",
    arguments: [0, 1, -1, 63, 64, -64, -65, 8191, 1 << 40, .max, .min] as [Int64])
  func numbers(number: Int64) throws {
    let writer = BinaryWriter()
    writer.add(number)
    var reader = BinaryReader(writer.bytes)
    #expect(try reader.integer64() == number)
  }
}
