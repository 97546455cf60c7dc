internal import CCurl
internal import CurlShims
internal import Glibc

/// A libcurl handle and its options; it serves one exchange after the other.
@safe
struct CurlHandle: ~Copyable {
  private let handle: UnsafeMutableRawPointer
  /// Where libcurl puts a detail of what went wrong.
  private let errorText: UnsafeMutablePointer<CChar>
  private var headerList: UnsafeMutablePointer<curl_slist>?
  private var headers: [String] = []
  private var hasCredentials = false
  private var isSecure = false
  private var method = HTTPRequest.Method.get
  /// libcurl reads it where it is.
  private var body: ByteBuffer?

  init() {
    guard let handle = unsafe curl_easy_init() else { preconditionFailure("no memory for libcurl") }
    unsafe self.handle = handle
    unsafe errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
    unsafe errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
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

  /// What all exchanges have in common.
  ///
  /// - Parameter owner: what libcurl delivers to; it outlives the handle.
  func setUp(_ settings: HTTPSettings, owner: HTTPTransfer) {
    let context = unsafe Unmanaged.passUnretained(owner).toOpaque()
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
    set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
    set(CURLOPT_BUFFERSIZE, 32 << 10)
    set(CURLOPT_TCP_KEEPALIVE, 1)
    set(CURLOPT_USERAGENT, settings.userAgent)
    if let path = settings.certificatesPath { set(CURLOPT_CAINFO, path) }
    switch settings.proxy {
    case .environment: break
    case .none: set(CURLOPT_PROXY, "")
    case .server(let address):
      set(CURLOPT_PROXY, address)
      // Who names a proxy means it: `no_proxy` belongs to those of the environment.
      set(CURLOPT_NOPROXY, "")
    }
  }

  mutating func prepare(_ request: HTTPRequest) {
    unsafe errorText.pointee = 0
    set(CURLOPT_URL, request.url.text)
    // Rather one more stream of a connection than one more connection. Without TLS there are no streams,
    // and libcurl would wait for the first answer to find that out.
    if isSecure != (request.url.scheme == .https) {
      isSecure.toggle()
      set(CURLOPT_PIPEWAIT, isSecure ? 1 : 0)
    }
    set(CURLOPT_CONNECTTIMEOUT_MS, Int(request.limits.connectSeconds * 1000))
    if request.headers != headers { setHeaders(request.headers) }
    if hasCredentials || request.url.credentials != nil { setCredentials(request.url.credentials) }
    if method != .get || request.method != .get { setMethod(request) }
  }

  private mutating func setHeaders(_ headers: [String]) {
    var list: UnsafeMutablePointer<curl_slist>?
    for header in headers { unsafe list = curl_slist_append(list, header) }
    unsafe batchrun_curl_set_list(handle, CURLOPT_HTTPHEADER, list)
    unsafe curl_slist_free_all(headerList)
    unsafe headerList = list
    self.headers = headers
  }

  private mutating func setCredentials(_ credentials: String?) {
    let parts = credentials?.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    set(CURLOPT_USERNAME, parts?.first.flatMap { PercentCoding.decode($0) })
    set(CURLOPT_PASSWORD, parts.flatMap { $0.count > 1 ? PercentCoding.decode($0[1]) : nil })
    hasCredentials = credentials != nil
  }

  private mutating func setMethod(_ request: HTTPRequest) {
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

  // MARK: - Under way

  func add(to loop: HTTPLoop) {
    loop.withMulti { multi in unsafe curl_multi_add_handle(multi, handle) }
  }

  func remove(from loop: HTTPLoop) {
    loop.withMulti { multi in unsafe curl_multi_remove_handle(multi, handle) }
  }

  /// Stops reading from the server, or goes on; may be called while libcurl delivers.
  func hold(_ isHeld: Bool) {
    unsafe curl_easy_pause(handle, isHeld ? CURLPAUSE_RECV : CURLPAUSE_CONT)
  }

  /// Bytes of the body so far, as they travelled.
  var wireBytes: Int {
    var size: curl_off_t = 0
    unsafe batchrun_curl_get_size(handle, CURLINFO_SIZE_DOWNLOAD_T, &size)
    return Int(size)
  }

  func result(_ code: CURLcode, hasHead: Bool) -> CurlResult {
    var systemError = 0
    unsafe batchrun_curl_get_long(handle, CURLINFO_OS_ERRNO, &systemError)
    return CurlResult(
      code: code, systemError: Int32(systemError), hasHead: hasHead,
      detail: unsafe String(cString: errorText))
  }

  /// The exchange that a handle of libcurl belongs to.
  static func owner(of easy: UnsafeMutableRawPointer?) -> HTTPTransfer? {
    guard let easy = unsafe easy else { return nil }
    return unsafe transfer(batchrun_curl_get_private(easy))
  }
}

// MARK: - Callbacks

private func transfer(_ context: UnsafeMutableRawPointer?) -> HTTPTransfer? {
  guard let context = unsafe context else { return nil }
  return unsafe Unmanaged<HTTPTransfer>.fromOpaque(context).takeUnretainedValue()
}

private func onBody(
  _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int,
  _ context: UnsafeMutableRawPointer?
) -> Int {
  unsafe transfer(context)?.receive(UnsafeRawBufferPointer(start: bytes, count: size * count)) ?? 0
}

private func onHeader(
  _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int,
  _ context: UnsafeMutableRawPointer?
) -> Int {
  unsafe transfer(context)?.receive(
    headerLine: UnsafeRawBufferPointer(start: bytes, count: size * count)) ?? 0
}

/// Opens the sockets of connections: closed in child processes, and only to allowed addresses.
private func onOpenSocket(
  _ context: UnsafeMutableRawPointer?, _ purpose: curlsocktype,
  _ address: UnsafeMutablePointer<curl_sockaddr>?
) -> Int32 {
  guard let address = unsafe address, let transfer = unsafe transfer(context),
    unsafe transfer.allows(PublicAddress.isPublic(&address.pointee.addr))
  else { return CURL_SOCKET_BAD }
  let type = unsafe address.pointee.socktype | Int32(SOCK_CLOEXEC.rawValue)
  return unsafe socket(address.pointee.family, type, address.pointee.protocol)
}
