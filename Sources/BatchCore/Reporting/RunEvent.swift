internal import Glibc

/// Something that happened in a run, as it stands in `events.jsonl`.
///
/// The names and fields are a documented format (docs/events.md); fields are added, never changed.
package struct RunEvent: Sendable, Equatable {
  package enum Kind: String, Sendable {
    case runStarted = "run_started"
    case planned
    case batch
    case copied
    case retry
    case suspect
    case committed
    case interrupted
    case runFinished = "run_finished"
  }

  package let kind: Kind
  package let fields: [JSONValue.Field]

  package init(_ kind: Kind, _ fields: [(String, JSONValue)]) {
    self.kind = kind
    self.fields = fields.map { JSONValue.Field($0.0, $0.1) }
  }

  /// Appends one line of JSON: the time, the event's name, its fields.
  package func write(to buffer: ByteBuffer, time: String) {
    buffer.append(literal: "{\"time\":")
    buffer.append(json: time)
    buffer.append(literal: ",\"event\":")
    buffer.append(json: kind.rawValue)
    if !fields.isEmpty { buffer.append(literal: ",") }
    buffer.append(fields)
    buffer.append(literal: "}\n")
  }

  /// Now, in milliseconds since 1970.
  package static func now() -> Int {
    var time = timespec()
    unsafe clock_gettime(CLOCK_REALTIME, &time)
    return time.tv_sec * 1000 + time.tv_nsec / 1_000_000
  }

  /// A time as in RFC 3339 with milliseconds, in UTC.
  ///
  /// - Parameter milliseconds: Since 1970.
  package static func timestamp(_ milliseconds: Int) -> String {
    var seconds = milliseconds / 1000
    var parts = unsafe tm()
    unsafe gmtime_r(&seconds, &parts)
    func digits(_ number: Int, _ count: Int) -> String {
      let text = String(number)
      return String(repeating: "0", count: max(0, count - text.count)) + text
    }
    let date = unsafe [
      digits(Int(parts.tm_year) + 1900, 4), digits(Int(parts.tm_mon) + 1, 2),
      digits(Int(parts.tm_mday), 2),
    ].joined(separator: "-")
    let time = unsafe [
      digits(Int(parts.tm_hour), 2), digits(Int(parts.tm_min), 2), digits(Int(parts.tm_sec), 2),
    ].joined(separator: ":")
    return "\(date)T\(time).\(digits(milliseconds % 1000, 3))Z"
  }
}

// MARK: - The events

extension RunEvent {
  /// - Parameter place: The name of the executor.
  static func batch(_ result: BatchResult, _ order: BatchOrder, place: String) -> RunEvent {
    let timings = result.timings
    var fields: [(String, JSONValue)] = [
      ("batch", .integer(result.batch.rawValue)), ("first", .integer(result.items.lowerBound)),
      ("count", .integer(result.items.count)),
      ("finished", .integer(result.items.count - result.unfinished.count)),
      ("queued", .seconds(timings.queued)), ("started", .seconds(timings.started)),
      ("set_up", .seconds(timings.setUp)), ("done", .seconds(timings.done)),
      ("place", .string(place)), ("host", .string(timings.host)), ("cold", .bool(timings.isCold)),
      ("longest_item", .number(result.times.maxSeconds)),
    ]
    if let first = order.copyOf { fields.append(("copy_of", .integer(first.rawValue))) }
    if order.isIsolated { fields.append(("isolated", .bool(true))) }
    switch result.ending {
    case .done: break
    case .stopped(let sentence): fields += [("ending", "stopped"), ("message", .string(sentence))]
    case .died(let sentence): fields += [("ending", "died"), ("message", .string(sentence))]
    case .lost(let sentence): fields += [("ending", "lost"), ("message", .string(sentence))]
    case .exceeded(let items):
      fields += [("ending", "exceeded"), ("suspects", .integer(items.lowerBound))]
    case .hung(let items):
      fields += [("ending", "hung"), ("suspects", .integer(items.lowerBound))]
    }
    return RunEvent(.batch, fields)
  }

  /// - Parameter seconds: How long the first attempt had been under way.
  static func copied(_ order: BatchOrder, runningSeconds seconds: Double) -> RunEvent {
    RunEvent(
      .copied,
      [
        ("batch", .integer(order.copyOf?.rawValue ?? 0)),
        ("copy", .integer(order.assignment.batch.rawValue)),
        ("first", .integer(order.assignment.items.lowerBound)),
        ("count", .integer(order.assignment.items.count)), ("seconds", .seconds(seconds)),
      ])
  }

  static func committed(_ progress: CommitWriter.Progress) -> RunEvent {
    RunEvent(
      .committed,
      [
        ("items", .integer(progress.itemsDone)), ("output_bytes", .integer(progress.outputEnd)),
        ("failures", .counts(progress.failuresByCode)),
      ])
  }

  static func interrupted(_ signal: Int32) -> RunEvent {
    RunEvent(.interrupted, [("signal", .integer(Int(signal)))])
  }

  static func retry(_ failure: ItemFailure, attempt: Int, wait: Double) -> RunEvent {
    RunEvent(
      .retry,
      [
        ("item", .integer(failure.item.index)), ("code", .string(failure.code.rawValue)),
        ("message", .string(failure.message)), ("attempt", .integer(attempt)),
        ("wait", .seconds(wait)),
      ])
  }
}

extension JSONValue: ExpressibleByStringLiteral {
  package init(stringLiteral value: String) { self = .string(value) }

  /// Seconds to the microsecond.
  static func seconds(_ value: Double) -> JSONValue { .number((value * 1e6).rounded() / 1e6) }

  static func counts(_ counts: [String: Int]) -> JSONValue {
    .object(counts.sorted { $0.key < $1.key }.map { Field($0.key, .integer($0.value)) })
  }
}
