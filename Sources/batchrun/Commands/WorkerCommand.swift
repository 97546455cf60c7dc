import BatchCore

/// `batchrun worker`: what a child process that runs batches is started with.
package enum WorkerCommand {
  package static let entry = CommandEntry(
    CommandSpec(
      name: "worker",
      summary: "Run batches that another batchrun hands over",
      arguments: [
        ArgumentSpec("MESSAGE", help: "What is handed over.", isRequired: false)
      ]),
    isHidden: true)
}
