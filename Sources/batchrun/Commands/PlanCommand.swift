package import BatchCore

/// `batchrun plan`: what a run would do, how long it would take and what it would cost.
package enum PlanCommand: Subcommand {
  package static let entry = CommandEntry(
    CommandSpec(
      name: "plan",
      summary: "Show how a run would be cut into batches, how long it would take; runs nothing",
      arguments: [
        ArgumentSpec(
          "TASK", help: "The task, followed by its own arguments and options.",
          isRequired: false, completesFiles: false)
      ],
      discussion: [
        "Prints the batches and why they have their size, the waves, the expected time with a 90 % "
          + "band, the share of overhead, and which of the numbers were measured, are those of earlier runs, or "
          + "guesses. A few items may be "
          + "tried for up to a second to learn their time; nothing is written.",
        "The options describe other workers than those at hand: how long they take to start, how long "
          + "they may live, how many there are.",
      ],
      options: options,
      examples: [
        (
          "batchrun plan price firms.csv",
          "The plan for this machine."
        ),
        (
          "batchrun plan price firms.csv --start-up 20s --time-limit 300s --workers 900",
          "The plan for 900 remote workers that need 20 seconds to start and may live for five minutes."
        ),
        (
          "batchrun plan price firms.csv --on lambda --workers 100",
          "Batches, seconds and dollars on a hundred functions of AWS Lambda."
        ),
        (
          "batchrun plan --simulate scenario.json --json",
          "Carry a made-up run out on a virtual clock, as one JSON object."
        ),
      ]),
    takesTask: true)

  private static let options: [OptionSpec] =
    [
      OptionSpec("start-up", .duration, "DURATION", help: "How long a new worker takes to start."),
      OptionSpec(
        "time-limit", .duration, "DURATION", help: "How long a worker may live, its start included."
      ),
      OptionSpec(
        "workers", .integer(1...1_000_000), "N", default: "all cores",
        help: "How many workers there are at once."),
      OptionSpec(
        "worker-memory", .byteCount, "SIZE", help: "The memory of a worker, such as 1.5GB."),
      OptionSpec(
        "batch-size", .integer(1...Int.max), "N", default: "from measured times",
        help: "Put N items into a batch."),
      OptionSpec("limit", .integer(1...Int.max), "N", help: "Take the first N items only."),
    ] + RemoteSettings.planOptions + [
      OptionSpec(
        "simulate", .file, "SCENARIO.json",
        help: "Simulate the run that the file describes instead of planning a task."),
      OptionSpec("json", .flag, help: "Print one JSON object."),
    ]
}

/// The workers that a plan is made for, as typed.
package struct PlanSettings: Sendable, Equatable {
  package var startUpSeconds: Double?
  package var timeLimitSeconds: Double?
  package var workers: Int?
  package var workerMemoryBytes: Int?
  package var batchSize: Int?
  package var limit: Int?
  /// Where the workers are: local, slurm or lambda; several for a run that uses more than one place.
  package var places = ["local"]
  /// The one of these that is planned.
  package var place = "local"
  package var prices: LambdaPrices?
  /// The share of a worker's time that start-up and overhead may take, from 0 to 1.
  package var mostOverheadShare: Double?
  package var json: Bool

  package init(_ options: OptionValues) throws(TaskError) {
    places = RemoteSettings.places(options)
    place = places[0]
    prices = try RemoteSettings.prices(options)
    startUpSeconds = options.durationSeconds("start-up")
    timeLimitSeconds = options.durationSeconds("time-limit")
    workers = options.integer("workers")
    workerMemoryBytes = options.byteCount("worker-memory")
    batchSize = options.integer("batch-size")
    limit = options.integer("limit")
    json = options.isSet("json")
    mostOverheadShare = options.share("overhead")
    guard mostOverheadShare != nil, options["simulate"] == nil else { return }
    guard places.contains(where: { at($0).describesOthers }) else {
      throw TaskError(
        .usage,
        "--overhead is for workers elsewhere; describe them with --on, --start-up or --time-limit, "
          + "or leave it out")
    }
  }
}

/// What a plan is wanted of.
package enum PlanSubject: Sendable, Equatable {
  case task(TaskName, input: String)
  /// A scenario file to simulate.
  case scenario(path: String)

  /// - Throws: `TaskError` of the kind `usage` unless there is exactly one of a task and a scenario.
  package init(_ invocation: Invocation) throws(TaskError) {
    switch (invocation.task, invocation.options["simulate"]) {
    case (nil, let path?): self = .scenario(path: path)
    case (let task?, nil):
      guard let input = invocation.arguments.first else {
        throw TaskError(.usage, "plan \(task) needs the input that the task would read")
      }
      self = .task(TaskName(task), input: input)
    case (nil, nil):
      throw TaskError(.usage, "plan needs a task with its input, or --simulate with a scenario")
    case (_?, _?):
      throw TaskError(.usage, "plan takes a task or --simulate, not both; leave one out")
    }
  }
}
