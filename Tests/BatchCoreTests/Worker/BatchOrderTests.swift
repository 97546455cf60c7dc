import BatchCore
import Testing

@Suite("A batch order")
struct BatchOrderTests {
  private static let file = BatchOrder(
    assignment: Assignment(
      batch: BatchIndex(4), items: 10..<30, deadlineSeconds: 12.5, budgetSeconds: .infinity,
      guardSeconds: 0.25, keepSeconds: 3),
    input: BatchInput(
      items: 10..<30, contextItems: 2, bytes: .file(path: "/in/päth", range: 100..<900),
      firstLine: 12, earlierAttempts: 1),
    timeoutSeconds: 7.5)

  private func message(_ order: BatchOrder) -> [UInt8] {
    order.message(task: TaskName("sample"), taskMessage: [1, 2, 3]).content
  }

  @Test(
    "reaches the worker process as it was given",
    arguments: [
      BatchInput.Bytes.file(path: "/in/päth", range: 100..<900), .inline([]), .inline([0, 9]),
    ])
  func roundTrip(bytes: BatchInput.Bytes) throws {
    var order = Self.file
    order.input.bytes = bytes
    order.input.laneState = bytes == .inline([]) ? nil : [7, 0]
    let read = try BatchOrder.read(message(order))
    #expect(read.order.input.laneState == order.input.laneState)
    #expect(read.task == TaskName("sample"))
    #expect(read.message == [1, 2, 3])
    #expect(read.order.assignment == order.assignment)
    #expect(read.order.timeoutSeconds == 7.5)
    let input = read.order.input
    #expect(input.bytes == bytes)
    #expect(input.items == 10..<30)
    #expect([input.contextItems, input.firstLine, input.earlierAttempts] == [2, 12, 1])
  }

  @Test("that is cut off anywhere is refused with a sentence, and never a crash")
  func truncated() {
    let whole = message(Self.file)
    for length in whole.indices {
      let error = #expect(throws: TaskError.self, "\(length) bytes") {
        try BatchOrder.read(Array(whole[..<length]))
      }
      #expect(error?.message == "the worker's request is not one that batchrun writes")
    }
  }

  @Test("of another version is refused with both versions")
  func otherVersion() {
    let writer = MessageWriter()
    var reader = MessageReader(message(Self.file))
    writer.add((try? reader.text()) ?? "")
    writer.add("0.0.7")
    writer.add("sample")
    let error = #expect(throws: TaskError.self) { try BatchOrder.read(writer.buffer.content) }
    #expect(
      error?.message
        == "the request is from batchrun 0.0.7, this worker is \(ProgramVersion.current); "
        + "use the same program on both sides")
  }

  @Test("is not any other text")
  func otherText() {
    #expect(throws: TaskError.self) { try BatchOrder.read(Array("GET / HTTP/1.1\r\n\r\n".utf8)) }
    #expect(throws: TaskError.self) { try BatchOrder.read([]) }
  }
}
