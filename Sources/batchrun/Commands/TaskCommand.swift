package import BatchCore

/// A task's own command, such as `batchrun price FILE`: prepares the run and carries it out.
package enum TaskCommand {
  package static func run(
    _ plugin: any TaskPlugin.Type, _ invocation: Invocation, in context: CommandContext
  ) throws -> ExitCode {
    let interrupts = Interrupts()
    let settings = try RunSettings(invocation.options)
    guard let path = invocation.arguments.first else {
      throw TaskError(.usage, "\(plugin.command.name) needs an input file")
    }
    let target = try OutputTarget.resolve(settings.output)
    let display = ProgressDisplay(
      console: context.console,
      terminal: Terminal.standardError(environment: context.environment),
      isShown: settings.showsProgress && !Terminal.isShared(with: target))
    let screen = Screen(display: display, settings: settings, console: context.console)
    let workshop = try RunWorkshop(
      plugin: plugin, options: invocation.options, inputPath: path, target: target,
      typedOutput: settings.output, limit: settings.limit, places: settings.remote.places,
      interrupts: interrupts)
    for note in workshop.prepared.notes { screen.note(note) }
    let session = RunSession(
      prepared: workshop.prepared, identity: workshop.identity, target: target,
      directory: workshop.directory, configuration: configuration(settings, interrupts),
      observer: screen)
    // The workshop holds the copy of an input that is a stream.
    let outcome = try withExtendedLifetime(workshop) { try session.run() }
    display.finish()
    return report(outcome, workshop.prepared.marks, settings, context.console)
  }

  package static func configuration(
    _ settings: RunSettings, _ interrupts: Interrupts
  ) -> RunConfiguration {
    var result = RunConfiguration(
      // Next to remote workers, which a number given is that of, this machine uses all its cores.
      workers: (settings.remote.places.count > 1 ? nil : settings.workers)
        ?? AvailableCores.count,
      workerCommand: ["/proc/self/exe", "worker"])
    result.batchSize = settings.batchSize
    result.timeoutSeconds = settings.timeoutSeconds
    result.retry = RetryPolicy(retries: settings.retries)
    result.failureBudget = settings.maxFailures
    result.isFresh = settings.fresh
    result.retriesFailed = settings.retryFailed
    result.interrupts = interrupts
    result.places = settings.remote.places
    if !settings.remote.copiesSlowBatches { result.speculation = nil }
    result.mostDollars = settings.remote.mostDollars
    result.mostOverheadShare = settings.remote.mostOverheadShare
    result.earlierTimes = EarlierTimes.folder(Environment.variables())
    return result
  }

  private static func report(
    _ outcome: RunOutcome, _ marks: [RecordMark], _ settings: RunSettings, _ console: Console
  ) -> ExitCode {
    if case .stopped(let sentence) = outcome.ending {
      console.complain(sentence)
    } else if !settings.quiet, !settings.json {
      for line in SummaryText(RunSummary(outcome, marks)).lines { console.complain(line) }
    }
    return ExitCode(rawValue: outcome.exitCode)
  }
}

// MARK: - What the user sees

/// Shows a run on the terminal, or as JSON Lines.
private final class Screen: RunObserver {
  private let display: ProgressDisplay
  private let settings: RunSettings
  private let console: Console
  private let meter = ProgressMeter()

  init(display: ProgressDisplay, settings: RunSettings, console: Console) {
    self.display = display
    self.settings = settings
    self.console = console
  }

  func note(_ sentence: String) {
    guard !settings.quiet, !settings.json else { return }
    display.note(sentence)
  }

  func event(_ line: String) {
    if settings.json { console.note(line) }
  }

  func progress(_ tally: RunTally) {
    guard settings.showsProgress else { return }
    display.update(meter.progress(tally))
  }
}

extension RunSummary {
  /// The summary of a run that was not stopped by an error.
  init(_ outcome: RunOutcome, _ marks: [RecordMark]) {
    let ending: Ending =
      switch outcome.ending {
      case .complete: outcome.wasFinished ? .alreadyFinished : .finished
      case .budgetPassed: .stoppedByFailures
      case .interrupted, .stopped: .interrupted
      }
    let tally = outcome.tally
    self.init(
      ending: ending, totalItems: tally.total, finishedItems: tally.done,
      failures: tally.failuresByCode.sorted { $0.key < $1.key }.map {
        FailureCount(code: ItemFailure.Code(rawValue: $0.key), items: $0.value)
      },
      resumedItems: tally.resumed, batches: outcome.batches,
      elapsedSeconds: tally.elapsedSeconds, outputBytes: tally.outputBytes,
      outputPath: outcome.outputPath, runDirectory: outcome.runDirectory,
      remarks: zip(marks, tally.marks).filter { $1 > 0 }.map { mark, items in
        Remark(items: items, phrase: items == 1 ? mark.singular : mark.phrase)
      }, dollars: tally.dollars)
    (copies, copiesWon) = (tally.copies, tally.copiesWon)
  }
}
