import Glibc

/// Works out a plan: a run of the dispatcher on a virtual clock with likely item times.
package enum Planner {
  /// Drawn runs behind the 90 % band.
  private static let draws = 40

  /// The plan for `items` items.
  ///
  /// - Parameter pace: How fast each lane can be; of each, one batch is out at once.
  ///
  /// Pure: the same arguments give the same plan.
  ///
  /// - Complexity: O(batches), some forty times; plans of many batches draw fewer runs.
  package static func plan(
    items: Int, model: CostModel, limits: ExecutorLimits, objective: Objective = .time,
    batchSize: Int? = nil, pace: LanePace? = nil
  ) -> Plan {
    var plan = Plan(model: model)
    plan.itemCount = items
    plan.objective = objective
    plan.guesses = figures(of: model, .guess)
    plan.measured = figures(of: model, .probe) + figures(of: model, .measured)
    plan.earlier = figures(of: model, .history)
    plan.refusal = refusal(model, limits)
    guard items > 0, plan.refusal == nil else { return plan }
    var limits = limits
    if limits.price != nil {
      plan.priceCurve = PriceCurve.points(
        items: items, model: model, limits: limits, batchSize: batchSize, pace: pace)
      if objective == .money, let point = plan.priceCurve.first(where: { $0.isCheapest }) {
        limits.workers = point.workers
      }
    }
    let offered = limits.workers
    limits.workers = enoughWorkers(items: items, model: model, limits: limits)
    let likely = LikelyRun(
      items: items, model: model, limits: limits, batchSize: batchSize, pace: pace)
    fill(&plan, from: likely.expected(), limits: limits)
    fillBands(&plan, likely, limits)
    plan.notes = notes(plan, limits, batchSize: batchSize)
    if limits.workers < offered {
      let workers = limits.workers == 1 ? "1 worker is" : "\(limits.workers) workers are"
      plan.notes.append(
        "\(workers) enough: all \(offered) would end less than 2 % sooner, and pay for more start-ups."
      )
    }
    return plan
  }

  /// The fewest workers with which the run ends at most 2 % later than with all of them.
  ///
  /// Each pays its start-up; with a ramp, worker k begins k / ramp seconds late. Where start-up and
  /// overhead keep their target share, all workers are worth their start.
  private static func enoughWorkers(
    items: Int, model: CostModel, limits: ExecutorLimits
  ) -> Int {
    guard model.startUpSeconds.value > 0 else { return limits.workers }
    let work = Double(items) * model.items.meanSeconds
    func seconds(_ workers: Int) -> Double {
      let late = limits.rampPerSecond.map { Double(workers) / $0 / 2 } ?? 0
      return model.setUpSeconds(.cold) + work / Double(workers) + late
    }
    let most = min(limits.workers, items)
    let setUp = model.setUpSeconds(.cold)
    let share = setUp / (setUp + work / Double(most))
    guard share > limits.targetOverheadShare else { return limits.workers }
    let best = (0...64).map { seconds(max(1, most * $0 / 64)) }.min() ?? seconds(most)
    var (low, high) = (1, most)
    guard seconds(most) <= 1.02 * best else { return limits.workers }
    while low < high {
      let middle = (low + high) / 2
      if seconds(middle) <= 1.02 * best { high = middle } else { low = middle + 1 }
    }
    return low
  }

  private static func fill(_ plan: inout Plan, from run: LikelyRun.Course, limits: ExecutorLimits) {
    plan.batches = run.batches
    plan.batchCount = run.batchCount
    plan.workers = run.workers
    plan.waves = run.waves
    plan.usualBatchItems = run.usualBatchItems
    plan.reason = run.reason
    plan.expectedSeconds = run.seconds
    plan.billedSeconds = run.billedSeconds
    plan.overheadShare = run.billedSeconds > 0 ? 1 - run.workSeconds / run.billedSeconds : 0
    plan.dollars = limits.price?.dollars(
      requests: Double(run.batchCount), billedSeconds: run.billedSeconds)
  }

  /// The middle and the 90 % bands of drawn runs; of very many batches only the mean is unsure.
  private static func fillBands(_ plan: inout Plan, _ likely: LikelyRun, _ limits: ExecutorLimits) {
    let affordable = 100_000 / max(1, plan.batchCount)
    let runs = affordable < 5 ? 0 : min(draws, affordable)
    let courses = (0..<runs).map { likely.drawn(seed: UInt64($0)) }
    let time = Band(
      courses.map(\.seconds), expected: plan.expectedSeconds, unsure: likely.meanUncertainty)
    plan.expectedSeconds = time.middle
    plan.lowSeconds = time.low
    // What the draws do not know of: how long the last item takes.
    plan.highSeconds = time.high + 0.5 * min(likely.model.items.maxSeconds, time.middle)
    guard let price = limits.price else { return }
    let dollars = { (course: LikelyRun.Course) in
      price.dollars(requests: Double(course.batchCount), billedSeconds: course.billedSeconds)
    }
    let cost = Band(
      courses.map(dollars), expected: plan.dollars ?? 0, unsure: likely.meanUncertainty)
    plan.dollars = cost.middle
    (plan.lowDollars, plan.highDollars) = (cost.low, cost.high)
  }

  /// The middle of drawn values, and what holds 90 % of them.
  private struct Band {
    var middle: Double
    var low: Double
    var high: Double

    /// - Parameters:
    ///   - expected: The middle where nothing was drawn.
    ///   - unsure: The relative error of the mean, which drawn values have in them already.
    init(_ values: [Double], expected: Double, unsure: Double) {
      let sorted = values.sorted()
      middle = sorted.isEmpty ? expected : sorted[sorted.count / 2]
      let middle = middle
      let squares = sorted.reduce(0) { $0 + ($1 - middle) * ($1 - middle) }
      let deviation =
        sorted.isEmpty ? unsure * middle : (squares / Double(sorted.count)).squareRoot()
      let half = NormalScore.band * deviation
      // Times depend on each other more than the draws know.
      let alike = 0.05 * middle
      low = max(0, min(sorted.first ?? middle, middle - half * 0.5) - alike)
      let highest = sorted.isEmpty ? middle : sorted[sorted.count - 1 - sorted.count / 20]
      high = max(highest, middle + half) + alike
    }
  }

  // MARK: - Words

  /// The figures that come from somewhere, with their values.
  private static func figures(of model: CostModel, _ provenance: Provenance) -> [String] {
    var figures: [String] = []
    if model.itemProvenance == provenance {
      figures.append("time per item (\(Quantity.seconds(model.items.meanSeconds)))")
    }
    if model.startUpSeconds.provenance == provenance {
      figures.append("start-up (\(Quantity.seconds(model.startUpSeconds.value)))")
    }
    if model.batchOverheadSeconds.provenance == provenance {
      figures.append("overhead per batch (\(Quantity.seconds(model.batchOverheadSeconds.value)))")
    }
    return figures
  }

  private static func refusal(_ model: CostModel, _ limits: ExecutorLimits) -> String? {
    guard let limit = limits.timeLimitSeconds else { return nil }
    let needed = model.setUpSeconds(.cold) + model.items.meanSeconds
    guard needed > limits.deadlineSeconds else { return nil }
    let costs =
      "An item takes about \(Quantity.seconds(model.items.meanSeconds)) and start-up "
      + "\(Quantity.seconds(model.setUpSeconds(.cold))): more than the time limit of "
      + Quantity.seconds(limit)
    // Where the limit alone would do, it is the margin that the user has to know of.
    guard needed <= limit else { return costs + " holds. Raise the limit or split the items." }
    let margin = Quantity.seconds(limits.marginSeconds)
    return costs + " leaves after the margin of \(margin) that a worker keeps to return its "
      + "results. Raise the limit."
  }

  private static func notes(_ plan: Plan, _ limits: ExecutorLimits, batchSize: Int?) -> [String] {
    var notes: [String] = []
    let model = plan.model
    if let limit = limits.timeLimitSeconds,
      model.items.maxSeconds + model.setUpSeconds(.cold) > limits.deadlineSeconds
    {
      let fits = model.items.maxSeconds + model.setUpSeconds(.cold) <= limit
      let margin = Quantity.seconds(limits.marginSeconds)
      notes.append(
        "The longest items (\(Quantity.seconds(model.items.maxSeconds))) do not fit the time limit "
          + "of \(Quantity.seconds(limit))"
          + (fits
            ? " less the \(margin) that a worker keeps to return its results, and may fail."
            : " and will fail."))
    }
    if plan.overheadShare > limits.targetOverheadShare {
      notes.append(
        "Start-up and overhead take \(Quantity.percent(plan.overheadShare)) of the workers' time, "
          + "more than \(Quantity.percent(limits.targetOverheadShare)), because "
          + because(plan, limits, batchSize: batchSize) + ".")
    }
    return notes
  }

  private static func because(
    _ plan: Plan, _ limits: ExecutorLimits, batchSize: Int?
  ) -> String {
    if let share = limits.mostOverheadShare, plan.reason != .given, plan.reason != .payload {
      return OverheadBound(
        share: share, model: plan.model, limits: limits, items: plan.itemCount,
        workers: plan.workers
      ).words
    }
    return switch plan.reason {
    case .given: "the batch size is given (\(batchSize ?? 0))"
    case .timeLimit: "the time limit allows no larger batch"
    case .payload: "the payload limit allows no larger batch"
    case .probe, .overhead, .balance, .caution:
      "all the work is only \(Quantity.seconds((1 - plan.overheadShare) * plan.billedSeconds)), and "
        + "fewer workers would end later"
    }
  }
}

extension Plan.PricePoint {
  package var isFastest: Bool { names.contains("fastest") }
  package var isCheapest: Bool { names.contains("cheapest") }
  package var isKnee: Bool { names.contains("knee") }
}
