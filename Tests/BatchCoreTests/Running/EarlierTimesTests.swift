import BatchCore
import Foundation
import SampleTask
import Synchronization
import Testing

@Suite("What earlier runs have measured")
struct EarlierTimesTests {
  private let scratch = Scratch()
  private let task = TaskName("sample")

  private func model(startUp: Double? = nil, mean: Double? = nil) -> CostModel {
    var model = CostModel(
      startUpSeconds: Figure(9, .guess), batchOverheadSeconds: Figure(0.9, .guess),
      items: ItemTimes(count: 1, mean: 1e-3, deviation: 1e-3), itemProvenance: .guess)
    if let startUp { model.measured(startUpSeconds: startUp, overheadSeconds: startUp / 10) }
    if let mean {
      var times = ItemTimes()
      for place in 0..<50 { times.add(mean * (place % 2 == 0 ? 0.5 : 1.5)) }
      model.measured(times)
    }
    return model
  }

  private func read() -> EarlierTimes {
    EarlierTimes(folder: scratch("cache/batchrun"), place: "slurm", task: task)
  }

  private func keep(_ times: EarlierTimes) {
    times.write(folder: scratch("cache/batchrun"), place: "slurm", task: task)
  }

  private func prior(_ times: EarlierTimes, options: String = "a") -> CostModel {
    var model = model()
    times.apply(to: &model, options: options)
    return model
  }

  @Test("is a prior of the next one, item times with the same options only")
  func roundTrip() {
    var times = read()
    #expect(prior(times) == model())
    times.note(model(startUp: 4, mean: 0.2), options: "a")
    keep(times)
    let known = prior(read())
    #expect(known.startUpSeconds == Figure(4, .history))
    #expect(known.batchOverheadSeconds == Figure(0.4, .history))
    #expect(known.itemProvenance == .history)
    #expect(abs(known.items.meanSeconds - 0.2) < 1e-9)
    #expect(abs(known.items.deviationSeconds - 0.1) < 0.01)
    let other = prior(read(), options: "b")
    #expect(other.startUpSeconds.provenance == .history)
    #expect(other.itemProvenance == .guess)
    let elsewhere = EarlierTimes(folder: scratch("cache/batchrun"), place: "lambda", task: task)
    #expect(prior(elsewhere) == model())
  }

  @Test("moves halfway to what the latest run measured, and forgets nothing it did not measure")
  func latest() {
    var times = EarlierTimes()
    times.note(model(startUp: 4), options: "a")
    times.note(model(startUp: 2), options: "a")
    times.note(model(mean: 1), options: "a")
    #expect(prior(times).startUpSeconds.value == 3)
    #expect(abs(prior(times).items.meanSeconds - 1) < 1e-9)
  }

  @Test("takes no time of items from a run that was over in a moment")
  func moment() {
    var times = EarlierTimes()
    times.note(model(startUp: 4, mean: 1e-3), options: "a")
    #expect(prior(times).startUpSeconds.value == 4)
    #expect(prior(times).itemProvenance == .guess)
    times.note(model(mean: 3e-3), options: "a")
    times.note(model(mean: 1e-3), options: "a")
    #expect(abs(prior(times).items.meanSeconds - 3e-3) < 1e-9)
  }

  @Test("does not replace what the user stated")
  func given() {
    var times = EarlierTimes()
    times.note(model(startUp: 4), options: "a")
    var stated = model()
    stated.startUpSeconds = Figure(20, .given)
    times.apply(to: &stated, options: "a")
    #expect(stated.startUpSeconds == Figure(20, .given))
  }

  @Test("stays small, whatever options there were")
  func small() {
    var times = EarlierTimes()
    for number in 0..<1000 { times.note(model(mean: 1), options: "options \(number)") }
    keep(times)
    #expect((scratch.text("cache/batchrun/times/slurm-sample")?.utf8.count ?? 0) < 4096)
    #expect(prior(read(), options: "options 999").itemProvenance == .history)
    #expect(prior(read(), options: "options 0").itemProvenance == .guess)
  }

