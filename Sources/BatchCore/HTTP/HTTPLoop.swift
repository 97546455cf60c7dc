internal import CCurl
internal import CurlShims
internal import Synchronization

/// All exchanges of one thread: libcurl's multi interface on epoll.
///
/// Connections, names and TLS sessions are shared between all of them. Nobody is called from within
/// libcurl: what it delivers is collected, and handed over when it has returned.
@safe
package final class HTTPLoop {
  private let multi: UnsafeMutableRawPointer
  private let settings: HTTPSettings
  private let wake: WakeSignal
  package let pool: ReceivePool
  private let clock = MonotonicClock()
  private var poll = EventPoll()
  /// When libcurl wants to be called, on the clock of the loop.
  private var curlDue: Double?
  /// When the time limits are looked at again.
  private var limitsDue = Double.infinity
  private var active: [HTTPTransfer] = []
  private var idle: [HTTPTransfer] = []
  /// The exchanges that libcurl has just delivered something for.
  private var touched: [HTTPTransfer] = []
  private var paused: [HTTPTransfer] = []

  private static let isLibraryReady: Bool = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

  init(settings: HTTPSettings, wake: WakeSignal, pool: ReceivePool) {
    precondition(Self.isLibraryReady, "libcurl cannot be initialised")
    guard let multi = unsafe curl_multi_init() else { preconditionFailure("no memory for libcurl") }
    unsafe self.multi = multi
    self.settings = settings
    self.wake = wake
    self.pool = pool
    let context = unsafe Unmanaged.passUnretained(self).toOpaque()
    unsafe batchrun_curl_multi_set_socket(multi, onSocket, context)
    unsafe batchrun_curl_multi_set_timer(multi, onTimer, context)
    unsafe batchrun_curl_multi_set_long(multi, CURLMOPT_MAXCONNECTS, settings.keptConnections)
    poll.watch(wake.descriptor, for: .reading)
  }

  deinit { unsafe curl_multi_cleanup(multi) }

  /// Seconds since the loop began.
  package var now: Double { clock.now }
  /// A function for other threads that has the driver called soon.
  package var signal: @Sendable () -> Void {
    let wake = self.wake
    return { wake.raise() }
  }
  package var activeCount: Int { active.count }

  // MARK: - Exchanges

  /// Sends a request; `responder` is called from later turns of the loop, never from here.
  @discardableResult
  package func start(_ request: HTTPRequest, _ responder: any HTTPResponder) -> HTTPTransfer {
    let transfer = idle.popLast() ?? HTTPTransfer(settings: settings, loop: self)
    let now = clock.now
    transfer.prepare(request, responder, at: now, place: active.count)
    active.append(transfer)
    limitsDue = min(limitsDue, transfer.nextCheck(at: now))
    transfer.add(to: self)
    return transfer
  }

  /// Ends an exchange; its responder hears of it before this returns.
  package func abort(_ transfer: HTTPTransfer) {
    end(transfer, transfer.failure(.aborted))
  }

  func touch(_ transfer: HTTPTransfer) { touched.append(transfer) }

  private func end(_ transfer: HTTPTransfer, _ failure: HTTPFailure?) {
    guard let place = transfer.place else { return }
    transfer.remove(from: self)
    let last = active.removeLast()
    if last !== transfer {
      active[place] = last
      last.place = place
    }
    // From here on it cannot be ended again, whatever its responder does.
    transfer.place = nil
    transfer.finish(failure, at: clock.now)
    if idle.count < 512 { idle.append(transfer) }
  }

  /// Ends all exchanges.
  func close() {
    while let transfer = active.last { abort(transfer) }
    idle.removeAll()
  }

  // MARK: - One turn

  func run(_ driver: some HTTPDriver) {
    let driverWait = driver.turn(self)
    let ready = poll.wait(wait(driverWait))
    for index in 0..<ready {
      let event = poll.event(index)
      if event.socket == wake.descriptor { wake.lower() } else { perform(event) }
    }
    let now = clock.now
    if let due = curlDue, due <= now {
      curlDue = nil
      var running: Int32 = 0
      unsafe curl_multi_socket_action(multi, CURL_SOCKET_TIMEOUT, 0, &running)
    }
    deliver()
    collectFinished()
    if limitsDue <= now { checkLimits(at: now) }
    if !paused.isEmpty { resumePaused() }
  }

  private func wait(_ driverWait: Double) -> Double {
    let now = clock.now
    return min(driverWait, (curlDue ?? .infinity) - now, limitsDue - now, 60)
  }

  private func perform(_ event: (socket: Int32, state: EventPoll.Interest)) {
    var bits: Int32 = 0
    if event.state.contains(.reading) { bits |= CURL_CSELECT_IN }
    if event.state.contains(.writing) { bits |= CURL_CSELECT_OUT }
    if !event.state.isDisjoint(with: .error) { bits |= CURL_CSELECT_ERR }
    var running: Int32 = 0
    unsafe curl_multi_socket_action(multi, event.socket, bits, &running)
  }

  private func deliver() {
    guard !touched.isEmpty else { return }
    var batch: [HTTPTransfer] = []
    swap(&batch, &touched)
    for transfer in batch where transfer.place != nil {
      transfer.deliver()
      // The head has started the clock of the body.
      if transfer.place != nil { limitsDue = min(limitsDue, transfer.nextCheck(at: clock.now)) }
      if transfer.place != nil, transfer.pauseIfUnread() { paused.append(transfer) }
    }
    if touched.isEmpty {
      batch.removeAll(keepingCapacity: true)
      swap(&batch, &touched)
    }
  }

  private func collectFinished() {
    var left: Int32 = 0
    while let message = unsafe curl_multi_info_read(multi, &left) {
      let result = unsafe message.pointee.data.result
      guard unsafe message.pointee.msg == CURLMSG_DONE,
        let transfer = unsafe HTTPTransfer.owner(of: message.pointee.easy_handle)
      else { continue }
      end(transfer, transfer.failure(of: result))
    }
  }

  // MARK: - Limits

  private func checkLimits(at now: Double) {
    limitsDue = .infinity
    // Backwards, because ending one moves the last into its place.
    for place in active.indices.reversed() where place < active.count {
      let transfer = active[place]
      if let code = transfer.exceeded(at: now) {
        end(transfer, transfer.failure(code))
      } else {
        limitsDue = min(limitsDue, transfer.nextCheck(at: now))
      }
    }
  }

  private func resumePaused() {
    pool.isAwaited.store(true, ordering: .sequentiallyConsistent)
    var rest: [HTTPTransfer] = []
    for transfer in paused where transfer.isPaused {
      if transfer.mayResume { transfer.resume(at: clock.now) } else { rest.append(transfer) }
    }
    paused = rest
    pool.isAwaited.store(!rest.isEmpty, ordering: .sequentiallyConsistent)
    // What came back between the look and the store has raised no signal.
    if rest.contains(where: { $0.mayResume }) { wake.raise() }
  }

  // MARK: - From libcurl

  @safe
  func withMulti(_ body: (UnsafeMutableRawPointer) -> Void) { unsafe body(multi) }

  fileprivate func watch(_ socket: Int32, _ what: Int32) {
    switch what {
    case CURL_POLL_IN: poll.watch(socket, for: .reading)
    case CURL_POLL_OUT: poll.watch(socket, for: .writing)
    case CURL_POLL_INOUT: poll.watch(socket, for: [.reading, .writing])
    default: poll.watch(socket, for: [])
    }
  }

  fileprivate func setTimer(_ milliseconds: Int) {
    curlDue = milliseconds < 0 ? nil : clock.now + Double(milliseconds) / 1000
  }
}

/// libcurl names the sockets that it waits for.
private func onSocket(
  _ easy: UnsafeMutableRawPointer?, _ socket: Int32, _ what: Int32,
  _ context: UnsafeMutableRawPointer?, _ perSocket: UnsafeMutableRawPointer?
) -> Int32 {
  guard let context = unsafe context else { return 0 }
  unsafe Unmanaged<HTTPLoop>.fromOpaque(context).takeUnretainedValue().watch(socket, what)
  return 0
}

/// libcurl says when it wants to be called next.
private func onTimer(
  _ multi: UnsafeMutableRawPointer?, _ milliseconds: Int, _ context: UnsafeMutableRawPointer?
) -> Int32 {
  guard let context = unsafe context else { return 0 }
  unsafe Unmanaged<HTTPLoop>.fromOpaque(context).takeUnretainedValue().setTimer(milliseconds)
  return 0
}
