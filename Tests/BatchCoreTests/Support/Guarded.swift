import Synchronization

/// A value that a test and its server share.
final class Guarded<Value: Sendable>: Sendable {
  private let mutex: Mutex<Value>

  init(_ value: Value) { mutex = Mutex(value) }

  func withLock<R: Sendable>(_ body: (inout sending Value) -> sending R) -> R {
    mutex.withLock { body(&$0) }
  }

  var value: Value { mutex.withLock { $0 } }
}
