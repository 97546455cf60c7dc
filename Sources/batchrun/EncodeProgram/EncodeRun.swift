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
  /// The number of the video among those of the command.
  private let number: Int
  private let restart: CrashRestart
  /// The signals of the process, for one video after the other.
  private static let interrupts = Interrupts()

  init(
    _ invocation: Invocation, _ pair: OutputNames.Pair, number: Int, _ restart: CrashRestart,
    _ context: CommandContext
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
    self.number = number
    self.restart = restart
  }

  func carryOut() throws -> ExitCode {
    restart.begin(video: number)
    let target = try OutputTarget.resolve(output)
    guard case .file = target else {
      throw TaskError(
        .cannotRun,
        "\(output) is no file, and a video can only be finished in one; name a file with -o")
    }
    let workshop = try prepare(target)
    guard let task = workshop.prepared.task as? EncodeTask else {
      preconditionFailure("the encoding plugin prepared another task")
    }
    let display = ProgressDisplay(
      console: context.console,
      terminal: Terminal.standardError(environment: context.environment),
      isShown: settings.showsProgress)
    let screen = FrameScreen(
      display: display, settings: settings, console: context.console, task: task)
    if number == restart.video {
      screen.note(
        "an encoder crashed; the chunks that were under way run alone now, each in its own process")
    }
    for note in workshop.prepared.notes { screen.note(note) }
    var configuration = TaskCommand.configuration(settings, Self.interrupts)
    // What was begun anew before a crash is continued after it.
    if let crashed = restart.video, number <= crashed { configuration.isFresh = false }
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

  /// Prepares the run, and shows how the index grows meanwhile.
  private func prepare(_ target: OutputTarget) throws -> RunWorkshop {
    let display = ProgressDisplay(
      console: context.console,
      terminal: Terminal.standardError(environment: context.environment),
      isShown: settings.showsProgress)
    defer { display.finish() }
    let clock = MonotonicClock()
    let show: IndexProgress.Listener = { phase, done, total in
      var progress = RunProgress(
        totalItems: total / 1_000_000, finishedItems: done / 1_000_000,
        elapsedSeconds: clock.now, itemsPerSecond: Double(done) / 1e6 / max(1e-3, clock.now))
      progress.unit = "megabyte"
      progress.remarks = [phase.rawValue]
      display.update(progress)
    }
    return try IndexProgress.tell(show) {
      try RunWorkshop(
        plugin: EncodePlugin.self, options: invocation.options, inputPath: input, target: target,
        typedOutput: output, limit: settings.limit, interrupts: Self.interrupts)
    }
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
  /// The frames that were encoded elsewhere, which are known when their chunk is finished.
  private let framesElsewhere = Mutex(0)
  /// The bytes of an earlier process; nil before the first look.
  private let earlierBytes = Mutex<Int?>(nil)

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
    let here = task.frames.value
    let encoded = framesElsewhere.withLock { frames in
      frames = max(frames, report.framesElsewhere(tally, encoded: here))
      return here + frames
    }
    let rate = rate.withLock { $0.read(finishedItems: encoded, now: tally.elapsedSeconds) }
    // Chunks that wait for an earlier one are finished too; those of child processes only count later.
    let earlier = earlierBytes.withLock { bytes in
      if bytes == nil { bytes = tally.outputBytes }
      return bytes ?? 0
    }
    let bytes = max(tally.outputBytes, earlier + task.bytes.value)
    display.update(report.progress(tally, encoded: encoded, bytes: bytes, rate: rate))
  }
}
