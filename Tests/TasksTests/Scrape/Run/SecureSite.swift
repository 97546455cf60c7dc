import BatchCore
import Glibc
import HTTPServer
import SampleTask

/// nginx on the loopback network with TLS, HTTP/2 and a certificate that nobody vouches for.
final class SecureSite {
  private let scratch: Scratch
  private let port: Int

  var certificate: String { scratch("site.crt") }
  var origin: String { "https://127.0.0.1:\(port)" }
  /// Protocol and path of each request.
  var requests: [String] {
    (scratch.text("access.log") ?? "").split(separator: "\n").map(String.init)
  }

  init?(pages: [String: String]) {
    let places: [String] = ["/usr/sbin/nginx", "/usr/bin/nginx"]
    guard let nginx = places.first(where: { unsafe access($0, X_OK) == 0 }) else { return nil }
    scratch = Scratch()
    let free = TestServer { _ in .status(404) }
    port = free.port
    free.stop()
    Program.run(["/bin/mkdir", scratch("pages")])
    for (name, text) in pages { scratch.write("pages/\(name)", text) }
    let made = Program.run([
      "/usr/bin/openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout",
      scratch("site.key"), "-out", scratch("site.crt"), "-days", "2", "-subj", "/CN=test",
      "-addext",
      "subjectAltName=IP:127.0.0.1",
    ])
    scratch.write("nginx.conf", Self.configuration(scratch.path, port: port))
    // It returns when it listens.
    guard made.code == 0, Program.run([nginx, "-c", scratch("nginx.conf")]).code == 0 else {
      return nil
    }
  }

  private static func configuration(_ folder: String, port: Int) -> String {
    let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
      .map { "\($0)_temp_path \(folder)/\($0);" }.joined(separator: " ")
    return """
      worker_processes 1; pid \(folder)/pid; error_log \(folder)/error.log;
      \(geteuid() == 0 ? "user root;" : "")
      events { worker_connections 64; }
      http {
        \(temporary)
        log_format asked '$server_protocol $uri'; access_log \(folder)/access.log asked;
        default_type text/html; root \(folder)/pages; gzip on; gzip_types text/html;
        server {
          listen 127.0.0.1:\(port) ssl http2;
          ssl_certificate \(folder)/site.crt; ssl_certificate_key \(folder)/site.key;
        }
      }
      """
  }

  func stop() {
    guard let pid = scratch.text("pid").map({ $0.filter(\.isNumber) }), !pid.isEmpty else { return }
    Program.run(["/bin/kill", pid])
  }
}
