/// What `squeue` says of the array tasks of a run.
package struct SlurmQueue: Sendable, Equatable {
  /// An array task as the queue has it.
  package struct Entry: Sendable, Equatable {
    package var state: State
    /// The compact state as Slurm writes it, such as `NF`.
    package var stateCode: String
    package var exitCode: Int
    /// The signal that killed it; zero for none.
    package var signal: Int
    package var restarts: Int
    /// Empty while it has none.
    package var node: String
    package var reason: String
  }

  /// What became of a task, as far as its batches are concerned.
  package enum State: Sendable, Equatable {
    case pending
    case running
    /// It ended by itself with exit code zero.
    case completed
    /// It ended by itself otherwise, or by a signal.
    case failed
    case timedOut
    case outOfMemory
    case cancelled
    /// The node failed, or the task had to make room.
    case lost
  }

  /// By the name of the task, `JOB_INDEX`.
  package private(set) var entries: [String: Entry] = [:]

  package init() {}

  /// The fields that `init(text:)` reads, for `squeue -O`.
  package static let format =
    "ArrayJobID:20,ArrayTaskID:20,StateCompact:12,exit_code:16,RestartCnt:12,NodeList:255,Reason:255"

  /// The widths of the fields.
  private static let widths = [20, 20, 12, 16, 12, 255, 255]

  /// Reads what `squeue -h -r -t all -O FORMAT` prints.
  package init(text: String) {
    for line in text.split(separator: "\n") {
      var rest = Array(line.utf8)[...]
      var fields: [String] = []
      for width in Self.widths {
        let field = String(decoding: rest.prefix(width), as: UTF8.self)
        fields.append(field.split(separator: " ").joined(separator: " "))
        rest = rest.dropFirst(width)
      }
      guard Int(fields[0]) != nil, Int(fields[1]) != nil else { continue }
      entries["\(fields[0])_\(fields[1])"] = Self.entry(fields)
    }
  }

  private static func entry(_ fields: [String]) -> Entry {
    let status = Self.exit(fields[3])
    let restarts = Int(fields[4]) ?? 0
    var state = Self.state(fields[2])
    // A task that begins anew, or is held for ever, is no longer the one that was begun.
    if state == .pending, restarts > 0 || fields[6].contains("held") { state = .lost }
    return Entry(
      state: state, stateCode: fields[2], exitCode: status.code, signal: status.signal,
      restarts: restarts, node: fields[5], reason: fields[6])
  }

  private static func state(_ code: String) -> State {
    switch code {
    case "PD", "CF", "RF", "RH", "RQ", "RS", "SE", "SO": .pending
    case "R", "CG", "S", "ST", "SI": .running
    case "CD": .completed
    case "TO", "DL": .timedOut
    case "OOM": .outOfMemory
    case "CA", "RV": .cancelled
    case "NF", "BF", "PR": .lost
    default: .failed
    }
  }

  /// The status of `wait(2)`, or `CODE:SIGNAL`, whichever this version of Slurm writes.
  private static func exit(_ text: String) -> (code: Int, signal: Int) {
    let parts = text.split(separator: ":").map { Int($0) ?? 0 }
    if parts.count == 2 { return (parts[0], parts[1]) }
    let status = parts.first ?? 0
    return (status >> 8 & 0xff, status & 0x7f)
  }
}
