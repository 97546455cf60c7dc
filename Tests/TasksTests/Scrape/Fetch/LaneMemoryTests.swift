import BatchCore
import HTTPServer
import SampleTask
import Scrape
import Testing

@Suite("What is known of hosts, on its way to another process")
struct LaneMemoryTests {
  private static let options = FetchOptions.quick.with {
    $0.ignoresRobots = false
    $0.firstWaitSeconds = 0.5
  }

  private static func name(_ server: TestServer) -> String { "\(server.host):\(server.port)" }

  private static func server(host: String = "127.0.0.1") -> TestServer {
    TestServer(host: host) { request in
      request.path == "/robots.txt" ? .page("User-agent: *\nDisallow: /no\n") : .page("x")
    }
  }

  @Test("keeps what robots.txt said, so that it is not asked for again")
  func robots() throws {
    let server = Self.server()
    defer { server.stop() }
    let first = try PageReader(Self.options)
    _ = first.pages([server.url("/1")])
    let left = LaneMemory(first.fetcher.memories(of: [Self.name(server), "elsewhere"]))
    let arrived = LaneMemory(left.bytes(atMost: 1 << 16))
    #expect(arrived.all.map(\.name) == [Self.name(server)])
    #expect(arrived.all == left.all)
    let second = try PageReader(Self.options)
    second.fetcher.recall(arrived.all)
    let pages = second.pages([server.url("/2"), server.url("/no")])
    #expect(pages.map(\.code) == [nil, "robots_disallowed"])
    #expect(server.paths == ["/robots.txt", "/1", "/2"])
  }

  @Test("keeps that a host cannot be reached, and why")
  func unreachable() throws {
    let gone = Self.server()
    gone.stop()
    let options = Self.options.with {
      $0.retries = 0
      $0.unreachableSeconds = 0
    }
    let first = try PageReader(options)
    #expect(first.pages([gone.url("/1")]).first?.code != nil)
    let memories = first.fetcher.memories(of: [Self.name(gone)])
    let second = try PageReader(options)
    second.fetcher.recall(LaneMemory(LaneMemory(memories).bytes(atMost: 1 << 16)).all)
    let page = try #require(second.pages([gone.url("/2")]).first)
    #expect(page.code == "host_unreachable")
    #expect(page.result?.failure?.message.contains("is not asked any more: ") == true)
  }

  @Test(
    "lets go of a host that asks to be left alone, but not of one that has done so too often",
    arguments: [(0, true), (9, true), (10, false)])
  func mayLeave(pushBacks: Int, mayLeave: Bool) throws {
    let counter = Counter()
    let server = TestServer { _ in
      counter.next() == 2 ? .status(429, headers: ["Retry-After: 2"]) : .page("x")
    }
    defer { server.stop() }
    let first = try PageReader(.quick)
    _ = first.page(server.url("/1"))
    var memory = try #require(first.fetcher.memories(of: [Self.name(server)]).first)
    var pace = HostPace(
      HostPace.Policy(
        mostAtOnce: 2, delaySeconds: 0, firstWaitSeconds: 1, longestWaitSeconds: 120,
        unreachableSeconds: 60))
    for time in 0..<pushBacks {
      pace.pushedBack(at: Double(time), startedAt: Double(time), retryAfter: 0)
    }
    memory.pace = pace.memory(at: Double(pushBacks))
    let second = try PageReader(.quick)
    second.fetcher.recall([memory])
    let page = second.page(server.url("/2"))
    #expect(page.code == nil && page.text == "x")
    #expect(page.waits.map(\.mayLeave) == [mayLeave])
  }

  @Test("leaves out the hosts asked longest ago when all are too much")
  func bounded() throws {
    let servers = (2...5).map { Self.server(host: "127.0.0.\($0)") }
    defer { for server in servers { server.stop() } }
    let reader = try PageReader(Self.options)
    var memories: [HostMemory] = []
    for (place, server) in servers.enumerated() {
      _ = reader.pages([server.url("/1")])
      var taken = reader.fetcher.memories(of: [Self.name(server)])
      taken[0].takenAt -= Double(10 - place)
      memories += taken
    }
    let all = LaneMemory(memories).bytes(atMost: 1 << 16)
    let some = LaneMemory(memories).bytes(atMost: all.count - 1)
    #expect(some.count < all.count)
    #expect(Set(LaneMemory(some).all.map(\.name)) == Set(servers.dropFirst().map(Self.name)))
    #expect(LaneMemory(LaneMemory(memories).bytes(atMost: 8)).all.isEmpty)
    for length in all.indices { _ = LaneMemory(Array(all[..<length])) }
    memories[3].takenAt -= 100_000
    #expect(
      Set(LaneMemory(LaneMemory(memories).bytes(atMost: 1 << 16)).all.map(\.name))
        == Set(servers.dropLast().map(Self.name)), "a day is enough")
  }
}
