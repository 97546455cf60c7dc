import BatchCore

extension DeployCommand {
  package static func run(
    _ invocation: Invocation, in context: CommandContext
  ) throws -> ExitCode {
    try checkPlace(invocation)
    let options = invocation.options
    let (program, tasks, needsRoom) = try program(for: options["for"], in: context)
    if let path = options["package-only"] {
      let package = try DeploymentPackage(program)
      try package.write(to: path)
      try context.console.print("package    \(path.forScreen): \(words(package))\n")
      return .success
    }
    guard let place = options["bucket"] else {
      throw TaskError(
        .usage,
        "deploy lambda needs --bucket s3://BUCKET/PREFIX, where batches and results are kept")
    }
    var settings = DeploymentSettings(bucket: try bucket(place), tasks: tasks)
    settings.function = options["function"] ?? settings.function
    settings.memoryMegabytes =
      try megabytes(options, "memory", DeploymentSettings.memoryRange) ?? settings.memoryMegabytes
    let range = DeploymentSettings.temporaryRange
    settings.temporaryMegabytes =
      try megabytes(options, "tmp-size", range)
      ?? (needsRoom ? range.upperBound : settings.temporaryMegabytes)
    settings.timeLimitSeconds = try timeLimit(options) ?? settings.timeLimitSeconds
    let prices = try RemoteSettings.prices(options) ?? .usual
    let console = context.console
    let deployment = try Deployment(
      function: settings.function, environment: AWSEnvironment(context.environment)
    ) { try console.print(line($0, $1)) }
    let package = try DeploymentPackage(program)
    if options.isSet("dry-run") {
      let lines = try deployment.rehearsal(settings, package)
      try console.print(lines.joined(separator: "\n") + "\n")
      return .success
    }
    try console.print(line("package", words(package)))
    try deployment.deploy(settings, package)
    try console.print(line("cost", cost(settings, prices)))
    return .success
  }

  /// A line about a thing.
  static func line(_ thing: String, _ phrase: String) -> String {
    thing + String(repeating: " ", count: max(1, 11 - thing.count)) + phrase.forScreen + "\n"
  }

  private static func words(_ package: DeploymentPackage) -> String {
    "\(Quantity.count(package.files, "file")), \(Quantity.bytes(package.zip.count)), "
      + "\(Quantity.bytes(package.unzippedBytes)) unpacked"
  }

  private static func cost(_ settings: DeploymentSettings, _ prices: LambdaPrices) -> String {
    let hour = Double(settings.memoryMegabytes) / 1024 * 3600 * prices.perGigabyteSecond
    let million = Quantity.dollars(prices.perRequest * 1e6)
    let second = Quantity.dollars(prices.perGigabyteSecond)
    return "nothing while it is not used; \(million) for a million requests and \(second) for a "
      + "gigabyte-second, which is \(Quantity.dollars(hour)) for an hour of one worker"
  }

  // MARK: - Options

  /// The program that has a task, all the tasks that it has, and whether these work on files that may be
  /// large.
  private static func program(
    for name: String?, in context: CommandContext
  ) throws(TaskError) -> (files: ProgramFiles, tasks: [String], needsRoom: Bool) {
    let own = context.plugins.map { $0.command.name }
    guard let name = name ?? own.first, !own.contains(name) else {
      return (try ProgramFiles(), own, false)
    }
    guard let sister = context.sister, sister.commands.contains(where: { $0.name == name }) else {
      throw UnknownWord(name, among: context.table.tasks.map(\.spec.name)).task
    }
    return (try ProgramFiles(of: sister.path), sister.commands.map(\.name), true)
  }

  /// The service counts in units of 1,024 kilobytes and calls them MB; so does whoever types `1769MB`.
  private static func megabytes(
    _ options: OptionValues, _ name: String, _ range: ClosedRange<Int>
  ) throws(TaskError) -> Int? {
    guard let bytes = options.byteCount(name) else { return nil }
    let megabytes = bytes % 1_000_000 == 0 ? bytes / 1_000_000 : (bytes + (1 << 20) - 1) >> 20
    guard range.contains(megabytes) else {
      throw TaskError(
        .usage,
        "the value of --\(name) is '\(options[name] ?? "")', but functions have "
          + "\(range.lowerBound)MB to \(range.upperBound)MB")
    }
    return megabytes
  }

  private static func timeLimit(_ options: OptionValues) throws(TaskError) -> Int? {
    guard let seconds = options.durationSeconds("timeout") else { return nil }
    guard let whole = Int(exactly: seconds), DeploymentSettings.timeLimitRange.contains(whole)
    else {
      throw TaskError(
        .usage,
        "the value of --timeout is '\(options["timeout"] ?? "")', but functions may take 1 to 900 "
          + "whole seconds")
    }
    return whole
  }
}
