package import BatchCore
internal import FoundationEssentials

/// Where a run goes, from the options that every task has besides its own.
package struct RemoteSettings: Sendable, Equatable {
  package var places = [Place.local]
  /// The run stops before it has cost more, in dollars.
  package var mostDollars: Double?
  /// Whether batches that take too long are tried a second time beside the first.
  package var copiesSlowBatches = true
  /// The share of a worker's time that start-up and overhead may take, from 0 to 1; nil to end as
  /// early as possible.
  package var mostOverheadShare: Double?

  package init() {}

  /// - Throws: `TaskError` for options that do not go together, or a price table that is none.
  package init(_ options: OptionValues) throws(TaskError) {
    copiesSlowBatches = !options.isSet("no-speculation")
    let names = Self.places(options)
    if !names.contains("slurm") {
      try Self.refuse(Self.slurmOptions, in: options, unless: "slurm")
    }
    if !names.contains("lambda") {
      try Self.refuse(Self.lambdaOptions, in: options, unless: "lambda")
    }
    places = []
    for name in names {
      switch name {
      case "slurm": places.append(.slurm(try Self.slurm(options)))
      case "lambda": places.append(.lambda(try Self.lambda(options)))
      default: places.append(.local)
      }
    }
    mostDollars = options.number("max-cost")
    mostOverheadShare = options.share("overhead")
    if mostOverheadShare != nil, names == ["local"] {
      throw TaskError(
        .usage, "--overhead is for workers elsewhere; give --on slurm or lambda, or leave it out")
    }
  }

  /// The names of the places where batches go; at least one.
  package static func places(_ options: OptionValues) -> [String] {
    (options["on"] ?? "local").split(separator: ",").map(String.init)
  }

  private static func refuse(
    _ specs: [OptionSpec], in options: OptionValues, unless place: String
  ) throws(TaskError) {
    guard let stray = specs.map(\.name).first(where: { options.isSet($0) }) else { return }
    throw TaskError(
      .usage, "--\(stray) goes with --on \(place); give that too, or leave --\(stray) out")
  }

  private static func slurm(_ options: OptionValues) throws(TaskError) -> SlurmSettings {
    guard let share = options["share"] else {
      throw TaskError(
        .usage, "--on slurm needs --share DIR, a directory that this machine and the nodes share")
    }
    var settings = SlurmSettings(share: share)
    settings.partition = options["partition"]
    settings.memory = options["mem"]
    settings.options = options.all("sbatch-option")
    settings.tasks = options.integer("workers")
    if let limit = options.durationSeconds("time") {
      guard limit >= 60 else {
        throw TaskError(
          .usage, "the value of --time must be a minute or more, because Slurm counts in minutes")
      }
      settings.timeLimitSeconds = limit
    }
    return settings
  }

  private static func lambda(_ options: OptionValues) throws(TaskError) -> LambdaSettings {
    guard let bucket = options["bucket"] else {
      throw TaskError(
        .usage, "--on lambda needs --bucket s3://BUCKET/PREFIX, where batches and results are kept")
    }
    return LambdaSettings(
      bucket: bucket, function: options["function"] ?? LambdaSettings.usualFunction,
      workers: options.integer("workers"), prices: try prices(options))
  }

  /// - Throws: `TaskError` when the file is no price table.
  package static func prices(_ options: OptionValues) throws(TaskError) -> LambdaPrices? {
    guard let path = options["price-table"] else { return nil }
    let text: [UInt8]
    do {
      text = try TextFile.read(path)
    } catch {
      throw TaskError(.cannotRun, "\(error)")
    }
    guard let table = try? JSONDecoder().decode(PriceTable.self, from: Data(text)),
      let lambda = table.lambda,
      [lambda.perRequest, lambda.perGigabyteSecond].allSatisfy({ $0 >= 0 })
    else {
      throw TaskError(
        .cannotRun,
        "\(path) is no price table; write {\"lambda\": {\"per_request\": 2e-7, "
          + "\"per_gigabyte_second\": 1.66667e-5}} with the dollars of your region")
    }
    return LambdaPrices(
      perRequest: lambda.perRequest, perGigabyteSecond: lambda.perGigabyteSecond,
      perGigabyteSecondARM: lambda.perGigabyteSecondARM ?? lambda.perGigabyteSecond)
  }

  private struct PriceTable: Decodable {
    struct Lambda: Decodable {
      var perRequest: Double
      var perGigabyteSecond: Double
      var perGigabyteSecondARM: Double?

      enum CodingKeys: String, CodingKey {
        case perRequest = "per_request"
        case perGigabyteSecond = "per_gigabyte_second"
        case perGigabyteSecondARM = "per_gigabyte_second_arm"
      }
    }

    var lambda: Lambda?
  }
}

// MARK: - The table

extension RemoteSettings {
  private static let slurmOptions: [OptionSpec] = [
    OptionSpec(
      "share", .directory, "DIR",
      help: "With --on slurm: a directory that this machine and the nodes share."),
    OptionSpec("partition", .text, "NAME", help: "With --on slurm: the partition of the tasks."),
    OptionSpec(
      "time", .duration, "DURATION", default: "1h",
      help: "With --on slurm: how long an array task may take, in whole minutes."),
    OptionSpec(
      "mem", .text, "SIZE",
      help: "With --on slurm: the memory of an array task, as sbatch takes it."),
    OptionSpec(
      "sbatch-option", .text, "OPTION", isRepeatable: true,
      help: "With --on slurm: a further option of sbatch, such as --account=lab."),
  ]

  private static let lambdaOptions: [OptionSpec] = [
    OptionSpec(
      "bucket", .text, "s3://BUCKET/PREFIX",
      help: "With --on lambda: where batches, results and large inputs are kept during the run."),
    OptionSpec(
      "function", .text, "NAME", default: "batchrun",
      help: "With --on lambda: the function, which `batchrun deploy lambda` makes."),
    OptionSpec(
      "max-cost", .number(0...1e9), "DOLLARS",
      help: "With --on lambda: stop, to be resumed later, before the run has cost more."),
    OptionSpec(
      "price-table", .file, "FILE", help: "With --on lambda: prices other than the usual ones."),
  ]

  /// The options of every run that say where it goes.
  package static let options: [OptionSpec] =
    [
      OptionSpec(
        "on", .choice(["local", "slurm", "lambda", "local,slurm", "local,lambda"]), "PLACE",
        default: "local",
        help: "Run the batches on the cores at hand, in job arrays of a Slurm cluster, or in "
          + "functions of AWS Lambda; with local,slurm and local,lambda in both, and --workers counts "
          + "the remote ones.")
    ] + slurmOptions + lambdaOptions + [
      OptionSpec(
        "no-speculation", .flag,
        help: "With remote workers: never try a batch that takes too long a second time beside the "
          + "first."),
      OptionSpec(
        "overhead", .percent(0.1...99), "P%",
        help: "With remote workers: make batches so large that start-up and overhead take P% of a "
          + "worker's time at most, where the time limit and the number of items allow, even when "
          + "smaller ones would end earlier."),
    ]

  /// Those that a plan reads.
  package static let planOptions: [OptionSpec] = options.filter {
    ["on", "price-table", "overhead"].contains($0.name)
  }
}
