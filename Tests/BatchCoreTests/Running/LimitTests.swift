import BatchCore
import SampleTask
import Synchronization
import Testing

@Suite("A run with items that are too long for its workers")
struct LimitTests {
  /// A run on workers that have two seconds; the items that were tried, in order.
  private func run(
    _ lines: [String], batchSize: Int, limit: Double = 2
  ) throws -> (run: SampleRun, outcome: RunOutcome, tried: [Int]) {
    var run = SampleRun(lines)
    run.configuration.batchSize = batchSize
    let box = Box()
    run.configuration.makeExecutors = { context in
      let limits = ExecutorLimits(workers: 1, timeLimitSeconds: limit, marginSeconds: 0)
      let executor = ScriptedExecutor(context, limits: limits) { order in
        box.note(order.input.items)
        // A unit of work takes a hundredth of a second.
        let work = order.input.items.compactMap { context.task.source.work(of: $0) }
        return .init(seconds: max(0.01, work.reduce(0, +) / 100))
      }
      return [executor]
    }
    return (run, try run(), box.items)
  }

  private final class Box: Sendable {
    private let list = Mutex<[Int]>([])
    func note(_ items: Range<Int>) { list.withLock { $0 += items } }
    var items: [Int] { list.withLock { $0 } }
  }

  @Test("tries one that proves longer once more, alone, and what was behind it in its batch")
  func exceeded() throws {
    let tried = Box()
    var run = SampleRun((0..<6).map { _ in "ok" })
    run.configuration.batchSize = 3
    run.configuration.makeExecutors = { context in
      let limits = ExecutorLimits(workers: 1, timeLimitSeconds: 5, marginSeconds: 0)
      let executor = ScriptedExecutor(context, limits: limits) { order in
        tried.note(order.input.items)
        return .init(
          seconds: 0.01, ending: order.input.items.contains(2) ? .exceeded(2..<3) : .done)
      }
      return [executor]
    }
    #expect(try run().tally.failuresByCode == ["exceeds_limit": 1])
    #expect(run.records == (0..<6).map { $0 == 2 ? "2:exceeds_limit" : "\($0):ok" })
    // Nothing of that batch was handed over, so the two before it were tried twice as well.
    #expect(tried.items.sorted() == [0, 0, 1, 1, 2, 2, 3, 4, 5])
  }

  @Test("refuses them beforehand with the estimate, and does the others", arguments: [1, 3])
  func refused(batchSize: Int) throws {
    let lines = (0..<20).map { $0 == 13 || $0 == 19 ? "work 100000" : "work \($0 % 3 + 2)" }
    let (run, outcome, tried) = try run(lines, batchSize: batchSize)
    #expect(outcome.exitCode == 1)
    #expect(outcome.tally.failuresByCode == ["exceeds_limit": 2])
    #expect(
      run.records == (0..<20).map { $0 == 13 || $0 == 19 ? "\($0):exceeds_limit" : "\($0):ok" })
    #expect(tried == (0..<20).filter { $0 != 13 && $0 != 19 })
    #expect(run.failures.contains("should take about"))
    #expect(run.failures.contains(#""item":13,"line":14"#))
    #expect(run.failures.contains(#""attempts":0"#))
  }

  @Test("tries them when nothing is known of their work, or the limit is high enough")
  func tried() throws {
    let unknown = try run((0..<12).map { _ in "ok" }, batchSize: 1)
    #expect(unknown.tried == Array(0..<12))
    let high = try run(
      (0..<12).map { $0 == 7 ? "work 100" : "work 2" }, batchSize: 1, limit: 60)
    #expect(high.outcome.exitCode == 0)
    #expect(high.tried == Array(0..<12))
  }
}
