internal import Synchronization

/// A number that several threads count up.
public final class WorkCounter: Sendable {
  private let count = Atomic<Int>(0)

  public init() {}
  public func add(_ more: Int = 1) { count.add(more, ordering: .relaxed) }
  public var value: Int { count.load(ordering: .relaxed) }
}
