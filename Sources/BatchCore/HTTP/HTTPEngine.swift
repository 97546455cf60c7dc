/// Who gets the answer to one request; called on the thread of the loop only.
package protocol HTTPResponder: AnyObject {
  /// The head of the answer; never one of an interim answer.
  func received(_ head: HTTPHead)
  /// The next piece of the body, decompressed.
  func received(_ piece: ReceivedBytes)
  /// The last call. A nil failure means that the answer is complete.
  func ended(_ end: HTTPEnd)
}

/// What one exchange came to.
package struct HTTPEnd: Sendable {
  package var failure: HTTPFailure?
  /// Bytes of the body after decompression, as far as they came.
  package var bodyBytes: Int
  /// Bytes of the body as they travelled.
  package var wireBytes: Int
  package var elapsedSeconds: Double
}

/// Decides which requests are sent; lives on the thread of its loop.
package protocol HTTPDriver: AnyObject {
  /// Called before each wait: starts requests on the loop.
  ///
  /// - Returns: after how many seconds it wants to be called again if nothing happens.
  func turn(_ loop: HTTPLoop) -> Double
}

/// A thread that talks to servers, and the way to wake it.
package final class HTTPEngine: Sendable {
  private let wake: WakeSignal
  private let stopped = Shared(false)
  package let pool: ReceivePool

  /// - Parameter makeDriver: called once, on the new thread.
  package init(
    name: String, settings: HTTPSettings,
    makeDriver: @escaping @Sendable (HTTPLoop) -> any HTTPDriver
  ) {
    let wake = WakeSignal()
    let pool = ReceivePool(limitBytes: settings.unreadBytes, wake: wake)
    let stopped = self.stopped
    self.wake = wake
    self.pool = pool
    WorkThread.start(name) {
      let loop = HTTPLoop(settings: settings, wake: wake, pool: pool)
      let driver = makeDriver(loop)
      while !stopped.value { loop.run(driver) }
      // Those who hear of the ends may ask the driver.
      withExtendedLifetime(driver) { loop.close() }
    }
  }

  deinit { stop() }

  /// Has the driver called soon.
  package func wakeUp() { wake.raise() }

  /// Ends the thread; exchanges under way end as aborted.
  package func stop() {
    stopped.withLock { $0 = true }
    wake.raise()
  }
}
