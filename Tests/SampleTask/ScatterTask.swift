package import BatchCore
import Glibc

/// The sample task with an order of its own: items are handed out in lanes, as pages of several
/// servers would be, and those of a batch finish in any order.
///
/// Its records are those of `SampleTask`, so that both must give the same output.
package struct ScatterTask: BatchTask {
  package static let name = TaskName("scatter")
  private let plain: SampleTask

  package init(journal: String = "") { plain = SampleTask(journal: journal) }

  package var overlap: Int { 3 }

  package func makeWorkspace() -> Int { 0 }

  package func run(_ input: BatchInput, in workspace: inout Int, output: BatchOutput) throws {
    guard case .inline(let bytes) = input.bytes else { return }
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
    var random = SeededRandom(seed: UInt64(input.items.lowerBound))
    for offset in lines.indices.shuffled(using: &random) {
      if output.shouldStop { return }
      let words = lines[offset].split(separator: " ", maxSplits: 1)
      guard words.count == 2, let index = Int(words[0]) else { continue }
      let position = input.items.lowerBound + offset
      let line = String(words[1])
      sleep(line, output)
      let failure = try output.compute(position) { () throws -> ItemFailure? in
        try plain.perform(line, index, input.earlierAttempts)
      }
      var named = failure
      named?.item = ItemID(position)
      output.buffer.append("\(index):\(failure?.code.rawValue ?? line)\n")
      output.finish(item: position, marks: line.hasPrefix("ok") ? 1 : 0, failedWith: named)
    }
  }

  /// Sleeping items stand for those that wait for a server: nothing is computed meanwhile.
  private func sleep(_ line: String, _ output: BatchOutput) {
    guard line.hasPrefix("sleep"), let seconds = Double(line.dropFirst(6)) else { return }
    for _ in 0..<Int(seconds * 100) {
      usleep(10_000)
      output.waits()
    }
  }
}

// MARK: - Preparing

extension ScatterTask {
  /// The task over the lines of a file.
  package func prepared(
    input path: String, timeoutSeconds: Double = 300, lanes: Int = 4
  ) throws -> PreparedTask {
    let source = try ScatterSource(SampleSource(path: path), lanes: lanes)
    return PreparedTask(
      name: Self.name, task: self, workerMessage: Array("1 \(plain.journal)".utf8),
      source: source, prologue: Array("sample\n".utf8), identity: [],
      defaultTimeoutSeconds: timeoutSeconds,
      marks: [RecordMark("fine", singular: "fine line", plural: "fine lines")],
      failureRecord: { Array("\($0.item):\($0.code.rawValue)\n".utf8) })
  }

  package static func make(message: [UInt8]) -> ScatterTask {
    ScatterTask(journal: SampleTask.make(message: message).journal)
  }
}

/// Lines that are handed out by their number modulo the number of lanes.
private struct ScatterSource: ItemSource {
  private let lines: SampleSource
  let dispatchOrder: DispatchOrder?

  init(_ lines: SampleSource, lanes: Int) {
    self.lines = lines
    var indices: [UInt32] = []
    var ranges: [Range<Int>] = []
    for lane in 0..<lanes {
      let start = indices.count
      indices += stride(from: lane, to: lines.count, by: lanes).map { UInt32($0) }
      ranges.append(start..<indices.count)
    }
    dispatchOrder = DispatchOrder(
      inputIndices: indices, lanes: ranges.filter { !$0.isEmpty }, batchesPerLane: 2,
      leastBatchItems: 3)
  }

  var count: Int { lines.count }
  var byteCount: Int { lines.byteCount }
  var contentDigest: String { lines.contentDigest }

  func prefix(of items: Range<Int>, fitting maxBytes: Int) -> Int { min(items.count, 20) }

  func input(for items: Range<Int>) throws -> BatchInput {
    var text = ""
    for position in items {
      let index = inputIndex(of: position)
      let line = try SampleSource.lines(of: lines.input(for: index..<index + 1)).first ?? ""
      text += "\(index) \(line)\n"
    }
    return BatchInput(
      items: items, bytes: .inline(Array(text.utf8)),
      firstLine: items.isEmpty ? 1 : inputIndex(of: items.lowerBound) + 1)
  }

  func changed() -> String? { lines.changed() }
}
