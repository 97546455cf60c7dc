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

  /// When its first item began.
  var workStartSeconds: Double { startSeconds + setUpSeconds }
  var middle: Int { (items.lowerBound + items.upperBound) / 2 }
}
