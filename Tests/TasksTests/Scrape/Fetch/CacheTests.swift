import BatchCore
import Glibc
import HTTPServer
import Scrape
import Testing

@Suite("The page cache")
struct CacheTests {
  private static let long = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 7 >> 2) }

  private static func server() -> TestServer {
    TestServer { request in
      switch request.path {
      case "/tagged":
        let fields = ["Content-Type: text/html; charset=utf-8", "ETag: \"1\""]
        return request.headers["if-none-match"] == "\"1\""
          ? .status(304) : .page("tagged", headers: fields)
      case "/dated":
        let date = "Sun, 06 Nov 1994 08:49:37 GMT"
        return request.headers["if-modified-since"] == date
          ? .status(304) : .page(long, headers: ["Last-Modified: \(date)"])
      case "/moved": return .redirect("/tagged")
      case "/plain": return .page("plain")
      case "/empty": return .page("")
      default: return .status(404)
      }
    }
  }

  private static let paths = ["/tagged", "/dated", "/moved", "/plain", "/empty", "/gone"]

  /// Removes the folder afterwards.
  private func withFolder(_ body: (String) throws -> Void) throws {
    let folder = "/tmp/page-cache-\(getpid())-\(UInt32.random(in: 0...UInt32.max))"
    defer { Folder.remove(folder) }
    try body(folder)
  }

  private func fetch(
    _ server: TestServer, _ folder: String, _ change: (inout FetchOptions) -> Void = { _ in }
  ) throws -> [FetchedPage] {
    let options = FetchOptions.quick.with {
      $0.cachePath = folder
      change(&$0)
    }
    let reader = try PageReader(options)
    let pages = reader.pages(Self.paths.map { server.url($0) })
    reader.fetcher.flushCache()
    #expect(reader.fetcher.cacheProblem == nil)
    return pages
  }

  private func expectSame(_ some: [FetchedPage], _ others: [FetchedPage]) {
    #expect(some.count == others.count)
    for (first, second) in zip(some, others) {
      #expect(first.body == second.body)
      #expect(first.code == second.code)
      #expect(first.result?.url == second.result?.url)
      #expect(first.result?.redirects == second.result?.redirects)
      #expect(first.result?.status == second.result?.status)
      #expect(first.head?.contentType == second.head?.contentType)
    }
  }

  @Test("answers the second time from what has not changed")
  func revalidates() throws {
    let server = Self.server()
    defer { server.stop() }
    try withFolder { folder in
      let first = try fetch(server, folder)
      let second = try fetch(server, folder)
      expectSame(first, second)
      #expect(first.allSatisfy { $0.result?.source == .network })
      #expect(
        second.map { $0.result?.source } == [
          .revalidated, .revalidated, .revalidated, .network, .network, .network,
        ])
    }
  }

  @Test("answers offline without a server, failures included")
  func offline() throws {
    let server = Self.server()
    try withFolder { folder in
      let first = try fetch(server, folder)
      server.stop()
      let count = server.requests.count
      let second = try fetch(server, folder) { $0.isOffline = true }
      expectSame(first, second)
      #expect(second.last?.code == "http_404")
      #expect(second.dropLast().allSatisfy { $0.result?.source == .cache })
      #expect(server.requests.count == count)
      let reader = try PageReader(
        .quick.with {
          $0.cachePath = folder
          $0.isOffline = true
        })
      #expect(reader.page(server.url("/never")).code == "not_in_cache")
    }
  }

  @Test("keeps whole pages, though their readers need no more")
  func wholePages() throws {
    let server = Self.server()
    defer { server.stop() }
    try withFolder { folder in
      let reader = try PageReader(.quick.with { $0.cachePath = folder })
      let fetcher = reader.fetcher
      fetcher.submit(PageRequest(PageID(0), server.url("/dated")), to: reader.inbox)
      let page = reader.read(1) { message in
        if message.body != nil { fetcher.enough(PageID(0), in: reader.inbox) }
      }[0]
      #expect(page.result?.outcome != nil)
      // The connection is in use until the page is whole.
      _ = reader.page(server.url("/plain"))
      let clock = MonotonicClock()
      var offline: FetchedPage?
      repeat {
        fetcher.flushCache()
        offline = try PageReader(
          .quick.with {
            $0.cachePath = folder
            $0.isOffline = true
          }
        ).page(server.url("/dated"))
      } while offline?.code != nil && clock.now < 5
      #expect(offline?.body == Self.long)
    }
  }

  @Test("fetches damaged entries again", arguments: ["cut", "changed", "emptied"])
  func damaged(how: String) throws {
    let server = Self.server()
    defer { server.stop() }
    try withFolder { folder in
      let first = try fetch(server, folder)
      for path in Folder.files(folder) { try Folder.damage(path, how) }
      expectSame(first, try fetch(server, folder))
      #expect(!server.requests.contains { $0.headers["if-none-match"] != nil })
      expectSame(first, try fetch(server, folder) { $0.isOffline = true })
    }
  }

  @Test("in a folder that cannot be made is refused")
  func noFolder() {
    #expect(throws: SystemError.self) {
      try Fetcher(.quick.with { $0.cachePath = "/proc/no/such" })
    }
  }
}

/// A folder of a test.
private enum Folder {
  static func files(_ folder: String) -> [String] {
    run("find '\(folder)' -name '*.page'").split(separator: "\n").map(String.init)
  }

  static func remove(_ folder: String) { _ = run("rm -rf '\(folder)'") }

  static func damage(_ path: String, _ how: String) throws {
    switch how {
    case "cut": _ = run("truncate -s -5 '\(path)'")
    case "emptied": _ = run("truncate -s 0 '\(path)'")
    default: _ = run("printf x | dd of='\(path)' bs=1 seek=40 conv=notrunc status=none")
    }
  }

  private static func run(_ command: String) -> String {
    guard let pipe = unsafe popen(command, "r") else { return "" }
    defer { unsafe pclose(pipe) }
    var text: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = unsafe fread(&piece, 1, piece.count, pipe)
      guard count > 0 else { return String(decoding: text, as: UTF8.self) }
      text += piece.prefix(count)
    }
  }
}
