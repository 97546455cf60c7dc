import BatchCore
import CZstd
import HTTPServer
import SampleTask
import Testing

@Suite("batchrun scrape, and how pages travel")
struct ScrapeTransferTests: ScrapeProgramTests {
  let scratch = Scratch()

  @Test("takes pages over HTTP/2 and TLS, on few connections, when the certificate is trusted")
  func secure() throws {
    let names = (0..<20).map { "\($0)" }
    let site = try #require(
      SecureSite(pages: Dictionary(uniqueKeysWithValues: names.map { ($0, PaperPage.html($0)) })))
    defer { site.stop() }
    let lines = names.map { "\(site.origin)/\($0)" }
    let trusting = scrape(lines, ["--ca-file", site.certificate, "--per-host", "8"])
    #expect(trusting.code == 0, "\(trusting.errors)")
    #expect(trusting.records.map(\.title) == names.map { "Paper \($0)" })
    #expect(site.requests.count { $0.hasPrefix("HTTP/2") } == 21)
    // The same by the environment, as for every option.
    let environment = ["BATCHRUN_CA_FILE": site.certificate]
    let told = scrape([lines[0]], output: "told.jsonl", environment: environment)
    #expect(told.code == 0, "\(told.errors)")
  }

  @Test("says of a certificate that nobody vouches for what is wrong, and asks for no page")
  func untrusted() throws {
    let site = try #require(SecureSite(pages: ["a": PaperPage.html("a")]))
    defer { site.stop() }
    let other = site.origin.replacing("127.0.0.1", with: "localhost")
    let result = scrape([site.origin + "/a", other + "/a"], ["--retries", "0"])
    #expect(result.code == 1)
    #expect(result.records.map(\.error?.code) == ["tls_failed", "tls_failed"])
    #expect(result.records.map(\.error?.transient) == [false, false])
    #expect(result.records.first?.error?.message.contains("self-signed") == true)
    #expect(site.requests.isEmpty)
    // The certificate is for the address only.
    let named = scrape(
      [site.origin + "/a", other + "/a"], ["--retries", "0", "--ca-file", site.certificate],
      output: "named.jsonl")
    #expect(named.records.map(\.error?.code) == [nil, "tls_failed"])
  }

  @Test(
    "says that a server has no TLS, a name no address, and a list of certificates no certificate")
  func noTLS() {
    let server = TestServer { _ in .raw("HTTP/1.1 400 Bad Request\r\n\r\n") }
    defer { server.stop() }
    let lines = ["https://127.0.0.1:\(server.port)/", "http://no-such-name.invalid/"]
    let result = scrape(lines, ["--retries", "0"])
    #expect(result.code == 1)
    #expect(result.records.first?.error?.code == "tls_failed")
    #expect(result.records.last?.error?.code == "dns_failed")
    #expect(result.records.last?.error?.message.contains("has no address") == true)
    let asked = server.connectionCount
    let missing = scrape(lines, ["--ca-file", scratch("none.crt")], output: "missing.jsonl")
    #expect(missing.code != 0)
    #expect(missing.errors.contains("none.crt"), "\(missing.errors)")
    let wrong = scrape(lines, ["--ca-file", scratch("urls.txt")], output: "wrong.jsonl")
    #expect(wrong.code == 2)
    #expect(wrong.errors.contains("holds no certificates"), "\(wrong.errors)")
    #expect(server.connectionCount == asked)
  }

  @Test("goes through the proxy that is named, whatever the environment says of proxies")
  func proxy() {
    let proxy = PaperPage.server()
    let direct = PaperPage.server(host: "127.0.0.2")
    defer {
      proxy.stop()
      direct.stop()
    }
    // The tests' environment has `no_proxy=*`.
    let through = scrape([direct.origin + "/p/1"], ["--proxy", proxy.origin, "--ignore-robots"])
    #expect(through.records.first?.error?.code == "http_404")
    #expect(proxy.paths == [direct.origin + "/p/1"])
    #expect(direct.connectionCount == 0)
    let past = scrape(
      [direct.origin + "/p/1"], output: "past.jsonl",
      environment: [
        "http_proxy": proxy.origin
      ])
    #expect(past.code == 0)
    #expect(proxy.requests.count == 1)
  }

  // MARK: - Encodings of the body

  @Test("reads bodies that are compressed in any of the ways it offers")
  func compressed() {
    let page = Array(PaperPage.html("x").utf8)
    let bodies: [(String, [UInt8])] = [
      ("gzip", Gzip.compress(page)), ("br", Brotli.stored(page)), ("zstd", Zstd.compress(page)),
      ("identity", page),
    ]
    let server = TestServer { request in
      guard let (name, body) = bodies.first(where: { "/\($0.0)" == request.path }) else {
        return .status(404)
      }
      return .page(body, headers: ["Content-Type: text/html", "Content-Encoding: \(name)"])
    }
    defer { server.stop() }
    let result = scrape(bodies.map { "\(server.origin)/\($0.0)" }, ["--field", "links[]=a@href"])
    #expect(result.code == 0, "\(result.errors)")
    #expect(result.records.allSatisfy { $0.title == "Paper x" && $0.bytes == page.count })
    let offered = server.requests.last?.headers["accept-encoding"] ?? ""
    for name in ["gzip", "br", "zstd"] { #expect(offered.contains(name)) }
  }

  @Test(
    "ends a bomb at the limit and a damaged body at the damage, whatever it is compressed by",
    arguments: ["gzip", "br", "zstd"])
  func bombs(name: String) {
    let zeros = [UInt8](repeating: 0x20, count: 30_000_000)
    let bomb =
      switch name {
      case "gzip": Gzip.compress(zeros)
      case "br": Brotli.stored(zeros)
      default: Zstd.compress(zeros)
      }
    let server = TestServer { request in
      let headers = ["Content-Type: text/html", "Content-Encoding: \(name)"]
      switch request.path {
      case "/bomb": return .page(bomb, headers: headers)
      case "/damaged": return .page("<h1>this was never compressed</h1>", headers: headers)
      case "/cut": return .page(Array(bomb.prefix(bomb.count / 2)), headers: headers)
      default: return .status(404)
      }
    }
    defer { server.stop() }
    let lines = ["/bomb", "/damaged", "/cut"].map { server.origin + $0 }
    let result = scrape(lines, ["--retries", "0", "--max-bytes", "2MB"])
    #expect(result.code == 1)
    #expect(result.records.map(\.error?.code) == ["too_large", "bad_encoding", "too_large"])
    #expect((result.records.first?.bytes ?? .max) < 2_200_000)
  }
}

/// Brotli without compression (RFC 7932, 9.2): blocks that are stored as they are.
enum Brotli {
  static func stored(_ bytes: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    for start in stride(from: 0, to: bytes.count, by: 1 << 16) {
      let block = bytes[start..<min(start + 1 << 16, bytes.count)]
      // Not the last, 16 bits of length, stored; the first block also says the size of the window.
      let head = (block.count - 1) << 3 | 1 << 19
      let bits = start == 0 ? head << 1 : head
      result += (0..<3).map { UInt8(truncatingIfNeeded: bits >> ($0 * 8)) } + block
    }
    return result + [3]
  }
}

enum Zstd {
  static func compress(_ bytes: [UInt8]) -> [UInt8] {
    var result = [UInt8](repeating: 0, count: ZSTD_compressBound(bytes.count))
    let count = unsafe ZSTD_compress(&result, result.count, bytes, bytes.count, 3)
    return Array(result.prefix(count))
  }
}
