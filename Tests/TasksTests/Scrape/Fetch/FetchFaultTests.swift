import BatchCore
import CZlib
import HTTPServer
import Scrape
import Testing

@Suite("A page that goes wrong")
struct FetchFaultTests {
  struct Fault: CustomTestStringConvertible {
    let name: String
    let answer: TestAnswer
    let code: String
    let isTransient: Bool
    var testDescription: String { name }
  }

  static let faults = [
    Fault(
      name: "truncated body", answer: .raw("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort"),
      code: "partial_body", isTransient: true),
    Fault(
      name: "broken chunk",
      answer: .raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nzz\r\nx"),
      code: "bad_response", isTransient: true),
    Fault(
      name: "chunks that end early",
      answer: .raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n50\r\nhello"),
      code: "partial_body", isTransient: true),
    Fault(
      name: "no HTTP", answer: .raw("SSH-2.0-OpenSSH_9.2\r\n"), code: "bad_response",
      isTransient: true),
    Fault(name: "nothing", answer: .raw(""), code: "connection_reset", isTransient: true),
    Fault(
      name: "reset", answer: TestAnswer([.reset]), code: "connection_reset", isTransient: true),
    Fault(
      name: "damaged gzip",
      answer: .page("this is not gzip", headers: ["Content-Encoding: gzip"]), code: "bad_encoding",
      isTransient: false),
    Fault(
      name: "endless head",
      answer: TestAnswer([
        .send(Array("HTTP/1.1 200 OK\r\n".utf8)),
        .forEver(Array(("X: " + String(repeating: "y", count: 1000) + "\r\n").utf8), 0),
      ]), code: "bad_response", isTransient: true),
    Fault(
      name: "endless body",
      answer: TestAnswer([
        .send(Array(TestAnswer.head(200, []).utf8)),
        .forEver([UInt8](repeating: 65, count: 9999), 0),
      ]), code: "too_large", isTransient: false),
    Fault(
      name: "stall after the head",
      answer: TestAnswer([.send(Array(TestAnswer.head(200, ["Content-Length: 9"]).utf8)), .stall]),
      code: "stalled", isTransient: true),
    Fault(
      name: "slow drip",
      answer: TestAnswer([
        .send(Array(TestAnswer.head(200, []).utf8)), .forEver([65], 0.02),
      ]), code: "stalled", isTransient: true),
    Fault(name: "silence", answer: TestAnswer([.stall]), code: "timeout", isTransient: true),
    Fault(name: "not found", answer: .status(404), code: "http_404", isTransient: false),
    Fault(name: "server error", answer: .status(500), code: "http_500", isTransient: true),
    Fault(name: "unasked 304", answer: .status(304), code: "http_304", isTransient: false),
    Fault(
      name: "redirect to a file", answer: .redirect("file:///etc/passwd"), code: "forbidden_scheme",
      isTransient: false),
    Fault(
      name: "redirect to another scheme", answer: .redirect("ftp://a/"), code: "bad_redirect",
      isTransient: false),
    Fault(
      name: "redirect to itself", answer: .redirect("/x"), code: "redirect_loop", isTransient: false
    ),
  ]

  private static var options: FetchOptions {
    .quick.with {
      $0.timeoutSeconds = 0.4
      $0.stallSeconds = 0.15
      $0.bodyBytes = 3_000_000
      $0.retries = 1
    }
  }

  @Test("has a failure that says what kind of fault it was", arguments: faults)
  func fault(_ fault: Fault) throws {
    let server = TestServer { _ in fault.answer }
    defer { server.stop() }
    let page = try PageReader(Self.options).page(server.url("/x"))
    #expect(page.code == fault.code, "\(String(describing: page.result))")
    #expect(page.result?.failure?.isTransient == fault.isTransient)
    #expect(page.result?.attempts == (fault.isTransient ? 2 : 1))
  }

  @Test("is read up to a length that is too short, and no further")
  func shortLength() throws {
    let server = TestServer { _ in
      .raw("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello, and more")
    }
    defer { server.stop() }
    #expect(try PageReader(.quick).page(server.url()).text == "hello")
  }

  @Test("has a failure when nobody listens, or the name has no address")
  func noServer() throws {
    let server = TestServer { _ in .page("x") }
    let url = server.url()
    server.stop()
    let options = FetchOptions.quick.with { $0.unreachableSeconds = 0.2 }
    let refused = try PageReader(options).page(url)
    #expect(["connection_refused", "host_unreachable"].contains(refused.code))
    #expect(refused.result?.failure?.isTransient == true)
    // An address of six is written so that its port can be told from it.
    let six = try PageReader(options).page(try WebURL("http://[::1]:1/"))
    #expect(six.result?.failure?.message.contains("::1:1") == false)
    let unknown = try PageReader(options).page(try WebURL("http://no-such-name.invalid/"))
    #expect(["dns_failed", "host_unreachable"].contains(unknown.code))
  }

