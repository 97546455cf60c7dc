import BatchCore
import Glibc

/// `batchrun destroy`: removes what `batchrun deploy` has made.
package enum DestroyCommand: Subcommand {
  package static let entry = CommandEntry(
    CommandSpec(
      name: "destroy",
      summary: "Remove what deploy has made",
      arguments: [DeployCommand.placeArgument],
      discussion: [
        "Removes the function, its role with the policy, and its log group. With --bucket it removes also "
          + "what runs have left below the prefix, after a question: results of runs that could still be "
          + "continued, inputs, staged files. The bucket itself and other objects stay."
      ],
      options: [
        DeployCommand.functionOption,
        OptionSpec(
          "bucket", .text, "s3://BUCKET/PREFIX", help: "Where runs have left objects to be removed."
        ),
        OptionSpec("yes", short: "y", .flag, help: "Remove the objects without a question."),
      ],
      examples: [
        ("batchrun destroy lambda", "Remove the function batchrun, its role and its log."),
        (
          "batchrun destroy lambda --bucket s3://jobs/batchrun --yes",
          "The same, and what runs have left in the bucket."
        ),
      ]))

  package static func run(
    _ invocation: Invocation, in context: CommandContext
  ) throws -> ExitCode {
    try DeployCommand.checkPlace(invocation)
    let options = invocation.options
    let bucket = try options["bucket"].map { text throws(TaskError) in
      try DeployCommand.bucket(text)
    }
    let environment = AWSEnvironment(context.environment)
    let function = options["function"] ?? LambdaSettings.usualFunction
    let console = context.console
    let deployment = try Deployment(function: function, environment: environment) {
      try console.print(DeployCommand.line($0, $1))
    }
    var isFound = try deployment.destroy()
    if let bucket {
      let objects = try StoredObjects(in: bucket, environment: environment)
      isFound = isFound || objects.count > 0
      try remove(objects, isAgreed: options.isSet("yes"), console)
    }
    if !isFound {
      try console.print("There is nothing of the function \(function.forScreen).\n")
    }
    return .success
  }

  private static func remove(
    _ objects: StoredObjects, isAgreed: Bool, _ console: Console
  ) throws {
    guard objects.count > 0 else { return }
    let words = "\(Quantity.count(objects.count, "object")), \(Quantity.bytes(objects.bytes))"
    guard isAgreed || agrees("\(objects.place): remove \(words)? [y/N] ", console) else {
      return try console.print(
        DeployCommand.line("objects", "\(objects.place): \(words), left; --yes removes them"))
    }
    try objects.remove()
    try console.print(DeployCommand.line("objects", "\(objects.place): \(words), removed"))
  }

  /// Asks whoever sits at the terminal; nobody there is a no.
  private static func agrees(_ question: String, _ console: Console) -> Bool {
    guard isatty(STDIN_FILENO) == 1, isatty(STDERR_FILENO) == 1 else { return false }
    console.note(question.forScreen)
    return ["y", "yes"].contains((readLine() ?? "").lowercased())
  }
}
