import Glibc

/// Threads of their own for work that computes.
enum Threads {
  private final class Start {
    let index: Int
    let body: @Sendable (Int) -> Void

    init(_ index: Int, _ body: @escaping @Sendable (Int) -> Void) {
      self.index = index
      self.body = body
    }
  }

  /// Runs the body with 0 ..< count, each on a thread, and waits for all of them.
  static func run(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
    let threads = (0..<count).map { index in
      var thread = pthread_t()
      let start = unsafe Unmanaged.passRetained(Start(index, body))
      let code = unsafe pthread_create(
        &thread, nil,
        { argument in
          guard let argument = unsafe argument else { return nil }
          let start = unsafe Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
          start.body(start.index)
          return nil
        }, start.toOpaque())
      precondition(code == 0, "the system refuses another thread")
      return thread
    }
    for thread in threads { pthread_join(thread, nil) }
  }
}
