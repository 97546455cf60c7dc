/// What the events of a run say of its chunks.
struct RunLog {
  private let events: [RecordLine]

  /// - Parameter directory: The run directory.
  init(_ directory: String) { events = RecordLine.all(of: directory + "/events.jsonl") }

  private func events(_ name: String) -> [RecordLine] {
    events.filter { $0.text(of: "event") == name }
  }

  /// How often an encoder crashed, so that the run was taken up again.
  var crashes: Int { events("run_started").count - 1 }

  /// How long each chunk took, in the order of the chunks, in seconds.
  var chunkSeconds: [Double] {
    events("batch").compactMap { event -> (Double, Double)? in
      guard let first = event.number(of: "first"), let start = event.number(of: "set_up"),
        let end = event.number(of: "done")
      else { return nil }
      return (first, end - start)
    }.sorted { $0.0 < $1.0 }.map(\.1)
  }

  /// From the last finished chunk to the end of the run.
  var joiningSeconds: Double? {
    guard let last = events("batch").compactMap({ $0.number(of: "done") }).max(),
      let end = events("run_finished").last?.number(of: "seconds")
    else { return nil }
    return end - last
  }

  /// The share of the workers' time, from the beginning of the run to the last chunk, that went into
  /// chunks: what is missing is the end, where some have nothing left to do.
  var busyShare: Double? {
    guard let workers = events("run_started").last?.number(of: "workers"),
      let last = events("batch").compactMap({ $0.number(of: "done") }).max(), last > 0
    else { return nil }
    return chunkSeconds.reduce(0, +) / (workers * last)
  }

  /// From the beginning of the run to its last event.
  var seconds: Double? { events("run_finished").last?.number(of: "seconds") }
}

extension RecordLine {
  /// The number of a key; nil when it is missing or no number.
  func number(of key: String) -> Double? {
    value(of: key).flatMap { Double(String(decoding: $0, as: UTF8.self)) }
  }

  /// The numbers of a list; empty when it is none.
  func numbers(of key: String) -> [Double] {
    guard let value = value(of: key) else { return [] }
    return String(decoding: value.dropFirst().dropLast(), as: UTF8.self).split(separator: ",")
      .compactMap { Double($0) }
  }
}
