import BatchCore
import Foundation
import SampleTask
import Testing

/// Two attempts at the same items, as workers leave their results in a store.
@Suite("Of two attempts at a batch")
final class RaceTests {
  private let scratch = Scratch()
  private let store: any BlobStore
  private let source: SampleSource
  private var batches: RemoteBatches
  private let mailbox: Mailbox<String>

  init() throws {
    scratch.write("in", String(repeating: "ok\n", count: 20))
    let task = try SampleTask().prepared(input: scratch("in"))
    store = try DirectoryStore(path: scratch("store"), makes: true)
    source = try SampleSource(path: scratch("in"))
    let list = Mailbox<String>()
    mailbox = list
    batches = try RemoteBatches(
      store: store,
      ExecutorContext(
        run: RunID("0123456789ab"), task: task, clock: MonotonicClock(),
        buffers: PartBuffers(workers: 2), report: { list.post(Self.words($0)) }))
  }

  private static func words(_ event: ExecutorEvent) -> String {
    switch event {
    case .part(let batch, let part, _, _): "part of \(batch): \(part.items)"
    case .finished(let result):
      switch result.ending {
      case .done: "\(result.batch) done, \(result.unfinished.count) left"
      case .lost: "\(result.batch) lost, \(result.unfinished.count) left"
      case .died: "\(result.batch) died, \(result.unfinished.count) left"
      default: "\(result.batch) \(result.ending)"
      }
    case .began(let batch): "\(batch) began"
    default: "\(event)"
    }
  }

  /// What was reported since the last time.
  private func reports() -> [String] {
    var new: [String] = []
    mailbox.receive(into: &new, waiting: 0)
    return new
  }

  private func hand(_ batch: Int, _ items: Range<Int>, copyOf first: Int? = nil) throws -> Bool {
    var order = BatchOrder(
      assignment: Assignment(batch: BatchIndex(batch), items: items),
      input: source.input(for: items), timeoutSeconds: 60)
    order.copyOf = first.map { BatchIndex($0) }
    let isOut = try batches.hand(order)
    if isOut {
      try store.put(
        ByteBuffer(Array("worker\(batch) host\(batch)\n".utf8)),
        at: batches.keys.claim(BatchIndex(batch)), ifAbsent: true)
    }
    return isOut
  }

  private func leave(part number: Int, of batch: Int, _ items: Range<Int>) throws {
    let part = Part(
      items: items, bytes: ByteBuffer(items.flatMap { Array("\($0):ok\n".utf8) }), failures: [])
    try store.put(
      WorkerReply.part(part).message, at: batches.keys.part(BatchIndex(batch), number),
      ifAbsent: true)
  }

  private func leave(
    endOf batch: Int, _ items: Range<Int>, parts: Int, left: Range<Int> = 0..<0,
    _ ending: BatchResult.Ending = .done
  ) throws {
    let result = BatchResult(
      batch: BatchIndex(batch), items: items, unfinished: ItemSet([left]), ending: ending,
      timings: WorkerTimings(done: 1))
    try store.put(
      WorkerReply.end(result, parts: parts).message, at: batches.keys.end(BatchIndex(batch)),
      ifAbsent: true)
  }

  private func collect() throws -> [String] {
    _ = try batches.collect()
    return reports()
  }

