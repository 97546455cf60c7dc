import BatchCore
import Commands
import Encode
import EncodeOptions
import Glibc
import Synchronization

/// The run of one video, from its preparation to its last line on the screen.
struct EncodeRun {
  private let invocation: Invocation
  private let input: String
  private let output: String
  private let settings: RunSettings
  private let context: CommandContext
  /// The signals of the process, for one video after the other.
  private static let interrupts = Interrupts()

  init(
    _ invocation: Invocation, _ pair: OutputNames.Pair, _ context: CommandContext
  ) throws {
    var options = invocation.options
    options.append(pair.output, for: "output")
    var one = invocation
    one.options = options
    self.invocation = one
    input = pair.input
    output = pair.output
    settings = try RunSettings(options)
    self.context = context
  }

  func carryOut() throws -> ExitCode {
    let target = try OutputTarget.resolve(output)
    guard case .file = target else {
      throw TaskError(
        .cannotRun,
        "\(output) is no file, and a video can only be finished in one; name a file with -o")
    }
    let workshop = try RunWorkshop(
      plugin: EncodePlugin.self, options: invocation.options, inputPath: input, target: target,
      typedOutput: output, limit: settings.limit, interrupts: Self.interrupts)
    guard let task = workshop.prepared.task as? EncodeTask else {
      preconditionFailure("the encoding plugin prepared another task")
    }
    let display = ProgressDisplay(
      console: context.console,
      terminal: Terminal.standardError(environment: context.environment),
      isShown: settings.showsProgress)
    let screen = FrameScreen(
      display: display, settings: settings, console: context.console, task: task)
    for note in workshop.prepared.notes { screen.note(note) }
    var configuration = TaskCommand.configuration(settings, Self.interrupts)
    // A chunk at a time: a worker that dies loses one, and the last ones spread over all workers.
    configuration.batchSize = settings.batchSize ?? 1
    let session = RunSession(
      prepared: workshop.prepared, identity: workshop.identity, target: target,
      directory: workshop.directory, configuration: configuration, observer: screen)
    // The workshop holds the copy of an input that is a stream.
    let outcome = try withExtendedLifetime(workshop) { try session.run() }
    display.finish()
    return report(outcome, task)
  }

  private func report(_ outcome: RunOutcome, _ task: EncodeTask) -> ExitCode {
    var isStopped = false
    if case .stopped = outcome.ending { isStopped = true }
    if isStopped || !settings.quiet && !settings.json {
      let lines = EncodeReport(job: task.job).summary(
        outcome, encoded: task.frames.value, resume: resumeCommand)
      for line in lines { context.console.complain(line) }
    }
    return ExitCode(rawValue: outcome.exitCode)
  }

  /// The command line that continues the run of this video.
  private var resumeCommand: String {
    var words = ["batchrun", invocation.command, input, "-o", output]
    for name in invocation.options.values.keys.sorted() where name != "output" && name != "fresh" {
      let isFlag =
        context.table.entry(named: invocation.command)?.options
        .first { $0.name == name }?.kind == .flag
      for value in invocation.options.all(name) { words += ["--\(name)"] + (isFlag ? [] : [value]) }
    }
    return words.map(Self.quoted).joined(separator: " ")
  }

  private static func quoted(_ word: String) -> String {
    let isPlain =
      !word.isEmpty && word.allSatisfy { $0.isLetter || $0.isNumber || "-_./:=,+@%".contains($0) }
    return isPlain ? word : "'" + word.replacing("'", with: "'\\''") + "'"
  }
}

/// Shows a run in frames.
private final class FrameScreen: RunObserver {
  private let display: ProgressDisplay
  private let settings: RunSettings
  private let console: Console
  private let task: EncodeTask
  private let report: EncodeReport
  private let rate = Mutex(RateMeter())

  init(
    display: ProgressDisplay, settings: RunSettings, console: Console, task: EncodeTask
  ) {
    self.display = display
    self.settings = settings
    self.console = console
    self.task = task
    report = EncodeReport(job: task.job)
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
    let encoded = task.frames.value
    let rate = rate.withLock { $0.read(finishedItems: encoded, now: tally.elapsedSeconds) }
    display.update(report.progress(tally, encoded: encoded, rate: rate))
  }
}
