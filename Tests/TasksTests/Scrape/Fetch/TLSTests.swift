import BatchCore
import Glibc
import HTTPServer
import Scrape
import Testing

@Suite("A secure connection")
struct TLSTests {
  @Test("to a certificate that nobody vouches for is refused, and said to be")
  func selfSigned() throws {
    let server = try SecureServer()
    defer { server.stop() }
    let options = FetchOptions.quick.with { $0.unreachableSeconds = 10 }
    let page = try PageReader(options).page(server.url(host: "127.0.0.1"))
    #expect(page.code == "tls_failed")
    #expect(page.result?.failure?.isTransient == false)
    #expect(page.result?.failure?.message.contains("self-signed") == true)
    let trusting = options.with { $0.certificatesPath = server.certificate }
    let trusted = try PageReader(trusting).page(server.url(host: "127.0.0.1"))
    #expect(trusted.result?.outcome == .complete)
    #expect(trusted.text.contains("s_server"))
    // The certificate is for the address, not for the name.
    let other = try PageReader(trusting).page(server.url(host: "localhost"))
    #expect(other.code == "tls_failed")
  }

  @Test("is not had from a server without TLS")
  func noTLS() throws {
    let server = TestServer { _ in .raw("HTTP/1.1 400 Bad Request\r\n\r\n") }
    defer { server.stop() }
    let url = try WebURL("https://127.0.0.1:\(server.port)/")
    let page = try PageReader(.quick).page(url)
    #expect(page.code == "tls_failed")
  }
}

/// `openssl s_server` with a certificate made for it.
private struct SecureServer {
  let certificate: String
  private let port: Int
  private let process: Int32

  init() throws {
    let base = "/tmp/tls-\(getpid())-\(UInt32.random(in: 0...UInt32.max))"
    certificate = base + ".crt"
    let free = TestServer { _ in .status(404) }
    port = free.port
    free.stop()
    let make =
      "openssl req -x509 -newkey rsa:2048 -nodes -keyout \(base).key -out \(base).crt -days 2"
      + " -subj /CN=test -addext subjectAltName=IP:127.0.0.1 2>/dev/null"
    let serve =
      "openssl s_server -accept 127.0.0.1:\(port) -cert \(base).crt -key \(base).key -www"
      + " >/dev/null 2>&1 </dev/null & echo $!"
    guard let pipe = unsafe popen("\(make) && { \(serve); }", "r") else {
      throw SystemError("start", "openssl", code: errno)
    }
    var line = [CChar](repeating: 0, count: 64)
    unsafe fgets(&line, 64, pipe)
    unsafe pclose(pipe)
    let digits = line.prefix { (48...57).contains($0) }.map { UInt8(bitPattern: $0) }
    process = Int32(String(decoding: digits, as: UTF8.self)) ?? 0
    guard process > 1 else { throw SystemError("start", "openssl", code: ENOENT) }
  }

  func url(host: String) -> WebURL {
    guard let url = try? WebURL("https://\(host):\(port)/") else {
      preconditionFailure("a bad host: \(host)")
    }
    return url
  }

  func stop() {
    kill(process, SIGKILL)
    unsafe unlink(certificate)
    unsafe unlink(certificate.dropLast(4) + ".key")
  }
}
