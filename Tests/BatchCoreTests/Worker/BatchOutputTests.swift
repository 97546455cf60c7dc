import BatchCore
import Testing

@Suite("A batch's output")
struct BatchOutputTests {
  private let delivered = Mailbox<Part>()

  private func parts(
    _ items: Range<Int>, rule: DeadlineRule = DeadlineRule(), now: @escaping () -> Double = { 0 },
    cancelled: @escaping () -> Bool = { false }, _ body: (BatchOutput) -> Void
  ) -> [Part] {
    let delivered = delivered
    let outbox = Outbox(
      items: items, makeBuffer: { ByteBuffer() },
      deliver: { part, _ in delivered.post(part) })
    let output = BatchOutput(
      items: items, rule: rule, outbox: outbox, now: now, cancelled: cancelled,
      heartbeat: { _, _ in })
    body(output)
    _ = outbox.close()
    var parts: [Part] = []
    delivered.receive(into: &parts, waiting: 0)
    return parts
  }

  private func failure(_ item: Int, isTransient: Bool) -> ItemFailure {
    ItemFailure(item: ItemID(item), code: .badInput, isTransient: isTransient, message: "no")
  }

  private func finish(_ output: BatchOutput, _ item: Int, failing isTransient: Bool? = nil) {
    output.buffer.append("\(item);")
    if let isTransient {
      output.finish(failedWith: failure(item, isTransient: isTransient))
    } else {
      output.finish()
    }
  }

  @Test("puts a passing failure in a part of its own")
  func transient() {
    let parts = parts(3..<7) { output in
      finish(output, 3)
      finish(output, 4, failing: true)
      finish(output, 5)
      finish(output, 6)
    }
    #expect(parts.map(\.items) == [3..<4, 4..<5, 5..<7])
    #expect(parts.map(\.bytes.text) == ["3;", "4;", "5;6;"])
    #expect(parts.map { $0.failures.map(\.record) } == [[], [0..<2], []])
  }

  @Test("keeps a lasting failure among its neighbours")
  func permanent() {
    let parts = parts(0..<3) { output in
      finish(output, 0)
      finish(output, 1, failing: false)
      finish(output, 2)
    }
    #expect(parts.map(\.items) == [0..<3])
    #expect(parts.first?.failures.map(\.record) == [2..<4])
  }

  @Test("tells of neighbouring passing failures one by one")
  func neighbours() {
    let parts = parts(0..<2) { output in
      finish(output, 0, failing: true)
      finish(output, 1, failing: true)
    }
    #expect(parts.map(\.items) == [0..<1, 1..<2])
    #expect(parts.allSatisfy { $0.failures.count == 1 })
  }

  @Test("places the failures of a block within its part")
  func block() {
    let parts = parts(0..<5) { output in
      finish(output, 0)
      output.buffer.append("abcd")
      output.fail(failure(2, isTransient: false), record: 1..<2)
      output.fail(failure(4, isTransient: false), record: 3..<4)
      output.finish(4)
    }
    #expect(parts.first?.failures.map(\.record) == [3..<4, 5..<6])
    #expect(parts.first?.failures.map(\.failure.item.index) == [2, 4])
  }

  @Test("asks the task to stop when the next item may not end before the deadline")
  func deadline() {
    var now = 0.0
    var finished = 0
    _ = parts(0..<100, rule: DeadlineRule(stopAtSeconds: 10, items: 100), now: { now }) { output in
      while !output.shouldStop {
        now += 3
        finish(output, finished)
        finished += 1
      }
    }
    // After two items at 6 s a third of 3 s fits; at 9 s a fourth does not.
    #expect(finished == 3)
  }

  @Test("asks the task to stop when the run is interrupted")
  func cancelled() {
    var isCancelled = false
    let parts = parts(0..<9, cancelled: { isCancelled }) { output in
      #expect(!output.shouldStop)
      finish(output, 0)
      isCancelled = true
      #expect(output.shouldStop)
    }
    #expect(parts.map(\.items) == [0..<1])
  }
}
