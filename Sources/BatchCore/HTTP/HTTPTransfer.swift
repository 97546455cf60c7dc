internal import CCurl
internal import Synchronization

/// One exchange under way, on a libcurl handle that serves one exchange after the other.
///
/// It belongs to the thread of its loop. A reference that is kept after the exchange has ended means
/// a later one: whoever holds it forgets it at the end.
@safe
package final class HTTPTransfer {
  private var curl = CurlHandle()
  private unowned let loop: HTTPLoop
  private let settings: HTTPSettings
  private var request: HTTPRequest?
  private var responder: (any HTTPResponder)?
  /// The index among the active exchanges; nil when there is no exchange.
  var place: Int?

  private var head: HTTPHead?
  private var isHeadDelivered = false
  private var headBytes: [UInt8] = []
  private var isTouched = false
  private var filling: ByteBuffer?
  private var pieces: [ByteBuffer] = []
  private var window = ReceiveWindow()
  private var discards = false
  private var discardLimit = 0
  private(set) var isPaused = false
  /// Whether a callback has stopped reading, and `pauseIfUnread` decides how it goes on.
  private var isHeldInside = false
  private var isEncoded = false
  /// What a callback found wrong, where libcurl knows only that it was told to stop.
  private var ownFailure: HTTPFailure.Code?
  private var hasSeenForbiddenAddress = false

  /// Bytes of the body so far, after decompression.
  package private(set) var bodyBytes = 0
  private var startedAt = 0.0
  private var deadline = 0.0
  private var pausedAt = 0.0
  private var stallCheckAt = 0.0
  private var bytesAtStallCheck = 0

  private static let mostHeadBytes = 256 << 10

  init(settings: HTTPSettings, loop: HTTPLoop) {
    self.settings = settings
    self.loop = loop
    curl.setUp(settings, owner: self)
  }

  func prepare(
    _ request: HTTPRequest, _ responder: any HTTPResponder, at now: Double, place: Int
  ) {
    self.request = request
    self.responder = responder
    self.place = place
    startedAt = now
    deadline = now + request.limits.totalSeconds
    stallCheckAt = request.limits.stallsBeforeHead ? now + request.limits.stallSeconds : .infinity
    bytesAtStallCheck = 0
    curl.prepare(request)
  }

  // MARK: - In the loop

  func add(to loop: HTTPLoop) { curl.add(to: loop) }
  func remove(from loop: HTTPLoop) { curl.remove(from: loop) }

  /// Takes the rest of the body from the server and drops it, so that the connection can be kept.
  ///
  /// - Parameter bytes: after so many more the connection is given up after all.
  package func discardRest(atMost bytes: Int) {
    discards = true
    discardLimit = bodyBytes + bytes
    pieces.removeAll()
    filling = nil
  }

  /// Hands over what has come, but for the piece that is not full yet.
  func deliver() {
    isTouched = false
    if let head, !isHeadDelivered {
      isHeadDelivered = true
      responder?.received(head)
    }
    guard !pieces.isEmpty else { return }
    var full: [ByteBuffer] = []
    swap(&full, &pieces)
    // The responder may give up in between, and the handle then serves another one.
    let responder = self.responder
    for buffer in full where !discards && self.responder === responder { hand(over: buffer) }
  }

  private func hand(over buffer: ByteBuffer) {
    responder?.received(ReceivedBytes(buffer, window, from: loop.pool))
  }

  func finish(_ failure: HTTPFailure?, at now: Double) {
    deliver()
    if let last = filling, !last.isEmpty, !discards { hand(over: last) }
    let end = HTTPEnd(
      failure: failure, bodyBytes: bodyBytes, wireBytes: curl.wireBytes,
      elapsedSeconds: now - startedAt)
    let responder = self.responder
    reset()
    responder?.ended(end)
  }

  private func reset() {
    request = nil
    responder = nil
    head = nil
    isHeadDelivered = false
    headBytes.removeAll(keepingCapacity: true)
    // What libcurl delivered may still name this exchange in the list of the loop.
    filling = nil
    pieces.removeAll()
    window = ReceiveWindow()
    discards = false
    isPaused = false
    isHeldInside = false
    isTouched = false
    ownFailure = nil
    hasSeenForbiddenAddress = false
    bodyBytes = 0
  }

  // MARK: - Holding up

  /// Stops reading when too much is unread; true when it did.
  ///
  /// An exchange of which nothing is unread is never stopped, so that a reader that waits for this
  /// one while it holds bytes of others gets on.
  func pauseIfUnread() -> Bool {
    defer { isHeldInside = false }
    guard !isPaused, !discards, !mayResume else {
      if isHeldInside, !isPaused { curl.hold(false) }
      return false
    }
    isPaused = true
    pausedAt = loop.now
    curl.hold(true)
    return true
  }

  /// Ends libcurl's loop over what the socket holds, which goes on for megabytes.
  ///
  /// Not while it decompresses: what a paused exchange still decodes it would keep for itself, and that
  /// may be a bomb; there the pause comes when libcurl returns.
  private func pauseInside() {
    guard !isPaused, !isEncoded, !pieces.isEmpty else { return }
    let handedOver = window.unread.load(ordering: .relaxed)
    let held = handedOver + pieces.count * ReceivePool.pieceBytes
    guard held >= settings.unreadBytesOfOne else { return }
    isHeldInside = true
    curl.hold(true)
  }

  var mayResume: Bool {
    let unread = window.unread.load(ordering: .sequentiallyConsistent)
    if unread == 0 || discards { return true }
    return unread < settings.unreadBytesOfOne && !loop.pool.isFull
  }

  func resume(at now: Double) {
    isPaused = false
    deadline += now - pausedAt
    stallCheckAt += now - pausedAt
    curl.hold(false)
  }

  // MARK: - Limits

  /// The limit that is passed, if any.
  func exceeded(at now: Double) -> HTTPFailure.Code? {
    guard !isPaused, let limits = request?.limits else { return nil }
    if now >= deadline { return .timeout }
    guard now >= stallCheckAt else { return nil }
    let bytes = curl.wireBytes
    if bytes - bytesAtStallCheck < limits.slowestBytes { return .stalled }
    bytesAtStallCheck = bytes
    stallCheckAt = now + limits.stallSeconds
    return nil
  }

  func nextCheck(at now: Double) -> Double {
    isPaused ? now + 1 : max(now + 0.01, min(deadline, stallCheckAt, now + 1))
  }

  // MARK: - From libcurl

  private func touch() {
    guard !isTouched else { return }
    isTouched = true
    loop.touch(self)
  }

  @safe
  func receive(_ bytes: UnsafeRawBufferPointer) -> Int {
    let count = bytes.count
    guard let request else { return 0 }
    bodyBytes += count
    guard bodyBytes <= request.limits.bodyBytes else {
      ownFailure = .tooLarge
      return 0
    }
    if discards {
      if bodyBytes > discardLimit { ownFailure = .aborted }
      return bodyBytes > discardLimit ? 0 : count
    }
    var rest = unsafe bytes
    while unsafe !rest.isEmpty {
      let target =
        filling ?? loop.pool.take(expecting: expectedBytes(behind: bodyBytes - rest.count))
      let room = min(rest.count, ReceivePool.pieceBytes - target.count)
      unsafe target.append(UnsafeRawBufferPointer(rebasing: rest[..<room]))
      unsafe rest = UnsafeRawBufferPointer(rebasing: rest[room...])
      filling = target
      if target.count == ReceivePool.pieceBytes {
        pieces.append(target)
        filling = nil
        touch()
      }
    }
    pauseInside()
    return count
  }

  /// What is still to come behind so many bytes by what the server says; zero when it does not.
  private func expectedBytes(behind offset: Int) -> Int {
    guard let head, !isEncoded else { return 0 }
    return (head.contentLength ?? 0) - offset
  }

  @safe
  func receive(headerLine bytes: UnsafeRawBufferPointer) -> Int {
    let count = bytes.count
    // Fields after a chunked body change nothing.
    if head != nil { return count }
    if unsafe bytes.starts(with: "HTTP/".utf8) { headBytes.removeAll(keepingCapacity: true) }
    unsafe headBytes.append(contentsOf: bytes)
    guard headBytes.count <= Self.mostHeadBytes else {
      ownFailure = .badResponse
      return 0
    }
    guard unsafe bytes.allSatisfy({ $0 == 0x0d || $0 == 0x0a }) else { return count }
    guard let status = HTTPHead.status(of: headBytes) else { return count }
    if status / 100 == 1, status != 101 { return count }
    head = HTTPHead(lines: headBytes)
    isEncoded = head?.isEncoded ?? false
    stallCheckAt = loop.now + (request?.limits.stallSeconds ?? 0)
    bytesAtStallCheck = 0
    touch()
    return count
  }

  /// Whether a connection may be made to an address.
  func allows(_ isPublic: Bool) -> Bool {
    if settings.publicOnly, !isPublic { hasSeenForbiddenAddress = true }
    return isPublic || !settings.publicOnly
  }

  // MARK: - Failures

  func failure(of code: CURLcode) -> HTTPFailure? {
    if let ownFailure { return failure(ownFailure) }
    guard code != CURLE_OK else { return nil }
    let found = curl.result(code, hasHead: head != nil)
    if hasSeenForbiddenAddress, found.failureCode == .refused || found.failureCode == .unreachable {
      return failure(.forbiddenAddress)
    }
    return failure(found.failureCode, detail: found.safeDetail)
  }

  func failure(
    _ code: HTTPFailure.Code, detail: String? = nil
  ) -> HTTPFailure {
    guard let request else { return HTTPFailure(code, message: "no exchange") }
    return HTTPFailure(code, message: code.sentence(request: request, detail: detail))
  }
}
