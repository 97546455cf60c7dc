/// One number for each day of a firm, growing at the end.
@safe
final class DayColumn {
  private(set) var count = 0
  private var capacity = 1024
  private var numbers: UnsafeMutablePointer<Double>

  init() {
    unsafe numbers = .allocate(capacity: capacity)
    unsafe numbers.initialize(repeating: 0, count: capacity)
  }

  deinit { unsafe numbers.deallocate() }

  /// The days' numbers; valid until the next change.
  var start: UnsafePointer<Double> { unsafe UnsafePointer(numbers) }

  func append(_ number: Double) {
    if count == capacity { grow() }
    unsafe numbers[count] = number
    count += 1
  }

  func removeAll() { count = 0 }

  /// Forgets all but the last `kept` days.
  func keepLast(_ kept: Int) {
    guard kept < count else { return }
    unsafe numbers.update(from: numbers + (count - kept), count: kept)
    count = kept
  }

  private func grow() {
    let larger = UnsafeMutablePointer<Double>.allocate(capacity: 2 * capacity)
    unsafe larger.initialize(repeating: 0, count: 2 * capacity)
    unsafe larger.update(from: numbers, count: count)
    unsafe numbers.deallocate()
    unsafe numbers = larger
    capacity *= 2
  }
}
