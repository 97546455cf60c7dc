import BatchCore

extension PlanCommand {
  package static func run(
    _ invocation: Invocation, in context: CommandContext
  ) throws -> ExitCode {
    let settings = try PlanSettings(invocation.options)
    switch try PlanSubject(invocation) {
    case .scenario(let path):
      var scenario = try scenario(path)
      scenario.mostOverheadShare = settings.mostOverheadShare
      let answer = Simulation.run(scenario, batchSize: settings.batchSize)
      try context.console.print(settings.json ? answer.json + "\n" : words(answer))
    case .task(let name, let input):
      guard let plugin = context.plugin(named: name.rawValue) else {
        throw TaskError(.usage, "there is no task \(name)")
      }
      let shares = try settings.places.map { place in
        MixedPlan.Share(
          place: place,
          plan: try plan(
            plugin, input, invocation.options, settings.at(place), context.console))
      }
      try context.console.print(text(shares, settings))
      return shares.contains { $0.plan.refusal == nil } ? .success : .notCarriedOut
    }
    return .success
  }

  private static func text(_ shares: [MixedPlan.Share], _ settings: PlanSettings) -> String {
    guard shares.count == 1 else {
      let plan = MixedPlan(shares)
      return (settings.json ? plan.json : plan.lines.joined(separator: "\n")) + "\n"
    }
    let plan = shares[0].plan
    return (settings.json ? plan.json : plan.description) + "\n"
  }

  private static func scenario(_ path: String) throws -> Scenario {
    do {
      return try Scenario(json: TextFile.read(path))
    } catch let error as ScenarioError {
      throw TaskError(.cannotRun, "\(path): \(error)")
    }
  }