  @Test("may come at another attempt, and then begins anew")
  func recovers() throws {
    let counter = Counter()
    let server = TestServer { _ in
      counter.next() == 1
        ? .raw("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort") : .page("whole")
    }
    defer { server.stop() }
    let page = try PageReader(.quick).page(server.url())
    #expect(page.result?.outcome == .complete)
    #expect(page.text == "whole")
    #expect(page.result?.attempts == 2)
  }

  @Test("that is a bomb of gzip ends at the limit")
  func bomb() throws {
    let bomb = Gzip.compress([UInt8](repeating: 0, count: 60_000_000))
    #expect(bomb.count < 100_000)
    let server = TestServer { _ in .page(bomb, headers: ["Content-Encoding: gzip"]) }
    defer { server.stop() }
    let page = try PageReader(Self.options).page(server.url())
    #expect(page.code == "too_large")
    #expect((page.result?.bodyBytes ?? 0) < 3_100_000)
  }

  @Test("records each step of its redirects, and follows no more than allowed")
  func redirects() throws {
    let server = TestServer { request in
      let step = Int(request.path.dropFirst()) ?? 0
      return step == 0 ? .page("end") : .redirect("/\(step - 1)", status: 301)
    }
    defer { server.stop() }
    let reader = try PageReader(.quick.with { $0.redirects = 3 })
    let pages = reader.pages([server.url("/3"), server.url("/4")])
    #expect(pages[0].text == "end")
    #expect(pages[0].head?.redirects == [server.url("/3"), server.url("/2"), server.url("/1")])
    #expect(pages[0].result?.url == server.url("/0"))
    #expect(pages[0].result?.attempts == 1)
    #expect(pages[1].code == "too_many_redirects")
  }

  @Test("never shows a password in what it says")
  func passwords() throws {
    let server = TestServer { request in
      request.headers["authorization"] == "Basic dTpzZWNyZXQ=" ? .status(404) : .page("no")
    }
    defer { server.stop() }
    let url = try WebURL("http://u:secret@127.0.0.1:\(server.port)/x")
    let page = try PageReader(.quick).page(url)
    #expect(page.code == "http_404", "the password is sent")
    #expect(
      page.result.map { !"\($0.failure?.message ?? "") \($0.url)".contains("secret") } == true)
    let proxied = try PageReader(
      .quick.with {
        $0.proxy = .server("http://u:secret@127.0.0.1:1")
        $0.unreachableSeconds = 0.05
      }
    ).page(server.url())
    #expect(proxied.result?.failure.map { !$0.message.contains("secret") } == true)
  }
}

@Suite("With --public-only")
struct PublicOnlyTests {
  @Test("no loopback address is connected to, by number or name")
  func loopback() throws {
    let server = TestServer { _ in .page("secret") }
    defer { server.stop() }
    let reader = try PageReader(.quick.with { $0.publicOnly = true })
    let urls = try [
      "http://127.0.0.1:\(server.port)/", "http://localhost:\(server.port)/",
      "http://[::ffff:127.0.0.1]:\(server.port)/", "http://0x7f000001:\(server.port)/",
    ].map { try WebURL($0) }
    let pages = reader.pages(urls)
    #expect(pages.map(\.code) == [String?](repeating: "forbidden_address", count: 4))
    #expect(server.connectionCount == 0)
  }

  @Test("files and proxies are refused")
  func others() throws {
    let options = FetchOptions.quick.with { $0.publicOnly = true }
    #expect(
      try PageReader(options).page(try WebURL("file:///etc/hostname")).code == "forbidden_scheme")
    #expect(options.with { $0.proxy = .server("http://a:1") }.contradiction != nil)
  }
}

/// Counts calls from any thread, from one.
final class Counter: @unchecked Sendable {
  // @unchecked: the mailbox is the lock; it holds the only copy of the number.
  private let box = Mailbox<Int>()
  init() { box.post(0) }
  func next() -> Int {
    let number = box.takeFirst() + 1
    box.post(number)
    return number
  }
}

enum Gzip {
  static func compress(_ bytes: [UInt8]) -> [UInt8] {
    var stream = unsafe z_stream()
    unsafe deflateInit2_(
      &stream, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
      Int32(MemoryLayout<z_stream>.size))
    var input = bytes
    var output = [UInt8](repeating: 0, count: bytes.count / 500 + 10_000)
    let count = unsafe input.withUnsafeMutableBufferPointer { input in
      unsafe output.withUnsafeMutableBufferPointer { output in
        unsafe stream.next_in = input.baseAddress
        unsafe stream.avail_in = UInt32(input.count)
        unsafe stream.next_out = output.baseAddress
        unsafe stream.avail_out = UInt32(output.count)
        unsafe deflate(&stream, Z_FINISH)
        unsafe deflateEnd(&stream)
        return unsafe Int(stream.total_out)
      }
    }
    return Array(output.prefix(count))
  }
}
