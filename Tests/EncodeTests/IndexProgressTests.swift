import BatchCore
import Encode
import SampleTask
import Synchronization
import Testing

@Suite("IndexProgress", .serialized)
struct IndexProgressTests {
  private let scratch = Scratch()

  @Test("tells how far the reading and the checksum are, and nothing afterwards")
  func told() throws {
    var clip = Clip()
    (clip.codec, clip.muxer) = ("rawvideo", "avi")
    (clip.width, clip.height, clip.frames, clip.options) = (640, 480, 20, "g=1")
    try clip.write(to: scratch("in.avi"))
    let told = Told()
    let request = TaskRequest(
      options: OptionValues(["output": [scratch("o.mkv")]]),
      input: InputFile(path: scratch("in.avi"), displayName: "in.avi"))
    _ = try IndexProgress.tell({ phase, done, total in
      told.steps.withLock { $0.append((phase, done, total)) }
    }) { try EncodePlugin.prepare(request) }
    let size = FileFingerprint(path: scratch("in.avi"))?.sizeBytes ?? 0
    for phase in [IndexProgress.Phase.reading, .checking] {
      let steps = told.all.filter { $0.phase == phase }
      #expect(steps.count >= 2, "\(phase): \(steps.count) of \(size) bytes")
      #expect(steps.allSatisfy { $0.total == size && $0.done <= size })
      #expect(zip(steps, steps.dropFirst()).allSatisfy { $0.done < $1.done })
    }
    let count = told.all.count
    _ = try EncodePlugin.prepare(request)
    #expect(told.all.count == count)
  }
}

/// What was told, from whatever thread.
private final class Told: Sendable {
  let steps = Mutex<[(phase: IndexProgress.Phase, done: Int, total: Int)]>([])
  var all: [(phase: IndexProgress.Phase, done: Int, total: Int)] { steps.withLock { $0 } }
}
