package import BatchCore
import Glibc

/// A task for tests whose items say what happens to them.
///
/// An item is a line: `ok`, `fail` (for good), `flaky N` (fails N times in passing), `crash`, `hang`,
/// `sleep SECONDS`, `work UNITS` (of a hundredth of a second), `stall SECONDS` (sleeps the first time it is
/// executed, by the journal), `await FILE` (fails when it is not there within a minute), `process`; its
/// record is `ITEM-NUMBER:TEXT` and a newline, with the number of the process behind `process`.
package struct SampleTask: BatchTask {
  /// How many lines are finished at once; more than one makes it a bulk task.
  package var blockSize: Int
  /// A file that gets a line for each item that is executed; empty for none.
  ///
  /// On a node of a cluster another file, `JOURNAL.nodes`, gets the node's name.
  package var journal: String
  package var needsOwnProcess: Bool
  /// The items that were begun.
  package let begun = WorkCounter()

  package init(blockSize: Int = 1, journal: String = "", needsOwnProcess: Bool = false) {
    self.blockSize = blockSize
    self.journal = journal
    self.needsOwnProcess = needsOwnProcess
  }

  package var counters: [WorkCounter] { [begun] }

  package func makeWorkspace() -> Int { 0 }

  package func run(_ input: BatchInput, in workspace: inout Int, output: BatchOutput) throws {
    let lines = try SampleSource.lines(of: input)
    var written = 0
    for (offset, line) in lines.enumerated() {
      if written == 0, output.shouldStop { return }
      let item = input.items.lowerBound + offset
      if let failure = try perform(line, item, input.earlierAttempts) {
        if written > 0 { output.finish(written) }
        written = 0
        output.buffer.append("\(item):\(failure.code.rawValue)\n")
        output.finish(failedWith: failure)
        continue
      }
      output.buffer.append("\(item):\(line)\(line == "process" ? " \(getpid())" : "")\n")
      written += 1
      if written == blockSize {
        output.finish(written)
        written = 0
      }
    }
    if written > 0 { output.finish(written) }
  }

  /// Does what the line says; why it failed, if it did.
  package func perform(
    _ line: String, _ item: Int, _ attempts: Int
  ) throws -> ItemFailure? {
    begun.add()
    note(item)
    return try work(line, item, attempts)
  }

  private func work(_ line: String, _ item: Int, _ attempts: Int) throws -> ItemFailure? {
    let words = line.split(separator: " ")
    switch words.first {
    case "fail":
      return ItemFailure(
        item: ItemID(item), code: .badInput, message: "told to fail",
        location: .init(line: item + 1, column: "text", value: line))
    case "flaky":
      guard let times = words.last.flatMap({ Int($0) }), attempts < times else { return nil }
      return ItemFailure(
        item: ItemID(item), code: .init(rawValue: "busy"), isTransient: true, message: "try later")
    case "crash":
      let nowhere = unsafe UnsafeMutablePointer<Int>(bitPattern: 8)
      unsafe nowhere?.pointee = 1
    case "stop": throw TaskError(.cannotRun, "told to stop")
    case "hang": while true { sleep(3600) }
    case "work": usleep(UInt32((words.last.flatMap { Double($0) } ?? 0) * 1e4))
    case "sleep": usleep(UInt32((words.last.flatMap { Double($0) } ?? 0) * 1e6))
    case "stall":
      let executed = try SampleSource.read(journal).split(separator: 10)
        .count { $0.elementsEqual("\(item)".utf8) }
      if executed < 2 { sleep(UInt32(words.last.flatMap { Int($0) } ?? 0)) }
    case "await": return awaited(line, item)
    default: break
    }
    return nil
  }

  private func awaited(_ line: String, _ item: Int) -> ItemFailure? {
    let path = String(line.dropFirst("await ".count))
    for _ in 0..<6000 {
      if unsafe access(path, F_OK) == 0 { return nil }
      usleep(10_000)
    }
    return ItemFailure(item: ItemID(item), code: .badInput, message: "\(path) did not come")
  }

  private func note(_ item: Int) {
    guard !journal.isEmpty else { return }
    Self.append("\(item)", to: journal)
    if let node = unsafe getenv("SLURMD_NODENAME") {
      Self.append(unsafe String(cString: node), to: journal + ".nodes")
    }
  }

  private static func append(_ word: String, to path: String) {
    let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_APPEND, 0o600)
    let line = word + "\n"
    _ = unsafe write(descriptor, line, line.utf8.count)
    close(descriptor)
  }
}

// MARK: - Preparing

extension SampleTask {
  package static let name = TaskName("sample")

  /// The task over the lines of a file.
  package func prepared(
    input path: String, timeoutSeconds: Double = 300, options: [(name: String, value: String)] = []
  ) throws -> PreparedTask {
    let source = try SampleSource(path: path)
    return PreparedTask(
      name: Self.name, task: self, workerMessage: Array("\(blockSize) \(journal)".utf8),
      source: source, prologue: Array("sample\n".utf8), identity: options,
      defaultTimeoutSeconds: timeoutSeconds,
      failureRecord: { Array("\($0.item):\($0.code.rawValue)\n".utf8) })
  }

  package static func make(message: [UInt8]) -> SampleTask {
    let words = String(decoding: message, as: UTF8.self).split(
      separator: " ", omittingEmptySubsequences: false)
    return SampleTask(blockSize: Int(words[0]) ?? 1, journal: String(words[1]))
  }
}
