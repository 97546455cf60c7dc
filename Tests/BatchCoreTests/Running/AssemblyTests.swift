import BatchCore
import Glibc
import SampleTask
import Synchronization
import Testing

/// An output that a task makes of its records, such as a video of its chunks.
@Suite("An output that is made of the records")
struct AssemblyTests {
  /// Copies the records into the draft, as they come.
  private static func copy(_ records: CommittedRecords, to draft: String) throws -> [String] {
    let length = try records.waitForAll()
    let bytes = try SampleSource.read(records.path)
    #expect(bytes.count == length)
    let file = try DurableFile(path: draft, role: "made")
    try unsafe bytes.withUnsafeBytes { unsafe try file.write($0, at: 0) }
    return ["made of \(length) bytes"]
  }

  private static func touch(_ path: String) {
    close(unsafe open(path, O_WRONLY | O_CREAT, 0o600))
  }

  /// What was told to the user.
  private final class Notes: RunObserver {
    let sentences = Mutex<[String]>([])
    func note(_ sentence: String) { sentences.withLock { $0.append(sentence) } }
    func event(_ line: String) {}
    func progress(_ tally: RunTally) {}
  }

  @Test("is made beside the run, of each record as soon as it is committed")
  func beside() throws {
    var run = SampleRun([])
    let flag = run.scratch("flag")
    // The second item is done only when the first one's record has been seen.
    run.lines = ["ok", "await \(flag)", "fail"]
    run.assembly = OutputAssembly(tolerates: { _ in true }) { records, draft in
      let first = "sample\n0:ok\n"
      #expect(try records.committedBytes(beyond: "sample\n".utf8.count) >= first.utf8.count)
      #expect(try SampleSource.read(records.path).starts(with: first.utf8))
      Self.touch(flag)
      return try Self.copy(records, to: draft)
    }
    let notes = Notes()
    let outcome = try run(observer: notes)
    #expect(outcome.tally.failuresByCode == ["bad_input": 1])
    #expect(run.records == ["0:ok", "1:await \(flag)", "2:bad_input"])
    #expect(notes.sentences.withLock { $0 }.filter { $0.hasPrefix("made of ") }.count == 1)
    #expect(!run.scratch.exists("out.run/assembled"))
  }

  @Test("is made when all records are there if it could not be made beside the run")
  func anew() throws {
    var run = SampleRun([])
    let flag = run.scratch("flag")
    run.lines = ["ok", "await \(flag)"]
    let calls = Calls()
    run.assembly = OutputAssembly(tolerates: { _ in true }) { records, draft in
      #expect(unsafe access(draft, F_OK) != 0)
      if calls.count() == 1 {
        _ = try records.committedBytes(beyond: "sample\n".utf8.count)
        Self.touch(draft)
        Self.touch(flag)
        throw TaskError(.cannotRun, "the disk is full")
      }
      return try Self.copy(records, to: draft)
    }
    #expect(try run().exitCode == 0)
    #expect(run.records == ["0:ok", "1:await \(flag)"])
    #expect(calls.count() == 3)
  }

  @Test("waits for the last record where the disk has little room")
  func littleRoom() throws {
    var run = SampleRun(["ok", "ok"])
    run.configuration.recordReserveBytes = .max
    let calls = Calls()
    run.assembly = OutputAssembly(tolerates: { _ in true }) { records, draft in
      _ = calls.count()
      return try Self.copy(records, to: draft)
    }
    #expect(try run().exitCode == 0)
    #expect(run.records == ["0:ok", "1:ok"])
    #expect(calls.count() == 3)
  }

  @Test("tells why it cannot be made, and keeps the records")
  func refused() throws {
    var run = SampleRun(["ok", "ok"])
    run.assembly = OutputAssembly(tolerates: { _ in true }) { _, _ in
      throw TaskError(.cannotRun, "the records do not fit")
    }
    let outcome = try run()
    #expect(outcome.exitCode == 2)
    #expect(outcome.ending == .stopped("the records do not fit"))
    #expect(!run.scratch.exists("out"))
    run.assembly = OutputAssembly(tolerates: { _ in true }, make: Self.copy)
    #expect(try run().exitCode == 0)
    #expect(run.records == ["0:ok", "1:ok"])
  }

  @Test("leaves nothing behind when the run stops before its end")
  func stopped() throws {
    var run = SampleRun([])
    let flag = run.scratch("flag")
    run.lines = ["ok", "await \(flag)", "fail"]
    run.assembly = OutputAssembly(tolerates: { _ in false }) { records, draft in
      _ = try records.committedBytes(beyond: "sample\n".utf8.count)
      Self.touch(draft)
      Self.touch(flag)
      return try Self.copy(records, to: draft)
    }
    #expect(try run().ending == .stopped("told to fail"))
    #expect(!run.scratch.exists("out"))
    #expect(!run.scratch.exists("out.run/assembled"))
    #expect(run.scratch.text("out.run/output")?.hasPrefix("sample\n0:ok\n") == true)
    run.assembly = OutputAssembly(tolerates: { _ in true }, make: Self.copy)
    #expect(try run().tally.failuresByCode == ["bad_input": 1])
    #expect(run.records == ["0:ok", "1:await \(flag)", "2:bad_input"])
  }

  @Test("counts in the time that the run says it took")
  func time() throws {
    var run = SampleRun(["ok", "ok"])
    run.assembly = OutputAssembly(tolerates: { _ in true }) { records, draft in
      usleep(300_000)
      return try Self.copy(records, to: draft)
    }
    let outcome = try run()
    #expect(outcome.exitCode == 0)
    #expect(outcome.tally.elapsedSeconds > 0.3)
    let events = run.scratch.text("out.run/events.jsonl") ?? ""
    let told = events.split(separator: "\"seconds\":").last?.prefix { $0 != "," }
    #expect(told.flatMap { Double($0) }.map { $0 > 0.3 } == true, "\(events)")
  }

  /// How often something was called.
  private final class Calls: Sendable {
    private let calls = Mutex(0)

    /// Counts one more.
    func count() -> Int {
      calls.withLock { calls in
        calls += 1
        return calls
      }
    }
  }
}
