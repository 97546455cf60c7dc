import BatchCore

/// `batchrun deploy`: makes or changes the function that `--on lambda` runs batches in.
package enum DeployCommand: Subcommand {
  package static let entry = CommandEntry(
    CommandSpec(
      name: "deploy",
      summary: "Make the function that --on lambda runs batches in",
      arguments: [placeArgument],
      discussion: [
        "Packs the program with its shared libraries and its loader, and makes or brings up to date: a "
          + "role that may use the objects below the prefix of the bucket and write its own log, and "
          + "nothing else; a log group that keeps two weeks; the function. The bucket must be there. "
          + "Nothing of this costs anything while it is not used.",
        "A function has one of the two programs: the one for encode and frames, or the one for the other "
          + "tasks. Give each a name of its own with --function.",
      ],
      options: [
        functionOption,
        OptionSpec(
          "bucket", .text, "s3://BUCKET/PREFIX",
          help: "Where batches, results and large inputs are kept during runs."),
        OptionSpec(
          "for", .text, "TASK", default: "price",
          help: "A task that the function is to run; it decides which program is packed."),
        OptionSpec(
          "memory", .byteCount, "SIZE", default: "1769MB",
          help: "The memory of a worker, 128MB to 10240MB; 1769MB go with one processor."),
        OptionSpec(
          "tmp-size", .byteCount, "SIZE", default: "10240MB for encode, else 512MB",
          help: "The room of a worker for files, 512MB to 10240MB; each video must fit twice."),
        OptionSpec(
          "timeout", .duration, "DURATION", default: "900s",
          help: "The time limit of a worker, in whole seconds up to 900."),
        OptionSpec(
          "dry-run", .flag, help: "Print the calls that would be made, and make none."),
        OptionSpec(
          "package-only", .file, "FILE.zip",
          help: "Write the package of the function to a file, and call nothing."),
        OptionSpec("price-table", .file, "FILE", help: "Prices other than the usual ones."),
      ],
      examples: [
        (
          "batchrun deploy lambda --bucket s3://jobs/batchrun",
          "Make the function batchrun, for price and scrape."
        ),
        (
          "batchrun deploy lambda --for encode --function video --bucket s3://jobs/video",
          "Make one that encodes."
        ),
        (
          "batchrun deploy lambda --bucket s3://jobs/batchrun --dry-run",
          "See every call, with the policy of the role."
        ),
      ]))

  static let placeArgument = ArgumentSpec(
    "PLACE", help: "The place; lambda, for AWS Lambda.", completesFiles: false)

  static let functionOption = OptionSpec(
    "function", .text, "NAME", default: LambdaSettings.usualFunction,
    help: "The name of the function.")

  static func checkPlace(_ invocation: Invocation) throws(TaskError) {
    let place = invocation.arguments.first ?? ""
    guard place == "lambda" else {
      throw TaskError(
        .usage,
        "\(invocation.command) knows the place lambda only, not '\(place)'; local and slurm need "
          + "nothing to be made")
    }
  }

  /// - Throws: `TaskError` when the text names no bucket.
  static func bucket(_ text: String) throws(TaskError) -> BlobLocator.S3 {
    do throws(BlobFailure) {
      guard case .s3(let bucket) = try BlobLocator(text) else {
        throw BlobFailure(.badLocator, "functions reach buckets only, such as s3://BUCKET/PREFIX")
      }
      return bucket
    } catch {
      throw TaskError(.usage, "--bucket \(text): \(error.message)")
    }
  }
}
