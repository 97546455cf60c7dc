internal import Glibc

/// The sockets of the test server.
enum ServerSocket {
  static func listen(host: String, port: Int) -> Int32 {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    var one: Int32 = 1
    unsafe setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, 4)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    unsafe inet_pton(AF_INET, host, &address.sin_addr)
    let isBound = unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
        unsafe bind(listener, pointer, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
    precondition(isBound && Glibc.listen(listener, 512) == 0, "no port for a test server")
    return listener
  }

  static func port(of listener: Int32) -> Int {
    var address = sockaddr_in()
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    unsafe withUnsafeMutablePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
        _ = unsafe getsockname(listener, pointer, &length)
      }
    }
    return Int(in_port_t(bigEndian: address.sin_port))
  }

  /// - Returns: whether the connection serves another request.
  static func perform(_ steps: [TestAnswer.Step], on connection: Int32) -> Bool {
    for step in steps {
      switch step {
      case .send(let bytes):
        guard send(bytes, on: connection) else { return false }
      case .wait(let seconds): wait(seconds, on: connection)
      case .forEver(let bytes, let seconds):
        while send(bytes, on: connection) {
          if seconds > 0, wait(seconds, on: connection) { break }
        }
        return false
      case .stall:
        while !wait(60, on: connection) {}
        return false
      case .close: return false
      case .reset:
        var now = linger(l_onoff: 1, l_linger: 0)
        unsafe setsockopt(
          connection, SOL_SOCKET, SO_LINGER, &now, socklen_t(MemoryLayout<linger>.size))
        return false
      }
    }
    return true
  }

  private static func send(_ bytes: [UInt8], on connection: Int32) -> Bool {
    var sent = 0
    while sent < bytes.count {
      let count = unsafe bytes[sent...].withUnsafeBytes { rest in
        unsafe Glibc.send(connection, rest.baseAddress, rest.count, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { return false }
      sent += count
    }
    return true
  }

  /// - Returns: whether the peer has gone, which ends the wait.
  @discardableResult
  private static func wait(_ seconds: Double, on connection: Int32) -> Bool {
    var poll = pollfd(fd: connection, events: Int16(hangUp), revents: 0)
    return unsafe Glibc.poll(&poll, 1, Int32(seconds * 1000)) > 0
  }

  /// POLLRDHUP, which the Glibc module leaves out.
  private static let hangUp = 0x2000
}

/// The requests of one connection, one after the other.
struct RequestReader {
  private let connection: Int32
  private let number: Int
  private var bytes: [UInt8] = []

  init(_ connection: Int32, number: Int) {
    self.connection = connection
    self.number = number
  }

  /// Nil when the peer has gone.
  mutating func next() -> TestRequest? {
    let end = Array("\r\n\r\n".utf8)
    var headEnd = bytes.firstRange(of: end)
    while headEnd == nil {
      guard fill() else { return nil }
      // The greeting of TLS.
      if bytes.first == 0x16 {
        return TestRequest(
          method: "TLS", path: "", headers: [:], body: [], connection: number, time: Self.now)
      }
      headEnd = bytes.firstRange(of: end)
    }
    guard let headEnd else { return nil }
    let lines = String(decoding: bytes[..<headEnd.lowerBound], as: UTF8.self)
      .split(separator: "\r\n")
    bytes.removeFirst(headEnd.upperBound)
    let words = (lines.first ?? "").split(separator: " ").map(String.init)
    guard words.count == 3 else { return nil }
    var headers: [String: String] = [:]
    for line in lines.dropFirst() {
      let parts = line.split(separator: ":", maxSplits: 1)
      guard parts.count == 2 else { continue }
      headers[parts[0].lowercased()] = String(parts[1].drop { $0 == " " })
    }
    guard let body = body(Int(headers["content-length"] ?? "0") ?? 0) else { return nil }
    return TestRequest(
      method: words[0], path: words[1], headers: headers, body: body, connection: number,
      time: Self.now)
  }

  private mutating func body(_ length: Int) -> [UInt8]? {
    while bytes.count < length {
      guard fill() else { return nil }
    }
    defer { bytes.removeFirst(length) }
    return Array(bytes.prefix(length))
  }

  private mutating func fill() -> Bool {
    var piece = [UInt8](repeating: 0, count: 16 << 10)
    let count = unsafe recv(connection, &piece, piece.count, 0)
    guard count > 0 else { return false }
    bytes += piece.prefix(count)
    return true
  }

  private static var now: Double {
    var time = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}