  @Test(
    "that is damaged is none",
    arguments: [
      "", "{", "null", "[]", #"{"format":2,"items":[]}"#,
      #"{"format":1,"startUpSeconds":-1,"items":[]}"#,
      #"{"format":1,"startUpSeconds":1e999,"items":[]}"#,
      #"{"format":1,"items":[{"options":"a","count":0,"mean":1,"deviation":1,"longest":1}]}"#,
      #"{"format":1,"items":[{"options":"a","count":1,"mean":-1,"deviation":1,"longest":1}]}"#,
    ])
  func damaged(text: String) {
    keep(EarlierTimes())
    scratch.write("cache/batchrun/times/slurm-sample", text)
    #expect(prior(read()) == model())
    var times = read()
    times.note(model(startUp: 4), options: "a")
    keep(times)
    #expect(prior(read()).startUpSeconds.value == 4)
  }

  @Test("cut off at any byte is none, or what it was")
  func truncated() {
    var times = EarlierTimes()
    times.note(model(startUp: 4, mean: 0.2), options: "a")
    keep(times)
    let whole = scratch.text("cache/batchrun/times/slurm-sample") ?? ""
    #expect(!whole.isEmpty)
    for length in 0..<whole.utf8.count {
      scratch.write("cache/batchrun/times/slurm-sample", String(whole.prefix(length)))
      #expect(prior(read()) == model())
    }
  }

  @Test("is whole whoever writes it at the same time")
  func concurrent() {
    let done = Mailbox<Int>()
    for writer in 0..<8 {
      WorkThread.start("writer") {
        for _ in 0..<25 {
          var times = self.read()
          times.note(self.model(startUp: 4, mean: 0.2), options: "options \(writer)")
          self.keep(times)
        }
        done.post(writer)
      }
    }
    var left = 8
    while left > 0 {
      var ended: [Int] = []
      done.receive(into: &ended, waiting: 0.001)
      left -= ended.count
      let known = prior(read())
      #expect([9, 4].contains(known.startUpSeconds.value))
    }
    #expect(prior(read()).startUpSeconds.value == 4)
  }

  @Test("cannot be kept where nothing can be written, and that is no error")
  func unwritable() {
    scratch.write("file", "")
    EarlierTimes().write(folder: scratch("file/batchrun"), place: "slurm", task: task)
    EarlierTimes().write(folder: "/proc/nowhere/batchrun", place: "slurm", task: task)
  }

  @Test("is in the user's cache")
  func folder() {
    #expect(EarlierTimes.folder(["XDG_CACHE_HOME": "/c", "HOME": "/h"]) == "/c/batchrun")
    #expect(EarlierTimes.folder(["XDG_CACHE_HOME": "c", "HOME": "/h"]) == "/h/.cache/batchrun")
    #expect(EarlierTimes.folder([:]) == nil)
  }

  @Test("lets a run on remote workers begin with batches of the right size")
  func secondRun() throws {
    var run = SampleRun((0..<200).map { _ in "ok" })
    run.configuration.earlierTimes = run.scratch("cache/batchrun")
    let reasons = Reasons()
    run.configuration.makeExecutors = { context in
      [
        ScriptedExecutor(context, limits: ExecutorLimits(workers: 2)) { order in
          reasons.add(order.assignment.reason)
          return .init(seconds: 0.01)
        }
      ]
    }
    #expect(try run().exitCode == 0)
    #expect(reasons.take().first == .probe)
    run.configuration.isFresh = true
    #expect(try run().exitCode == 0)
    #expect(reasons.take().first != .probe)
  }

  private final class Reasons: Sendable {
    private let list = Mutex<[SizeReason]>([])
    func add(_ reason: SizeReason) { list.withLock { $0.append(reason) } }
    func take() -> [SizeReason] {
      list.withLock { list in
        defer { list = [] }
        return list
      }
    }
  }
}
