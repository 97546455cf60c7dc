import BatchCore
import Testing

@Suite("What squeue says of array tasks")
struct SlurmQueueTests {
  /// A line as `squeue -O` pads it.
  private func line(
    _ job: String, _ index: String, _ state: String, exit: String = "0", restarts: String = "0",
    node: String = "n1", reason: String = "None"
  ) -> String {
    let fields = [
      (job, 20), (index, 20), (state, 12), (exit, 16), (restarts, 12), (node, 255), (reason, 255),
    ]
    return fields.map { $0 + String(repeating: " ", count: max(0, $1 - $0.count)) }.joined() + "\n"
  }

  @Test(
    "is read as what became of each",
    arguments: [
      ("PD", .pending), ("CF", .pending), ("R", .running), ("CG", .running), ("S", .running),
      ("CD", .completed), ("F", .failed), ("TO", .timedOut), ("OOM", .outOfMemory),
      ("CA", .cancelled), ("NF", .lost), ("BF", .lost), ("PR", .lost), ("XX", .failed),
    ] as [(String, SlurmQueue.State)])
  func states(code: String, state: SlurmQueue.State) {
    let queue = SlurmQueue(text: line("12", "3", code))
    #expect(queue.entries["12_3"]?.state == state)
    #expect(queue.entries["12_3"]?.stateCode == code)
  }

  @Test("tells exit codes and signals in both ways of writing them")
  func exits() {
    let queue = SlurmQueue(
      text: line("1", "0", "F", exit: "3:0") + line("1", "1", "F", exit: "0:11")
        + line("1", "2", "F", exit: "768") + line("1", "3", "F", exit: "11"))
    #expect(queue.entries["1_0"]?.exitCode == 3 && queue.entries["1_0"]?.signal == 0)
    #expect(queue.entries["1_1"]?.exitCode == 0 && queue.entries["1_1"]?.signal == 11)
    #expect(queue.entries["1_2"]?.exitCode == 3 && queue.entries["1_2"]?.signal == 0)
    #expect(queue.entries["1_3"]?.exitCode == 0 && queue.entries["1_3"]?.signal == 11)
  }

  @Test("calls a task lost that is to begin again, or is held for ever")
  func requeued() {
    let queue = SlurmQueue(
      text: line("1", "0", "PD", restarts: "1")
        + line("1", "1", "PD", reason: "launch failed requeued held")
        + line("1", "2", "PD", node: "", reason: "Resources"))
    #expect(queue.entries["1_0"]?.state == .lost)
    #expect(queue.entries["1_1"]?.state == .lost)
    #expect(queue.entries["1_1"]?.reason == "launch failed requeued held")
    #expect(queue.entries["1_2"]?.state == .pending)
    #expect(queue.entries["1_2"]?.node == "")
  }

  @Test("leaves out what is no array task, and takes no harm from anything else", arguments: 0..<50)
  func noise(seed: UInt64) {
    #expect(SlurmQueue(text: line("12", "N/A", "R")).entries.isEmpty)
    #expect(SlurmQueue(text: "").entries.isEmpty)
    var random = SeededRandom(seed: seed)
    let bytes = (0..<2000).map { _ in UInt8(truncatingIfNeeded: random.next()) }
    let text = line("7", "1", "R") + String(decoding: bytes, as: UTF8.self)
    #expect(SlurmQueue(text: text).entries["7_1"]?.state == .running, "seed \(seed)")
  }
}
