internal import Glibc
internal import SystemShims

/// A thread of our own, for work that blocks or computes; the cooperative pool has none to spare.
enum WorkThread {
  private final class Body {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
  }

  /// Starts a detached thread; it takes no signals, which the main thread handles.
  static func start(_ name: String, _ run: @escaping @Sendable () -> Void) {
    var thread: pthread_t = 0
    var attributes = pthread_attr_t()
    unsafe pthread_attr_init(&attributes)
    unsafe pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    unsafe pthread_attr_setstacksize(&attributes, 8 << 20)
    let body = unsafe Unmanaged.passRetained(
      Body {
        unsafe batchrun_name_thread(String(name.prefix(15)))
        run()
      })
    let result = unsafe pthread_create(
      &thread, &attributes,
      { argument in
        guard let argument = unsafe argument else { return nil }
        unsafe Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run()
        return nil
      }, body.toOpaque())
    unsafe pthread_attr_destroy(&attributes)
    precondition(result == 0, "the system refuses another thread")
  }
}
