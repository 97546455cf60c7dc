/// What a worker says of itself while it runs a batch.
package enum SignOfLife: Sendable, Equatable {
  /// The items before `next` are finished; the last step took `step` of them.
  case reached(next: Int, step: Int)
  /// This item is being computed; only it can crash or hang the worker.
  case computing(Int)
  /// Nothing is computed just now; the batch waits for something outside.
  case waiting
}