  @Test("the one whose results are complete first counts, and the other is lost")
  func first() throws {
    #expect(try hand(0, 0..<20))
    try leave(part: 0, of: 0, 0..<5)
    #expect(try collect() == ["part of 0: 0..<5"])
    #expect(try hand(1, 5..<20, copyOf: 0))
    // Both get on; nothing is handed over before one of them has all.
    try leave(part: 1, of: 0, 5..<9)
    try leave(part: 0, of: 1, 5..<12)
    #expect(try collect() == [])
    try leave(part: 1, of: 1, 12..<20)
    #expect(try collect() == [])
    try leave(endOf: 1, 5..<20, parts: 2)
    #expect(
      try collect() == [
        "part of 1: 5..<12", "part of 1: 12..<20", "1 done, 0 left", "0 lost, 15 left",
      ])
    // The worker that lost is told by its claim.
    #expect(try store.size(of: batches.keys.claim(BatchIndex(0))) == nil)
    #expect(try store.size(of: batches.keys.claim(BatchIndex(1))) != nil)
    try leave(part: 2, of: 0, 9..<20)
    try leave(endOf: 0, 0..<20, parts: 3)
    #expect(try collect() == [])
  }

  @Test("the first counts when both are complete at once")
  func together() throws {
    #expect(try hand(0, 0..<4))
    #expect(try hand(1, 0..<4, copyOf: 0))
    for batch in 0...1 {
      try leave(part: 0, of: batch, 0..<4)
      try leave(endOf: batch, 0..<4, parts: 1)
    }
    #expect(try collect() == ["part of 0: 0..<4", "0 done, 0 left", "1 lost, 4 left"])
  }

  @Test("one that gives some items back counts for those it finished")
  func partial() throws {
    #expect(try hand(0, 0..<8))
    #expect(try hand(1, 0..<8, copyOf: 0))
    try leave(part: 0, of: 1, 0..<3)
    try leave(endOf: 1, 0..<8, parts: 1, left: 3..<8)
    #expect(try collect() == ["part of 1: 0..<3", "1 done, 5 left", "0 lost, 8 left"])
  }

  @Test("one that dies, or ends without a finished item, leaves the other to itself")
  func losers() throws {
    #expect(try hand(0, 0..<8))
    #expect(try hand(1, 0..<8, copyOf: 0))
    try leave(part: 0, of: 0, 0..<3)
    try leave(part: 0, of: 1, 0..<2)
    batches.end(BatchIndex(1), .died("of something"))
    #expect(reports() == ["1 died, 8 left"])
    #expect(try collect() == ["part of 0: 0..<3"])

    #expect(try hand(2, 3..<8, copyOf: 0))
    try leave(endOf: 2, 3..<8, parts: 0, left: 3..<8)
    #expect(try collect() == ["2 done, 5 left"])
    try leave(part: 1, of: 0, 3..<8)
    try leave(endOf: 0, 0..<8, parts: 2)
    #expect(try collect() == ["part of 0: 3..<8", "0 done, 0 left"])
  }

  @Test("one that hangs hands nothing over that the other has, too")
  func hung() throws {
    #expect(try hand(0, 0..<8))
    #expect(try hand(1, 0..<8, copyOf: 0))
    try leave(part: 0, of: 0, 0..<3)
    try leave(endOf: 0, 0..<8, parts: 1, left: 3..<8, .hung(3..<4))
    #expect(try collect() == ["0 hung(Range(3..<4))"])
    try leave(part: 0, of: 1, 0..<8)
    try leave(endOf: 1, 0..<8, parts: 1)
    #expect(try collect() == ["part of 1: 0..<8", "1 done, 0 left"])
  }

  @Test("the second does not begin when the first has got on")
  func moot() throws {
    #expect(try hand(0, 0..<8))
    try leave(part: 0, of: 0, 0..<3)
    #expect(try collect() == ["part of 0: 0..<3"])
    #expect(try !hand(1, 0..<8, copyOf: 0))
    #expect(reports() == ["1 lost, 8 left"])
    #expect(try !hand(2, 0..<8, copyOf: 7))
    #expect(try store.size(of: batches.keys.batch(BatchIndex(1))) == nil)
  }

  @Test("a worker learns that its own counts no more, stops after its item and leaves no results")
  func worker() throws {
    scratch.write("in", String(repeating: "sleep 0.3\n", count: 20))
    scratch.write("journal", "")
    let task = SampleTask(journal: scratch("journal"))
    let prepared = try task.prepared(input: scratch("in"))
    let keys = SessionKeys(run: RunID("ffff"), name: "worker")
    try store.put(
      StoredTask(name: prepared.name, message: prepared.workerMessage).bytes, at: keys.task,
      ifAbsent: true)
    let order = BatchOrder(
      assignment: Assignment(batch: BatchIndex(0), items: 0..<20),
      input: try prepared.source.input(for: 0..<20), timeoutSeconds: 60)
    try store.put(
      StoredOrder(order: order, input: nil).bytes, at: keys.batch(BatchIndex(0)), ifAbsent: true)
    let ended = Mailbox<String>()
    let path = scratch("store")
    WorkThread.start("worker") {
      do {
        try ArrayTask.run(
          .init(store: path, session: keys.prefix, timeLimitSeconds: 600, marginSeconds: 1),
          makeTask: { _, _ in task })
        ended.post("")
      } catch {
        ended.post("\(error)")
      }
    }
    while scratch.text("journal")?.isEmpty == true {}
    try store.delete([keys.claim(BatchIndex(0))])
    // It looks for another batch then, until it is told to stop.
    var count = -1
    while count != scratch.text("journal")?.count {
      count = scratch.text("journal")?.count ?? 0
      Thread.sleep(forTimeInterval: 1)
    }
    try store.put(ByteBuffer(), at: keys.stop, ifAbsent: true)
    #expect(ended.takeFirst() == "")
    #expect((scratch.text("journal") ?? "").split(separator: "\n").count < 10)
    #expect(try store.size(of: keys.end(BatchIndex(0))) == nil)
  }
}
