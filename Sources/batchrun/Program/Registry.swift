import BatchCore
import BlackScholes
import Commands
import EncodeOptions
import Scrape

/// The tasks of this program, one line for each.
let taskRegistry: [any TaskPlugin.Type] = [PricePlugin.self, ScrapePlugin.self]

/// The commands besides the tasks, in the order of the help.
let commandRegistry: [any Subcommand.Type] = [
  PlanCommand.self, StatusCommand.self, VerifyCommand.self, DeployCommand.self,
  DestroyCommand.self, WorkerCommand.self,
]

/// The tasks of the program beside this one, which links with FFmpeg.
let encodeProgram = SisterProgram(
  name: "batchrun-encode", commands: [EncodeCommandSpec.command, FramesCommandSpec.command])
