import BatchCore
import Commands
import Encode
import EncodeOptions

/// `batchrun plan encode`: the chunks, the time and the size, from a few frames that are tried.
enum EncodePlanCommand: Subcommand {
  static let entry = PlanCommand.entry

  static func run(_ invocation: Invocation, in context: CommandContext) throws -> ExitCode {
    let settings = try PlanSettings(invocation.options)
    guard invocation.task == EncodePlugin.command.name else {
      throw TaskError(.usage, "only encode has a plan of its frames; frames takes minutes at most")
    }
    guard let input = invocation.arguments.first else {
      throw TaskError(.usage, "plan encode needs the video")
    }
    let codec = invocation.options["codec"].flatMap(VideoCodec.init) ?? .x264
    var options = invocation.options
    if !options.isSet("output") {
      options.append(OutputNames.beside(input, codec: codec), for: "output")
    }
    // A plan writes nothing: the copy of a stream is gone when it is made.
    let spool = try InputSpool(path: input, directory: context.environment["TMPDIR"] ?? "/tmp")
    defer { withExtendedLifetime(spool) {} }
    let prepared = try EncodePlugin.prepare(
      TaskRequest(
        options: options, input: spool?.file ?? InputFile(path: input, displayName: input),
        limit: settings.limit))
    guard let task = prepared.task as? EncodeTask else {
      preconditionFailure("the encoding plugin prepared another task")
    }
    let forecast = try EncodeForecast(
      job: task.job, workers: settings.workers ?? AvailableCores.count,
      timeLimitSeconds: settings.timeLimitSeconds, fileBytes: prepared.source.byteCount)
    if settings.json {
      try context.console.print(forecast.json + "\n")
    } else {
      for note in prepared.notes { context.console.complain(note) }
      try context.console.print(forecast.lines.joined(separator: "\n") + "\n")
    }
    return forecast.refusal == nil ? .success : .notCarriedOut
  }
}
