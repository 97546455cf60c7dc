import Glibc

/// The server of `latency-server.c`, which ends with this object.
@safe final class LatencyServer {
  static let port = 8878

  private let input: UnsafeMutablePointer<FILE>

  /// Serves one page on the first addresses of 127.0.1.0/24; nil when that fails.
  init?(hosts: Int, milliseconds: Int, page: String) {
    guard let program = ReferenceProgram.build("latency-server"),
      let input = unsafe popen(
        "exec \(program) \(Self.port) \(hosts) \(milliseconds) '\(page)' > /dev/null", "w")
    else { return nil }
    unsafe self.input = input
    for _ in 0..<500 {
      if Self.answers(host: hosts) { return }
      usleep(10_000)
    }
    print("the latency server did not start")
    return nil
  }

  deinit { unsafe pclose(input) }

  static func url(host: Int, page: Int) -> String {
    "http://127.0.1.\(host):\(port)/papers/\(page).html"
  }

  private static func answers(host: Int) -> Bool {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = in_addr_t(0x7F00_0100 + UInt32(host)).bigEndian
    return unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
        unsafe connect(descriptor, pointer, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
  }
}
