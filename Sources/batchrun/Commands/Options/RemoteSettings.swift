package import BatchCore

/// Where a run goes, from the options that every task has besides its own.
package struct RemoteSettings: Sendable, Equatable {
  package var place = Place.local

  package init() {}

  /// - Throws: `TaskError` of the kind `usage` for options that do not go together.
  package init(_ options: OptionValues) throws(TaskError) {
    switch options["on"] ?? "local" {
    case "slurm": place = .slurm(try Self.slurm(options))
    default:
      if let stray = Self.slurmOptions.map(\.name).first(where: { options.isSet($0) }) {
        throw TaskError(.usage, "--\(stray) is for a cluster; give --on slurm too, or leave it out")
      }
    }
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
        throw TaskError(.usage, "the value of --time must be a minute or more, which Slurm counts in")
      }
      settings.timeLimitSeconds = limit
    }
    return settings
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
      "mem", .text, "SIZE", help: "With --on slurm: the memory of an array task, as sbatch takes it."),
    OptionSpec(
      "sbatch-option", .text, "OPTION", isRepeatable: true,
      help: "With --on slurm: a further option of sbatch, such as --account=lab."),
  ]

  package static let options: [OptionSpec] =
    [
      OptionSpec(
        "on", .choice(["local", "slurm"]), "PLACE", default: "local",
        help: "Run the batches on the cores at hand, or in job arrays of a Slurm cluster.")
    ] + slurmOptions
}
