import BatchCore

/// `batchrun status`: how far a run has come, from its event log.
package enum StatusCommand: Subcommand {
  package static let entry = CommandEntry(
    CommandSpec(
      name: "status",
      summary: "Show how far a run has come",
      arguments: [ArgumentSpec("RUN_DIR", help: "The run directory, such as out.csv.run.")],
      discussion: [
        "Reads the event log of the run directory, which may belong to a run that is still under way, "
          + "was interrupted or is finished. Nothing is changed."
      ],
      options: [OptionSpec("json", .flag, help: "Print one JSON object.")],
      examples: [("batchrun status out.csv.run", "Items done, failures, rate and time left.")]))
}
