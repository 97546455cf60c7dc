package import BatchCore

/// How a run is to be carried out: the options of every run, converted once into what they mean.
///
/// None of them is part of the run's identity, except the limit.
package struct RunSettings: Sendable, Equatable {
  /// Where the output goes; nil for standard output.
  package var output: String?
  /// The number of worker threads; nil for one on each core.
  package var workers: Int?
  /// The number of items in a batch; nil leaves it to the planner.
  package var batchSize: Int?
  /// How long one item may take, in seconds; nil for the task's own default.
  package var timeoutSeconds: Double?
  /// How often an item is tried again after a failure that may pass.
  package var retries = 2
  /// How many failed items stop the run; nil for no such number.
  package var maxFailures: CountOrShare?
  /// The first N items only; nil for all.
  package var limit: Int?
  package var retryFailed = false
  package var fresh = false
  package var quiet = false
  package var json = false
  package var showsProgress = true
  package var remote = RemoteSettings()

  package init() {}

  /// - Throws: `TaskError` of the kind `usage` for options that contradict each other.
  package init(_ options: OptionValues) throws(TaskError) {
    output = options["output"].flatMap { $0 == "-" ? nil : $0 }
    workers = options.integer("workers")
    batchSize = options.integer("batch-size")
    timeoutSeconds = options.durationSeconds("timeout")
    retries = options.integer("retries") ?? 2
    maxFailures = options.countOrPercent("max-failures")
    limit = options.integer("limit")
    retryFailed = options.isSet("retry-failed")
    fresh = options.isSet("fresh")
    quiet = options.isSet("quiet")
    json = options.isSet("json")
    showsProgress = !(options.isSet("no-progress") || quiet || json)
    remote = try RemoteSettings(options)
    if retryFailed && fresh {
      throw TaskError(
        .usage, "--retry-failed keeps what is finished and --fresh drops it; give one")
    }
    if timeoutSeconds == 0 {
      throw TaskError(
        .usage, "the value of --timeout is 0, but an item needs some time; leave it out")
    }
  }
}

// MARK: - The table

extension RunSettings {
  private static let anyCount = 1...Int.max

  /// The options that every task has besides its own.
  package static let options: [OptionSpec] =
    [
      OptionSpec(
        "output", short: "o", .file, "FILE", default: "standard output",
        help:
          "Write the records to FILE, which appears when it is complete. `-` is standard output."),
      OptionSpec(
        "workers", .integer(1...10_000), "N", default: "all cores",
        help: "Work on N batches at once."),
      OptionSpec(
        "batch-size", .integer(anyCount), "N", default: "from measured times",
        help: "Put N items into a batch."),
      OptionSpec(
        "limit", .integer(anyCount), "N", help: "Take the first N items only."),
      OptionSpec(
        "timeout", .duration, "DURATION",
        help: "Give an item up when it takes longer, such as 30s or 5m."),
      OptionSpec(
        "retries", .integer(0...1000), "N", default: "2",
        help: "Try an item again up to N times after a failure that may pass."),
      OptionSpec(
        "max-failures", .countOrPercent, "N|P%",
        help: "Stop, to be resumed later, when more than N items, or P% of all, have failed."),
      OptionSpec(
        "retry-failed", .flag,
        help: "Run the failed items of a finished run again and put their results in place."),
    ] + RemoteSettings.options + [
      OptionSpec("fresh", .flag, help: "Start over, whatever an earlier run has left."),
      OptionSpec("quiet", .flag, help: "Show nothing but errors."),
      OptionSpec("json", .flag, help: "Report events as JSON Lines on standard error."),
      OptionSpec("no-progress", .flag, help: "Show the summary but no progress."),
    ]
}
