import BatchCore
import CFFmpeg
import Encode
import SampleTask
import Testing

/// The last check before anything is joined: records that do not fit are named and nothing is made.
@Suite("A join of chunks that do not fit")
struct JoinerTests {
  private let scratch = Scratch()

  /// The records of a run, which are kept because a frame of it is damaged, and the task that made them.
  private func records(
    _ output: String = "o.mkv"
  ) throws -> (records: [ChunkRecord], task: PreparedTask) {
    var clip = Clip()
    (clip.codec, clip.muxer, clip.format) = ("mjpeg", "avi", AV_PIX_FMT_YUVJ420P)
    clip.options = "q=2"
    let source = scratch("in.avi")
    try clip.write(to: source)
    #expect(Damage.wipeFrame(70, of: source))
    let options = ["--preset", "veryfast", "--chunk-seconds", "0.6"]
    #expect(Encoder.run(source, scratch(output), options).code == 1)
    let task = try EncodePlugin.prepare(
      TaskRequest(
        options: OptionValues([
          "output": [scratch(output)], "preset": ["veryfast"], "chunk-seconds": ["0.6"],
        ]), input: InputFile(path: source, displayName: "in.avi")))
    return (try read(scratch("\(output).run/output")), task)
  }

  private func read(_ path: String) throws -> [ChunkRecord] {
    let bytes = try SampleSource.read(path)
    var records: [ChunkRecord] = []
    var place = 0
    while place + 16 <= bytes.count {
      let length = bytes[place + 8..<place + 16].reversed().reduce(0) { $0 << 8 | Int($1) }
      records.append(try ChunkRecord(Array(bytes[place..<place + length])))
      place += length
    }
    return records
  }

  /// - Parameter missing: How many bytes at the end of what was committed the file no longer has.
  private func join(_ records: [ChunkRecord], _ task: PreparedTask, missing: Int = 0) throws {
    let buffer = ByteBuffer()
    for record in records { record.write(to: buffer) }
    let bytes = unsafe buffer.withBytes { unsafe Array($0) }
    scratch.write("records", "")
    #expect(Damage.overwrite(scratch("records"), at: 0, with: Array(bytes.dropLast(missing))))
    _ = try #require(task.assembly).make(
      CommittedRecords(path: scratch("records"), length: bytes.count), scratch("joined.mkv"))
  }

  struct Case: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var words: String
    var change: @Sendable (inout [ChunkRecord]) -> Void
  }

  static let cases = [
    Case(testDescription: "other parameter sets", words: "chunk 2 (frames ") {
      $0[2].extradata[5] ^= 1
    },
    Case(testDescription: "a frame that is missing", words: "chunk 1 (frames ") {
      $0[1].packets.removeLast()
    },
    Case(testDescription: "a frame at another time", words: "chunk 3 (frames ") {
      $0[3].packets[1].time += 1
    },
    Case(testDescription: "a chunk that does not begin with a key frame", words: "chunk 1 (frames ")
    {
      $0[1].packets[0].isKey = false
    },
    Case(testDescription: "chunks in each other's places", words: "chunk 2 stands in the place of")
    {
      $0.swapAt(1, 2)
    },
    Case(testDescription: "a chunk that is not there", words: "chunks; run the same command again")
    { $0.removeLast() },
    Case(testDescription: "a chunk too many", words: "stands in the place of") {
      $0.append($0[$0.count - 1])
    },
    Case(testDescription: "a chunk that failed", words: "chunk 1 is not there") {
      $0[1] = .nothing(item: 1)
    },
  ]

  @Test("is refused, and the chunk is named", arguments: cases)
  func refused(example: Case) throws {
    var (records, task) = try records()
    #expect(records.count > 4)
    try join(records, task)
    #expect(Judge.frameCount(scratch("joined.mkv")) == 75)
    example.change(&records)
    let error = #expect(throws: TaskError.self) { try join(records, task) }
    #expect(error?.message.contains(example.words) == true, "\(error?.message ?? "")")
  }

  @Test("tells how to begin anew when the end of their file was cut off")
  func cutOff() throws {
    let (records, task) = try records()
    let error = #expect(throws: TaskError.self) { try join(records, task, missing: 9) }
    #expect(error?.message.contains("are damaged at byte") == true, "\(error?.message ?? "")")
    #expect(error?.message.contains("--fresh") == true, "\(error?.message ?? "")")
  }

  @Test("begins anew when a later chunk holds its frames back longer than those before it")
  func deeper() throws {
    var (records, task) = try records("o.mp4")
    // Only the times say in which order the frames are shown.
    let times = records[0].packets.map(\.time).sorted()
    #expect(times != records[0].packets.map(\.time))
    for (place, time) in times.enumerated() { records[0].packets[place].time = time }
    try join(records, task)
    let packets = Judge.packets(scratch("joined.mkv"))
    #expect(packets.count == 75)
    #expect(packets.allSatisfy { $0.decoded <= $0.shown })
    #expect(zip(packets, packets.dropFirst()).allSatisfy { $0.decoded < $1.decoded })
    let first = packets.prefix(times.count).map(\.shown)
    #expect(first == first.sorted())
  }
}
