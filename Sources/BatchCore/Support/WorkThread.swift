internal import SystemShims

/// A thread of our own, for work that blocks or computes; the cooperative pool has none to spare.
package enum WorkThread {
  private final class Body {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
  }

  /// Starts a detached thread; it takes no signals, which a thread of their own waits for.
  package static func start(_ name: String, _ run: @escaping @Sendable () -> Void) {
    let body = unsafe Unmanaged.passRetained(
      Body {
        unsafe batchrun_name_thread(String(name.prefix(15)))
        run()
      })
    let result = unsafe batchrun_start_thread(
      { argument in
        guard let argument = unsafe argument else { return nil }
        unsafe Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run()
        return nil
      }, body.toOpaque())
    precondition(result == 0, "the system refuses another thread")
  }
}
