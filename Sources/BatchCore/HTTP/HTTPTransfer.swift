internal import CCurl
internal import CurlShims
internal import Glibc
internal import Synchronization

/// One exchange under way, on a libcurl handle that serves one exchange after the other.
///
/// It belongs to the thread of its loop. A reference that is kept after the exchange has ended means
/// a later one: whoever holds it forgets it at the end.
@safe
package final class HTTPTransfer {
  private let handle: UnsafeMutableRawPointer
  private unowned let loop: HTTPLoop
  private let settings: HTTPSettings
  /// Where libcurl puts a detail of what went wrong.
  private let errorText: UnsafeMutablePointer<CChar>
  private var headerList: UnsafeMutablePointer<curl_slist>?
  private var sentHeaders: [String] = []
  private var hasCredentials = false
  private var method = HTTPRequest.Method.get
  private var body: ByteBuffer?

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
    guard let handle = unsafe curl_easy_init() else { preconditionFailure("no memory for libcurl") }
    unsafe self.handle = handle
    self.settings = settings
    self.loop = loop
    unsafe errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
    unsafe errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    setCommonOptions()
  }

  deinit {
    unsafe curl_easy_cleanup(handle)
    unsafe curl_slist_free_all(headerList)
    unsafe errorText.deallocate()
  }

  // MARK: - Options

  private func set(_ option: CURLoption, _ value: Int) {
    unsafe batchrun_curl_set_long(handle, option, value)
  }

  private func set(_ option: CURLoption, _ value: String?) {
    unsafe batchrun_curl_set_text(handle, option, value)
  }

  private func setCommonOptions() {
    let context = unsafe Unmanaged.passUnretained(self).toOpaque()
    for option in [CURLOPT_PRIVATE, CURLOPT_WRITEDATA, CURLOPT_HEADERDATA, CURLOPT_OPENSOCKETDATA] {
      unsafe batchrun_curl_set_pointer(handle, option, context)
    }
    unsafe batchrun_curl_set_pointer(handle, CURLOPT_ERRORBUFFER, errorText)
    unsafe batchrun_curl_set_writer(handle, CURLOPT_WRITEFUNCTION, onBody)
    unsafe batchrun_curl_set_writer(handle, CURLOPT_HEADERFUNCTION, onHeader)
    unsafe batchrun_curl_set_opener(handle, onOpenSocket)
    set(CURLOPT_NOSIGNAL, 1)
    set(CURLOPT_PROTOCOLS_STR, "http,https")
    set(CURLOPT_FOLLOWLOCATION, 0)
    // Whatever this libcurl decompresses.
    set(CURLOPT_ACCEPT_ENCODING, "")
    set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_2TLS))
    set(CURLOPT_PIPEWAIT, 1)
    set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
    set(CURLOPT_BUFFERSIZE, 32 << 10)
    set(CURLOPT_TCP_KEEPALIVE, 1)
    set(CURLOPT_USERAGENT, settings.userAgent)
    if let path = settings.certificatesPath { set(CURLOPT_CAINFO, path) }
    switch settings.proxy {
    case .environment: break
    case .none: set(CURLOPT_PROXY, "")
    case .server(let address): set(CURLOPT_PROXY, address)
    }
  }

  func prepare(
    _ request: HTTPRequest, _ responder: any HTTPResponder, at now: Double, place: Int
  ) {
    self.request = request
    self.responder = responder
    self.place = place
    startedAt = now
    deadline = now + request.limits.totalSeconds
    stallCheckAt = .infinity
    set(CURLOPT_URL, request.url.text)
    set(CURLOPT_CONNECTTIMEOUT_MS, Int(request.limits.connectSeconds * 1000))
    if request.headers != sentHeaders { setHeaders(request.headers) }
    if hasCredentials || request.url.credentials != nil { setCredentials(request.url.credentials) }
    if method != .get || request.method != .get { setMethod(request) }
  }

  private func setHeaders(_ headers: [String]) {
    var list: UnsafeMutablePointer<curl_slist>?
    for header in headers { unsafe list = curl_slist_append(list, header) }
    unsafe batchrun_curl_set_list(handle, CURLOPT_HTTPHEADER, list)
    unsafe curl_slist_free_all(headerList)
    unsafe headerList = list
    sentHeaders = headers
  }

  private func setCredentials(_ credentials: String?) {
    let parts = credentials?.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    set(CURLOPT_USERNAME, parts?.first.flatMap { PercentCoding.decode($0) })
    set(CURLOPT_PASSWORD, parts.flatMap { $0.count > 1 ? PercentCoding.decode($0[1]) : nil })
    hasCredentials = credentials != nil
  }

  private func setMethod(_ request: HTTPRequest) {
    method = request.method
    body = request.body
    set(CURLOPT_NOBODY, 0)
    set(CURLOPT_HTTPGET, 1)
    set(CURLOPT_CUSTOMREQUEST, nil as String?)
    switch request.method {
    case .get: break
    case .head: set(CURLOPT_NOBODY, 1)
    case .delete: set(CURLOPT_CUSTOMREQUEST, "DELETE")
    case .post, .put:
      let body = self.body ?? ByteBuffer()
      self.body = body
      set(CURLOPT_POST, 1)
      unsafe batchrun_curl_set_size(handle, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count))
      unsafe batchrun_curl_set_pointer(
        handle, CURLOPT_POSTFIELDS, UnsafeMutableRawPointer(mutating: body.bytes.baseAddress))
      if request.method == .put { set(CURLOPT_CUSTOMREQUEST, "PUT") }
    }
  }

  // MARK: - In the loop

  func add(to loop: HTTPLoop) {
    loop.withMulti { multi in unsafe curl_multi_add_handle(multi, handle) }
  }

  func remove(from loop: HTTPLoop) {
    loop.withMulti { multi in unsafe curl_multi_remove_handle(multi, handle) }
  }

  static func owner(of easy: UnsafeMutableRawPointer?) -> HTTPTransfer? {
    guard let easy = unsafe easy, let context = unsafe batchrun_curl_get_private(easy) else {
      return nil
    }
    return unsafe Unmanaged<HTTPTransfer>.fromOpaque(context).takeUnretainedValue()
  }

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
      failure: failure, bodyBytes: bodyBytes, wireBytes: wireBytes,
      elapsedSeconds: now - startedAt)
    let responder = self.responder
    reset()
    responder?.ended(end)
  }

  private var wireBytes: Int {
    var size: curl_off_t = 0
    unsafe batchrun_curl_get_size(handle, CURLINFO_SIZE_DOWNLOAD_T, &size)
    return Int(size)
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
      if isHeldInside, !isPaused { unsafe curl_easy_pause(handle, CURLPAUSE_CONT) }
      return false
    }
    isPaused = true
    pausedAt = loop.now
    unsafe curl_easy_pause(handle, CURLPAUSE_RECV)
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
    unsafe curl_easy_pause(handle, CURLPAUSE_RECV)
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
    unsafe curl_easy_pause(handle, CURLPAUSE_CONT)
  }

  // MARK: - Limits

  /// The limit that is passed, if any.
  func exceeded(at now: Double) -> HTTPFailure.Code? {
    guard !isPaused, let limits = request?.limits else { return nil }
    if now >= deadline { return .timeout }
    guard now >= stallCheckAt else { return nil }
    let bytes = wireBytes
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
  fileprivate func receive(_ bytes: UnsafeRawBufferPointer) -> Int {
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
      let target = filling ?? loop.pool.take(expecting: expectedBytes)
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

  /// What the server says it will send; zero when it does not.
  private var expectedBytes: Int {
    guard bodyBytes <= ReceivePool.pieceBytes, let head, !isEncoded else { return 0 }
    return head.contentLength ?? 0
  }

  @safe
  fileprivate func receive(headerLine bytes: UnsafeRawBufferPointer) -> Int {
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

  fileprivate func openSocket(_ address: UnsafeMutablePointer<curl_sockaddr>) -> Int32 {
    if settings.publicOnly, unsafe !PublicAddress.isPublic(&address.pointee.addr) {
      hasSeenForbiddenAddress = true
      return CURL_SOCKET_BAD
    }
    let type = unsafe address.pointee.socktype | Int32(SOCK_CLOEXEC.rawValue)
    return unsafe socket(address.pointee.family, type, address.pointee.protocol)
  }

  // MARK: - Failures

  func failure(of code: CURLcode) -> HTTPFailure? {
    if let ownFailure { return failure(ownFailure) }
    guard code != CURLE_OK else { return nil }
    var systemError = 0
    unsafe batchrun_curl_get_long(handle, CURLINFO_OS_ERRNO, &systemError)
    let found = CurlResult(
      code: code, systemError: Int32(systemError), hasHead: head != nil,
      detail: unsafe String(cString: errorText))
    if hasSeenForbiddenAddress, found.failureCode == .refused || found.failureCode == .unreachable {
      return failure(.forbiddenAddress)
    }
    return failure(found.failureCode, isTransient: found.isTransient, detail: found.safeDetail)
  }

  func failure(
    _ code: HTTPFailure.Code, isTransient: Bool? = nil, detail: String? = nil
  ) -> HTTPFailure {
    guard let request else { return HTTPFailure(code, message: "no exchange") }
    return HTTPFailure(
      code, isTransient: isTransient,
      message: code.sentence(request: request, detail: detail))
  }
}

// MARK: - Callbacks

private func owner(_ context: UnsafeMutableRawPointer?) -> HTTPTransfer? {
  guard let context = unsafe context else { return nil }
  return unsafe Unmanaged<HTTPTransfer>.fromOpaque(context).takeUnretainedValue()
}

private func onBody(
  _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int,
  _ context: UnsafeMutableRawPointer?
) -> Int {
  unsafe owner(context)?.receive(UnsafeRawBufferPointer(start: bytes, count: size * count)) ?? 0
}

private func onHeader(
  _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int,
  _ context: UnsafeMutableRawPointer?
) -> Int {
  unsafe owner(context)?.receive(
    headerLine: UnsafeRawBufferPointer(start: bytes, count: size * count)) ?? 0
}

private func onOpenSocket(
  _ context: UnsafeMutableRawPointer?, _ purpose: curlsocktype,
  _ address: UnsafeMutablePointer<curl_sockaddr>?
) -> Int32 {
  guard let address = unsafe address else { return CURL_SOCKET_BAD }
  return unsafe owner(context)?.openSocket(address) ?? CURL_SOCKET_BAD
}
