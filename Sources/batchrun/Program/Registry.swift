import BatchCore
import Commands

/// The tasks of this program, one line for each.
let taskRegistry: [any TaskPlugin.Type] = []

/// The commands besides the tasks, in the order of the help.
let commandRegistry: [any Subcommand.Type] = []
