import BatchCore
import Commands
import Encode
import EncodeOptions
import Glibc

/// `batchrun frames`: makes the folder, and carries the run out as of any task.
enum FramesCommand {
  static func run(
    _ plugin: any TaskPlugin.Type, _ invocation: Invocation, in context: CommandContext
  ) throws -> ExitCode {
    guard let input = invocation.arguments.first else {
      throw TaskError(.usage, "frames needs a video")
    }
    let name = FileName(input)
    var folder = invocation.options["output"] ?? "\(name.folder)\(name.stem).frames"
    while folder.count > 1, folder.hasSuffix("/") { folder.removeLast() }
    if unsafe mkdir(folder, 0o777) != 0, errno != EEXIST {
      let reason = unsafe String(cString: strerror(errno))
      throw TaskError(.cannotRun, "the folder \(folder) cannot be made: \(reason)")
    }
    var one = invocation
    one.options.append("\(folder)/frames.jsonl", for: "output")
    if !one.options.isSet("batch-size") { one.options.append("1", for: "batch-size") }
    do {
      return try TaskCommand.run(plugin, one, in: context)
    } catch {
      // Only an empty folder goes.
      unsafe rmdir(folder)
      throw error
    }
  }
}
