import BatchCore
import Commands

/// `batchrun encode`: prepares the run of each video and carries it out.
enum EncodeCommand {
  static func run(
    _ plugin: any TaskPlugin.Type, _ invocation: Invocation, in context: CommandContext
  ) throws -> ExitCode {
    var one = invocation
    if !one.options.isSet("batch-size") { one.options.append("1", for: "batch-size") }
    return try TaskCommand.run(plugin, one, in: context)
  }
}