  private static func words(_ answer: Simulation.Answer) -> String {
    let cold = answer.batches.count { $0.isCold }
    var lines = [
      "Time       \(Quantity.seconds(answer.makespanSeconds)) until the last batch ends",
      "Billed     \(Quantity.seconds(answer.billedSeconds)) of all workers together",
      "Batches    \(Quantity.count(answer.batches.count)), \(Quantity.count(cold)) of them cold",
      "Killed     \(Quantity.count(answer.limitKills)) by the time limit",
    ]
    if !answer.exceedsLimit.isEmpty {
      lines.append(
        "Failed     \(Quantity.count(answer.exceedsLimit.count, "item")) too long for any worker")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func plan(
    _ plugin: any TaskPlugin.Type, _ path: String, _ options: OptionValues,
    _ settings: PlanSettings, _ console: Console
  ) throws -> Plan {
    // A plan writes nothing: the copy of a stream has no name.
    let spool = try InputSpool(
      path: path, directory: Environment.variables()["TMPDIR"] ?? "/tmp")
    defer { withExtendedLifetime(spool) {} }
    let prepared = try plugin.prepare(
      TaskRequest(
        options: options, input: spool?.file ?? InputFile(path: path, displayName: path),
        limit: settings.limit))
    if !settings.json, settings.place == settings.places.first {
      for note in prepared.notes { console.complain(note) }
    }
    if let estimate = prepared.estimate, let order = prepared.source.dispatchOrder {
      return plan(prepared, estimate, order, settings)
    }
    return Planner.plan(
      items: prepared.source.count, model: try model(prepared, settings), limits: limits(settings),
      batchSize: settings.batchSize)
  }

  /// The plan of a task whose items are not to be tried.
  private static func plan(
    _ prepared: PreparedTask, _ estimate: RunEstimate, _ order: DispatchOrder,
    _ settings: PlanSettings
  ) -> Plan {
    var limits = limits(settings)
    let items = prepared.source.count
    let workers = limits.workers
    let lanes = order.lanes.count
    // Batches wait side by side within a process, and one after another in workers elsewhere.
    let isShared = !settings.describesOthers
    limits.workers = max(1, min(lanes, isShared ? workers * prepared.task.overlap : workers))
    limits.workersWait = isShared
    // What computes at once is bounded by the processors, which those that wait do not use.
    let share = isShared ? max(1, Double(limits.workers) / Double(workers)) : 1
    let pace = LanePace(
      WaitingItems.Lanes(order, batchesPerLane: 1),
      laneSeconds: zip(estimate.laneSeconds, order.lanes).map {
        max($0, estimate.workSecondsPerItem * Double($1.count) * share)
      },
      mostBatchItems: (try? prepared.source.prefix(of: 0..<items, fitting: .max)) ?? items)
    var model = CostModel.local(itemSeconds: pace.meanSeconds)
    let place = self.model(at: settings.place, prepared)
    model.startUpSeconds = place.startUpSeconds
    model.batchOverheadSeconds = place.batchOverheadSeconds
    if let startUp = settings.startUpSeconds { model.startUpSeconds = Figure(startUp, .given) }
    var plan = Planner.plan(
      items: items, model: model, limits: limits, batchSize: settings.batchSize, pace: pace)
    plan.guesses = estimate.guesses
    plan.measured = []
    plan.earlier = plan.earlier.filter { !$0.hasPrefix("time per item") }
    plan.details = estimate.lines
    if isShared {
      plan.workers = min(workers, plan.workers)
      plan.waves = (plan.batchCount + plan.workers - 1) / max(1, plan.workers)
    } else if workers > lanes {
      plan.notes.append(
        "\(estimate.laneReason): more than \(Quantity.count(lanes, "worker")) would have nothing to do."
      )
    }
    return plan
  }

  /// The workers at hand, or those that the options describe.
  private static func limits(_ settings: PlanSettings) -> ExecutorLimits {
    if settings.place == "lambda" { return lambdaLimits(settings) }
    let cores = settings.place == "slurm" ? 100 : AvailableCores.count
    let workers = settings.workers ?? cores
    var limits = ExecutorLimits.local(workers: workers)
    guard settings.describesOthers else { return limits }
    if settings.place == "slurm" {
      limits.timeLimitSeconds = SlurmSettings.usualTimeLimitSeconds
      limits.minimumBatchSeconds = 1
    }
    limits.targetOverheadShare = 0.10
    limits.keepOverhead(below: settings.mostOverheadShare)
    limits.timeLimitSeconds = settings.timeLimitSeconds ?? limits.timeLimitSeconds
    limits.marginSeconds = min(15, (limits.timeLimitSeconds ?? 0) * 0.05)
    if let bytes = settings.workerMemoryBytes {
      limits.memoryBytes = bytes
      limits.price = .lambda(gigabytes: Double(bytes) / 1e9)
    }
    return limits
  }

  /// Functions as `batchrun deploy lambda` makes them, unless the options say otherwise.
  private static func lambdaLimits(_ settings: PlanSettings) -> ExecutorLimits {
    let gigabytes = settings.workerMemoryBytes.map { Double($0) / 1e9 } ?? 1.769
    var limits = ExecutorLimits.lambda(workers: settings.workers ?? 1000, gigabytes: gigabytes)
    limits.keepOverhead(below: settings.mostOverheadShare)
    // Large inputs travel through the bucket.
    limits.payloadBytes = min(64 << 20, Int(gigabytes * 1e9) / 8)
    if let limit = settings.timeLimitSeconds {
      limits.timeLimitSeconds = limit
      limits.marginSeconds = min(15, limit * 0.05)
    }
    if let prices = settings.prices {
      limits.price = Price(
        perRequestDollars: prices.perRequest, perGigabyteSecondDollars: prices.perGigabyteSecond,
        workerGigabytes: gigabytes)
    }
    return limits
  }

  /// What a batch costs at a place, by earlier runs there where there were any.
  private static func model(at place: String, _ prepared: PreparedTask) -> CostModel {
    var model =
      switch place {
      case "slurm": SlurmExecutor.usualModel
      case "lambda": LambdaExecutor.usualModel
      default: CostModel.local()
      }
    if place != "local", let folder = EarlierTimes.folder(Environment.variables()) {
      EarlierTimes(folder: folder, place: place, task: prepared.name)
        .apply(to: &model, options: EarlierTimes.options(of: prepared))
    }
    return model
  }

  private static func model(_ prepared: PreparedTask, _ settings: PlanSettings) throws -> CostModel
  {
    let probe = try LocalProbe(prepared, seconds: 0.6)
    var model = model(at: settings.place, prepared)
    // What was measured there says more than a look at the items here.
    if probe.times.count > 0, model.itemProvenance == .guess {
      model.assume(probe.times, .probe)
    }
    model.outputBytes = Figure(probe.outputBytesPerItem, .probe)
    let items = max(1, prepared.source.count)
    model.inputBytes = Figure(Double(prepared.source.byteCount) / Double(items), .measured)
    if let startUp = settings.startUpSeconds { model.startUpSeconds = Figure(startUp, .given) }
    return model
  }
}

extension PlanSettings {
  /// The same for one of its places alone; where there are more, a number of workers is that of the
  /// remote ones.
  func at(_ place: String) -> PlanSettings {
    var one = self
    one.place = place
    if places.count > 1, place == "local" { one.workers = nil }
    return one
  }

  /// Whether the workers are not the threads of this machine.
  var describesOthers: Bool {
    place != "local" || startUpSeconds != nil || timeLimitSeconds != nil || workerMemoryBytes != nil
  }
}
