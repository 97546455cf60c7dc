/// Workers in several places at once, such as threads of this machine and tasks of a cluster.
///
/// Item times are learnt together. Limits, start-up and overhead are those of the place for which the
/// next decision is; in that decision the workers elsewhere count as if they were there, too.
extension Dispatcher {
  /// What is particular to one place.
  struct Place: Sendable {
    var limits: ExecutorLimits
    var startUpSeconds: Figure
    var batchOverheadSeconds: Figure
  }

  /// Makes a further place known; the first one is that of the initial limits, with number zero.
  ///
  /// - Parameter limits: With the workers of all places together.
  package mutating func add(_ limits: ExecutorLimits, _ model: CostModel) {
    if places.isEmpty { places.append(here) }
    places.append(
      Place(
        limits: limits, startUpSeconds: model.startUpSeconds,
        batchOverheadSeconds: model.batchOverheadSeconds))
  }

  /// Lets what follows concern a worker, or a batch, of another place.
  package mutating func enter(_ next: Int) {
    guard next != place else { return }
    places[place] = here
    place = next
    limits = places[next].limits
    model.startUpSeconds = places[next].startUpSeconds
    model.batchOverheadSeconds = places[next].batchOverheadSeconds
  }

  private var here: Place {
    Place(
      limits: limits, startUpSeconds: model.startUpSeconds,
      batchOverheadSeconds: model.batchOverheadSeconds)
  }
}
