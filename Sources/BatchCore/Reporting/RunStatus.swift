internal import FoundationEssentials
internal import Glibc

/// How far a run has come, read from its event log and, where no process is at work on it, its ledger.
package struct RunStatus: Sendable, Equatable {
  package enum Phase: String, Sendable {
    case running
    /// A process has taken the directory and reads the input; no item has begun.
    case preparing
    /// No process works on it, and it is not finished.
    case interrupted
    case finished
    /// It ended before all items were done, for a reason that the last event names.
    case stopped
  }

  package var phase: Phase
  package var runID = ""
  package var task = ""
  package var totalItems = 0
  package var finishedItems = 0
  package var failuresByCode: [String: Int] = [:]
  package var batches = 0
  package var outputBytes = 0
  /// When the last process began, and the time of the last event, as in the log.
  package var started = ""
  package var lastEvent = ""
  package var exitCode: Int?
  package var message: String?

  /// Reads the log of the run directory at `path`.
  ///
  /// - Throws: `TaskError` when there is no log.
  package init(directory path: String) throws {
    let log = path + "/" + RunDirectory.Name.events.rawValue
    guard let data = Self.read(log) else {
      if RunDirectory.isLocked(path) {
        phase = .preparing
        return
      }
      throw TaskError(
        .cannotRun, "\(path) holds no run; name a run directory, such as out.csv.run beside out.csv"
      )
    }
    phase = .interrupted
    let decoder = JSONDecoder()
    for line in data.split(separator: UInt8(ascii: "\n")) {
      // The last line of a killed process may be cut off.
      guard let event = try? decoder.decode(Event.self, from: Data(line)) else { continue }
      take(event)
    }
    if RunDirectory.isLocked(path) {
      phase = .running
    } else if phase == .interrupted {
      readLedger(of: path)
    }
  }

  /// The fields of all events that matter here.
  private struct Event: Decodable {
    var time: String
    var event: String
    var run: String?
    var task: String?
    var items: Int?
    /// Items when a run starts; the seconds at the end of a batch.
    var done: Double?
    var exit: Int?
    var message: String?
    var failures: [String: Int]?
    var outputBytes: Int?

    enum CodingKeys: String, CodingKey {
      case time, event, run, task, items, done, exit, message, failures
      case outputBytes = "output_bytes"
    }
  }

  private mutating func take(_ event: Event) {
    lastEvent = event.time
    switch RunEvent.Kind(rawValue: event.event) {
    case .runStarted:
      phase = .interrupted
      (runID, task, started) = (event.run ?? "", event.task ?? "", event.time)
      totalItems = event.items ?? 0
      finishedItems = Int(event.done ?? 0)
      (exitCode, message, batches) = (nil, nil, 0)
    case .batch: batches += 1
    case .committed:
      finishedItems = event.items ?? finishedItems
      failuresByCode = event.failures ?? [:]
      outputBytes = event.outputBytes ?? outputBytes
    case .runFinished:
      finishedItems = event.items ?? finishedItems
      failuresByCode = event.failures ?? [:]
      outputBytes = event.outputBytes ?? outputBytes
      exitCode = event.exit
      message = event.message
      phase =
        switch event.exit {
        case 0, 1: .finished
        case 2: .stopped
        default: .interrupted
        }
    default: break
    }
  }

  private static func read(_ path: String) -> Data? {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var data = Data()
    var chunk = [UInt8](repeating: 0, count: 1 << 18)
    while true {
      let count = unsafe Glibc.read(descriptor, &chunk, chunk.count)
      guard count > 0 else { return data }
      data.append(contentsOf: chunk[..<count])
    }
  }
}
