import BatchCore
import Commands
import Encode
import EncodeShims
import Glibc

// A reader that goes away is an error of one write, not the end of the process.
_ = signal(SIGPIPE, SIG_IGN)

batchrun_keep_memory()

let application = Application(
  plugins: [EncodePlugin.self, FramesPlugin.self],
  commands: [EncodePlanCommand.self, WorkerCommand.self],
  runTask: { plugin, invocation, context in
    invocation.command == FramesPlugin.command.name
      ? try FramesCommand.run(plugin, invocation, in: context)
      : try EncodeCommand.run(plugin, invocation, in: context)
  })
let status = application.run(
  ProgramArguments.words, environment: Environment.variables(),
  console: .standard)
// Not `exit`, which takes libraries down that threads of fetchers and clients may still be using.
_exit(status.rawValue)
