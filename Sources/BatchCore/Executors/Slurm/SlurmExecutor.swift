/// Runs batches in the tasks of Slurm job arrays, which take them out of a shared directory.
package final class SlurmExecutor: Executor {
  package var name: String { "slurm" }
  package let limits: ExecutorLimits
  package var isRemote: Bool { true }
  package let leftovers: [Part]
  private let thread = RemoteThread<SlurmRun>()
  private let commands: SlurmCommands
  private let jobs: Shared<[String]>

  /// Looks at the cluster and the share, and puts the program there.
  ///
  /// - Throws: `TaskError` when either cannot be used.
  init(_ settings: SlurmSettings, _ context: ExecutorContext) throws(TaskError) {
    let commands = SlurmCommands(settings: settings)
    let tasks: Int
    do throws(SlurmCommands.Refusal) {
      let processors = try commands.processors()
      tasks = settings.tasks ?? min(processors, Self.mostTasks)
    } catch {
      throw TaskError(.cannotRun, "--on slurm: \(error)")
    }
    limits = ExecutorLimits(
      workers: tasks, timeLimitSeconds: settings.timeLimitSeconds,
      marginSeconds: settings.marginSeconds, payloadBytes: Self.payloadBytes,
      minimumBatchSeconds: 1, handOverSeconds: 0.2)
    self.commands = commands
    let run: SlurmRun
    do throws(BlobFailure) {
      leftovers = try Self.takeOver(commands, context.run)
      run = try SlurmRun(commands: commands, tasks: tasks, context)
    } catch {
      throw TaskError(.cannotRun, "--share \(settings.share): \(error)")
    }
    jobs = run.jobs
    thread.start(run, name: "batchrun-slurm")
  }

  /// Ends the workers of an earlier process of the run, and reads what they have left; it stays there
  /// until this run ends.
  private static func takeOver(
    _ commands: SlurmCommands, _ run: RunID
  ) throws(BlobFailure) -> [Part] {
    let store = try DirectoryStore(settings: commands.settings)
    let earlier = try EarlierSessions(store: store, run: run)
    commands.cancel(earlier.jobs)
    return try earlier.parts()
  }

  /// More at once are asked for with `--workers`.
  private static let mostTasks = 256
  /// A worker holds the input of a batch in memory.
  private static let payloadBytes = 64 << 20

  package func submit(_ order: BatchOrder) { thread.inbox.post(.run(order)) }

  package func committed(_ batches: [BatchIndex]) { thread.inbox.post(.committed(batches)) }

  package func drain() { thread.inbox.post(.drain) }

  package func abandon() { commands.cancel(jobs.value) }

  package func shutDown(isCommitted: Bool) { thread.shutDown(isCommitted: isCommitted) }

  /// What a cluster costs before anything was measured: a task waits for the scheduler, and a batch
  /// for the directory.
  package var model: CostModel { Self.usualModel }

  package static var usualModel: CostModel {
    CostModel(
      startUpSeconds: Figure(2, .guess), batchOverheadSeconds: Figure(0.3, .guess),
      items: ItemTimes(count: 1, mean: 1e-3, deviation: 1e-3), itemProvenance: .guess)
  }
}
