import BatchCore

/// `batchrun verify`: proves that an output is complete, in order and unchanged.
package enum VerifyCommand: Subcommand {
  package static let entry = CommandEntry(
    CommandSpec(
      name: "verify",
      summary: "Check an output against the ledger of its run",
      arguments: [ArgumentSpec("RUN_DIR", help: "The run directory, such as out.csv.run.")],
      discussion: [
        "Counts the items of the ledger and checks that they are all there, once and in order, and "
          + "that every part of the output has the digest it had when it was committed. Exits with 2 "
          + "when anything differs."
      ],
      options: [OptionSpec("json", .flag, help: "Print one JSON object.")],
      examples: [("batchrun verify out.csv.run", "Check out.csv byte for byte.")]))
}
