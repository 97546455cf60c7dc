/// Where a figure of the cost model comes from.
package enum Provenance: String, Sendable, Equatable {
  /// Nobody knows; a stated assumption.
  case guess
  /// A few items were run to find out.
  case probe
  /// An earlier run measured it.
  case history
  /// This run measured it.
  case measured
  /// The user stated it.
  case given
}

/// A number of the cost model together with where it comes from.
package struct Figure: Sendable, Equatable {
  package private(set) var value: Double
  package private(set) var provenance: Provenance
  /// The measurements behind a measured value.
  private var weight = 0

  package init(_ value: Double, _ provenance: Provenance) {
    self.value = value
    self.provenance = provenance
  }

  /// Takes in a measurement: the first replaces what was assumed, later ones are averaged, the
  /// last 32 counting most.
  package mutating func measured(_ new: Double) {
    weight = min(weight + 1, 32)
    value += (new - value) / Double(weight)
    provenance = .measured
  }
}

/// What a batch costs: start-up, overhead, and the time and bytes of an item.
package struct CostModel: Sendable, Equatable {
  /// The start of a cold worker, in seconds.
  package var startUpSeconds: Figure
  /// What every batch costs besides its items (submit, fetch, commit), in seconds.
  package var batchOverheadSeconds: Figure
  /// The times of single items; `itemProvenance` says whose.
  package private(set) var items: ItemTimes
  package private(set) var itemProvenance: Provenance
  /// The bytes of one item's input.
  package var inputBytes: Figure
  /// The bytes of one item's result.
  package var outputBytes: Figure

  package init(
    startUpSeconds: Figure, batchOverheadSeconds: Figure, items: ItemTimes,
    itemProvenance: Provenance, inputBytes: Figure = Figure(0, .guess),
    outputBytes: Figure = Figure(0, .guess)
  ) {
    self.startUpSeconds = startUpSeconds
    self.batchOverheadSeconds = batchOverheadSeconds
    self.items = items
    self.itemProvenance = itemProvenance
    self.inputBytes = inputBytes
    self.outputBytes = outputBytes
  }

  /// The model of threads within this process before anything was measured.
  ///
  /// A thread starts in no time worth counting; `itemSeconds` is the task's own guess.
  package static func local(itemSeconds: Double = 1e-3, inputBytes: Figure = Figure(0, .guess))
    -> CostModel
  {
    CostModel(
      startUpSeconds: Figure(0, .given), batchOverheadSeconds: Figure(50e-6, .guess),
      items: ItemTimes(count: 1, mean: itemSeconds, deviation: itemSeconds),
      itemProvenance: .guess, inputBytes: inputBytes)
  }

  /// Whether anything at all is known of the time of an item.
  package var knowsItems: Bool { itemProvenance != .guess }

  /// What a batch costs before its first item, in seconds.
  package func setUpSeconds(_ state: WorkerState) -> Double {
    batchOverheadSeconds.value + (state == .cold ? startUpSeconds.value : 0)
  }

  /// An upper estimate of one item, in seconds, for the worker's deadline.
  package var guardSeconds: Double { items.upperSeconds }

  // MARK: - Learning

  /// Replaces what is assumed of the items by what a probe, an earlier run or the user says.
  package mutating func assume(_ times: ItemTimes, _ provenance: Provenance) {
    items = times
    itemProvenance = provenance
  }

  /// Takes in the times of finished items of this run.
  ///
  /// A guess is dropped at the first measurement; other knowledge keeps the weight of 20 items.
  package mutating func measured(_ times: ItemTimes) {
    guard times.count > 0 else { return }
    if itemProvenance == .guess {
      items = times
    } else {
      if itemProvenance != .measured { items = items.weighted(atMost: 20) }
      items.merge(times)
    }
    itemProvenance = .measured
  }

  /// Takes in what was measured of a batch before its first item, in seconds.
  package mutating func measured(startUpSeconds start: Double?, overheadSeconds: Double?) {
    if let start { startUpSeconds.measured(start) }
    if let overheadSeconds { batchOverheadSeconds.measured(overheadSeconds) }
  }
}
