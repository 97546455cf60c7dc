import BatchCore
import Commands
import Glibc

// A reader that goes away is an error of one write, not the end of the process.
_ = signal(SIGPIPE, SIG_IGN)

let application = Application(
  plugins: taskRegistry, commands: commandRegistry, sister: encodeProgram,
  runTask: TaskCommand.run)
let status = application.run(
  ProgramArguments.words, environment: Environment.variables(),
  console: .standard)
// Not `exit`, which takes libraries down that threads of fetchers and clients may still be using.
_exit(status.rawValue)
