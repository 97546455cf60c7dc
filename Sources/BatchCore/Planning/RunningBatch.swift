/// A batch that is out with a worker, as the dispatcher knows it.
struct RunningBatch: Sendable {
  var items: Range<Int>
  var startSeconds: Double
  var setUpSeconds: Double
  var budgetSeconds: Double
  var guardSeconds: Double
  var cautionSeconds: Double
  var keepSeconds: Double
  var deadlineSeconds: Double
  var isCold: Bool
  var suspectLevel: Int
  var reportedItems = 0
  var reportedSeconds = 0.0

  /// The items not reported yet.
  var rest: Range<Int> { items.lowerBound + reportedItems..<items.upperBound }
  /// When the first of `rest` began.
  var restStartSeconds: Double { startSeconds + setUpSeconds + reportedSeconds }
  var middle: Int { (rest.lowerBound + rest.upperBound) / 2 }
}
