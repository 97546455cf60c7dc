import BatchCore
import Glibc
import SampleTask
import Synchronization
import Testing

@Suite("A run's event")
struct RunEventTests {
  @Test("is one line with its time and name first")
  func line() {
    let buffer = ByteBuffer()
    RunEvent(.retry, [("item", .integer(3)), ("message", "two\nlines")])
      .write(to: buffer, time: "T")
    RunEvent(.planned, []).write(to: buffer, time: "U")
    let text = unsafe buffer.withBytes { unsafe String(decoding: $0, as: UTF8.self) }
    #expect(
      text == #"{"time":"T","event":"retry","item":3,"message":"two\nlines"}"# + "\n"
        + #"{"time":"U","event":"planned"}"# + "\n")
  }

  @Test("has the time of now in UTC, with milliseconds")
  func timestamp() throws {
    let before = time(nil)
    let text = RunEvent.timestamp(RunEvent.now())
    let after = time(nil)
    let numbers = text.split { "-T:.Z".contains($0) }.compactMap { Int32($0) }
    try #require(numbers.count == 7)
    var parts = unsafe tm()
    unsafe parts.tm_year = numbers[0] - 1900
    unsafe parts.tm_mon = numbers[1] - 1
    unsafe parts.tm_mday = numbers[2]
    unsafe parts.tm_hour = numbers[3]
    unsafe parts.tm_min = numbers[4]
    unsafe parts.tm_sec = numbers[5]
    let seconds = unsafe timegm(&parts)
    // time() reads a clock that is up to a tick behind.
    #expect(before...after + 1 ~= seconds)
    #expect(text.count == 24)
    #expect(text.hasSuffix("Z"))
    #expect(Array(text)[10] == "T")
    #expect(Array(text)[19] == ".")
  }
}

@Suite("A run's status")
struct RunStatusTests {
  private let scratch = Scratch()

  private let start = #"{"time":"1","event":"run_started","run":"r","task":"t","items":9,"done":0}"#
  private let batch = #"{"time":"2","event":"batch","batch":0,"done":0.25}"#
  private let commit =
    #"{"time":"3","event":"committed","items":4,"output_bytes":70,"failures":{"busy":1}}"#
  private let again = #"{"time":"5","event":"run_started","run":"r","task":"t","items":9,"done":4}"#

  private func end(_ exit: Int) -> String {
    #"{"time":"4","event":"run_finished","exit":\#(exit),"items":9,"output_bytes":90,"#
      + #""failures":{"busy":2},"message":"why"}"#
  }

  private func status(_ lines: [String], tail: String = "") throws -> RunStatus {
    mkdir("out.run")
    scratch.write("out.run/events.jsonl", lines.map { $0 + "\n" }.joined() + tail)
    return try RunStatus(directory: scratch("out.run"))
  }

  private func mkdir(_ name: String) { unsafe _ = Glibc.mkdir(scratch(name), 0o700) }

  @Test("tells what the last commit held")
  func underWay() throws {
    let status = try status([start, batch, batch, commit])
    #expect(status.phase == .interrupted)
    #expect(status.totalItems == 9)
    #expect(status.finishedItems == 4)
    #expect(status.failuresByCode == ["busy": 1])
    #expect(status.outputBytes == 70)
    #expect(status.batches == 2)
    #expect([status.runID, status.task, status.started, status.lastEvent] == ["r", "t", "1", "3"])
    #expect(status.exitCode == nil)
  }

  @Test("is running while a process holds the directory")
  func running() throws {
    let directory = try RunDirectory(path: scratch("out.run"))
    #expect(try status([start, commit]).phase == .running)
    withExtendedLifetime(directory) {}
  }

  @Test(
    "follows from the exit code of the last process",
    arguments: [
      (0, RunStatus.Phase.finished), (1, .finished), (2, .stopped), (130, .interrupted),
      (143, .interrupted),
    ])
  func ended(exit: Int, phase: RunStatus.Phase) throws {
    let status = try status([start, batch, commit, end(exit)])
    #expect(status.phase == phase)
    #expect(status.exitCode == exit)
    #expect(status.finishedItems == 9)
    #expect(status.failuresByCode == ["busy": 2])
    #expect(status.message == "why")
  }

  @Test("passes over a last line that was cut off", arguments: [1, 30, 60])
  func torn(length: Int) throws {
    let status = try status([start, commit], tail: String(end(0).prefix(length)))
    #expect(status.phase == .interrupted)
    #expect(status.finishedItems == 4)
  }

  @Test("begins anew with each process of the run")
  func severalProcesses() throws {
    let status = try status([start, batch, commit, end(2), again])
    #expect(status.phase == .interrupted)
    #expect(status.exitCode == nil)
    #expect(status.message == nil)
    #expect(status.batches == 0)
    #expect(status.finishedItems == 4)
    #expect(status.started == "5")
    #expect(status.totalItems == 9)
  }

  @Test("loses no event of a process that follows one whose last line was cut off")
  func logAfterTear() throws {
    _ = try status([start], tail: #"{"time":"2","ev"#)
    do {
      let log = EventLog(path: scratch("out.run/events.jsonl"))
      log.add(RunEvent(.runStarted, [("items", .integer(50)), ("done", .integer(20))]))
      log.add(RunEvent(.batch, []))
    }
    let status = try RunStatus(directory: scratch("out.run"))
    #expect(status.totalItems == 50)
    #expect(status.finishedItems == 20)
    #expect(status.batches == 1)
    let lines = (scratch.text("out.run/events.jsonl") ?? "").split(separator: "\n")
    #expect(lines.count == 3)
    #expect(lines.first.map(String.init) == start)
  }

  @Test("knows of a run as soon as its directory is taken, before there are events")
  func preparing() throws {
    let directory = try RunDirectory(path: scratch("out.run"))
    #expect(try RunStatus(directory: scratch("out.run")).phase == .preparing)
    withExtendedLifetime(directory) {}
  }

  @Test("knows the items of a run before anything of it is committed")
  func justBegun() throws {
    let run = SampleRun(["sleep 0.2", "ok"])
    let looker = Looker(path: run.scratch("out.run"))
    #expect(try run(observer: looker).exitCode == 0)
    let status = try #require(looker.seen.withLock { $0 })
    #expect(status.phase == .running)
    #expect(status.totalItems == 2)
    #expect(status.finishedItems == 0)
  }

  @Test("needs a run")
  func missing() {
    let error = #expect(throws: TaskError.self) { try RunStatus(directory: scratch("none.run")) }
    #expect(error?.message.contains("holds no run") == true)
  }
}

/// Reads the status of a run when the run first tells its progress.
private final class Looker: RunObserver {
  let seen = Mutex<RunStatus?>(nil)
  private let path: String

  init(path: String) { self.path = path }

  func note(_ sentence: String) {}
  func event(_ line: String) {}
  func progress(_ tally: RunTally) {
    seen.withLock { if $0 == nil { $0 = try? RunStatus(directory: path) } }
  }
}
